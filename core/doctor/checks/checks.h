// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/check.h"

namespace lockscope {

/// The checks that allChecks() lists; each in a file of its own.

[[nodiscard]] std::unique_ptr<Check> makeReachabilityCheck();
[[nodiscard]] std::unique_ptr<Check> makeEvictionCheck();
[[nodiscard]] std::unique_ptr<Check> makePersistenceCheck();
[[nodiscard]] std::unique_ptr<Check> makeReplicationCheck();
[[nodiscard]] std::unique_ptr<Check> makeQuorumCheck();
[[nodiscard]] std::unique_ptr<Check> makeClusterCheck();
[[nodiscard]] std::unique_ptr<Check> makeSentinelCheck();
[[nodiscard]] std::unique_ptr<Check> makeClockCheck();
[[nodiscard]] std::unique_ptr<Check> makeTtlCheck();
[[nodiscard]] std::unique_ptr<Check> makeLibrariesCheck();
[[nodiscard]] std::unique_ptr<Check> makeExposureCheck();
[[nodiscard]] std::unique_ptr<Check> makeVersionCheck();
[[nodiscard]] std::unique_ptr<Check> makeNotificationsCheck();
[[nodiscard]] std::unique_ptr<Check> makeBuffersCheck();
[[nodiscard]] std::unique_ptr<Check> makeLatencyCheck();
[[nodiscard]] std::unique_ptr<Check> makeScriptLimitCheck();
[[nodiscard]] std::unique_ptr<Check> makeRightsCheck();

} // namespace lockscope
