// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockact.h"
#include "operations/lockoperation.h"

namespace lockscope {

/// The commands that an act sends, and those that its script calls, in a form that ACL DRYRUN can judge: each with
/// arguments enough. Empty for an act that the family cannot do.
[[nodiscard]] QList<QList<QByteArray>> commandsNeeded(const LockFamily& family, LockAct act, const QByteArray& key);
/// The names of the commands that a script calls and must be allowed; those that it only tries are none.
[[nodiscard]] QList<QByteArray> commandsOfScript(QByteArrayView luaSource);
/// What ACL SETUSER would have to grant, from what ACL DRYRUN answered to a command; empty: it is allowed.
[[nodiscard]] QString rightMissing(const QList<QByteArray>& command, QByteArrayView answer);

} // namespace lockscope
