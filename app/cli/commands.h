// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/session.h"

namespace lockscope::cli {

// One function a command, each in a file of its own. They answer the exit status, or the error that run() reports.

[[nodiscard]] Result<int> runList(Session& session);
[[nodiscard]] Result<int> runWatch(Session& session);
[[nodiscard]] Result<int> runShow(Session& session);
[[nodiscard]] Result<int> runDiscover(Session& session);
[[nodiscard]] Result<int> runAcquire(Session& session);
[[nodiscard]] Result<int> runExtend(Session& session);
[[nodiscard]] Result<int> runRelease(Session& session);
[[nodiscard]] Result<int> runForceRelease(Session& session);
[[nodiscard]] Result<int> runFamilies(Session& session);
[[nodiscard]] Result<int> runRestore(Session& session);
[[nodiscard]] Result<int> runConnections(Session& session);
[[nodiscard]] Result<int> runAudit(Session& session);
[[nodiscard]] Result<int> runStress(Session& session);
[[nodiscard]] Result<int> runDoctor(Session& session);

} // namespace lockscope::cli
