// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/nodeanswers.h"

namespace lockscope {

// What our commands need, asked of the server itself: ACL DRYRUN judges a command without running it.

[[nodiscard]] inline Words whoAmICommand() { return { "ACL", "WHOAMI" }; }
/// ACL DRYRUN of a command by the user that WHOAMI has named; empty while that is not known.
[[nodiscard]] Words dryRun(const NodeAnswers& node, const Words& command);

/// Commands of an observer: finding, reading and hearing locks.
[[nodiscard]] QList<Words> observerCommands(const NodeAnswers& node);
/// Commands of an operator besides: taking and releasing locks of the plain form and of the libraries that have left
/// scripts on the server.
[[nodiscard]] QList<Words> operatorCommands(const NodeAnswers& node);
/// A key that a glob lets through.
[[nodiscard]] QByteArray exampleOf(const QByteArray& glob);

} // namespace lockscope
