// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionprobe.h"

namespace lockscope {

/// What a server is in the connection that is tested.
enum class ProbePart : quint8 {
    Only, ///< the one server
    QuorumMaster, ///< one of several independent masters
    Sentinel,
    SentinelMaster, ///< that the Sentinels name
    ClusterNode, ///< that the connection names
    ClusterMaster, ///< that the cluster names
};

/// What to do about a step that failed, for people. `spec` is that of the one server.
[[nodiscard]] QString probeAdvice(ProbeStep::Kind step, const Error& error, const ConnectionSpec& spec, ProbePart part);
/// What a missing server means for the whole, and what to do about it; empty where nothing stands in for it.
[[nodiscard]] QString standInAdvice(ProbePart part);
/// How to grant commands to the user: `ACL SETUSER …`.
[[nodiscard]] QString grantAdvice(const ConnectionSpec& spec, const QStringList& commands);
/// The command that an ACL rule keeps the user from running, by the server's words; empty: another refusal.
[[nodiscard]] QString refusedCommand(const Error& error);

} // namespace lockscope
