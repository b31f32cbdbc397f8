// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

#include <QStringList>

namespace lockscope {

inline constexpr Milliseconds passwordCommandTimeout { 30000 };

/// Runs a program (no shell) and answers the first line that it prints as the password. Blocks; any thread. What it
/// prints is never quoted. Errors: Storage (it cannot be started, or ends with a status other than 0, or prints
/// nothing), Timeout (it is then killed).
[[nodiscard]] Result<Secret> runPasswordCommand(
    const QStringList& command, Milliseconds timeout = passwordCommandTimeout);

} // namespace lockscope
