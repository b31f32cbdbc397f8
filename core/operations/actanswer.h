// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"
#include "redis/reply.h"

namespace lockscope {

/// Why nothing may be sent for this target: the family cannot do it (NotSupported), or something is missing (Usage).
[[nodiscard]] Status checkActTarget(const ForceReleaseTarget& target, const ActRecipe& recipe);
/// What the script of an act answered (ActRecipe).
void readActOutcome(ForceReleaseResult& result, const ReplyView& reply);
/// Refused, or of unknown outcome, by the error's kind.
void setActFailure(ForceReleaseResult& result, const Error& error);
void refuseAct(ForceReleaseResult& result, ErrorKind kind, const QString& detail);
/// What one script cannot reach in a cluster, and how to go on without it.
[[nodiscard]] Error splitError(const QList<QByteArray>& others);

} // namespace lockscope
