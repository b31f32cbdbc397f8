// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/quorumround.h"

namespace lockscope {

/// How many of them voted so.
[[nodiscard]] qsizetype votesFor(const std::vector<RoundAnswer>& answers, NodeVote vote);

/// The answers with the names of their masters. Who said yes has a lease until `validUntil`.
[[nodiscard]] QList<NodeAnswer> nodeAnswers(
    const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers, SteadyTime validUntil);

/// Why an acquire without a quorum of yes failed: Taken where others hold it, NoQuorum where masters failed that could
/// have decided, or what every master refuses alike (Permission, ReadOnly…).
[[nodiscard]] Error acquireRefusal(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers);
/// Why an extension or a release without a quorum of yes failed: NotHeld, Expired (nobody holds it), NoQuorum.
[[nodiscard]] Error holdRefusal(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers);

} // namespace lockscope
