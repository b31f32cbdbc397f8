// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/serverreport.h"
#include "locks/watchstatus.h"

#include <QString>

namespace lockscope {

// What the server page says, in words. Each answers an en dash where nothing is known.

[[nodiscard]] QString serverNameText(const WatchStatus& status, const std::optional<ServerReport>& report);
[[nodiscard]] QString serverRoleText(const WatchStatus& status, const std::optional<ServerReport>& report);
/// The policy, and what it means for locks.
[[nodiscard]] QString memoryPolicyText(const ServerReport& report);
[[nodiscard]] QString memoryText(const ServerReport& report);
[[nodiscard]] QString clientsText(const ServerReport& report);
/// How changes are heard, and what cannot be seen that way.
[[nodiscard]] QString listeningText(const WatchStatus& status);
/// Whether the list of clients can be used as evidence.
[[nodiscard]] QString clientEvidenceText(ClientEvidence evidence);
[[nodiscard]] QString pictureText(const WatchStatus& status, SteadyTime now);
[[nodiscard]] QString passText(const WatchStatus& status);
/// Where the passes run.
[[nodiscard]] QString scanSourceText(const WatchStatus& status);
[[nodiscard]] QString gapText(const WatchStatus& status);
/// What we allow ourselves.
[[nodiscard]] QString budgetText(const WatchStatus& status);
/// One line a library that has left its scripts here, with versions.
[[nodiscard]] QStringList fingerprintLines(const WatchStatus& status);

} // namespace lockscope
