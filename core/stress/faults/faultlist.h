// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/fault.h"

namespace lockscope {

// One function a fault or a family of them; the registry calls them.

[[nodiscard]] std::unique_ptr<Fault> makePauseClientFault();
[[nodiscard]] std::unique_ptr<Fault> makeCrashClientFault();
[[nodiscard]] std::unique_ptr<Fault> makeClockJumpFault();
[[nodiscard]] std::unique_ptr<Fault> makeKillConnectionFault();
[[nodiscard]] std::unique_ptr<Fault> makeLatencyFault();
[[nodiscard]] std::unique_ptr<Fault> makePartitionFault();
[[nodiscard]] std::unique_ptr<Fault> makeDropAnswersFault();
[[nodiscard]] std::unique_ptr<Fault> makeCutFault();
[[nodiscard]] std::unique_ptr<Fault> makeServerPauseFault();
[[nodiscard]] std::unique_ptr<Fault> makeKillMasterFault();
[[nodiscard]] std::unique_ptr<Fault> makeRestartEmptyFault();
[[nodiscard]] std::unique_ptr<Fault> makeFailoverFault();

} // namespace lockscope
