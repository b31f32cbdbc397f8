// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockoperation.h"

#include "operations/quorumround.h"

namespace lockscope {

QLatin1StringView nodeVoteName(NodeVote vote)
{
    switch (vote) {
    case NodeVote::Yes:
        return QLatin1StringView("yes");
    case NodeVote::Taken:
        return QLatin1StringView("taken");
    case NodeVote::Missing:
        return QLatin1StringView("missing");
    case NodeVote::Failed:
        break;
    }
    return QLatin1StringView("failed");
}

QLatin1StringView releaseOutcomeName(ReleaseOutcome outcome)
{
    switch (outcome) {
    case ReleaseOutcome::Released:
        return QLatin1StringView("released");
    case ReleaseOutcome::Done:
        return QLatin1StringView("done");
    case ReleaseOutcome::Unneeded:
        return QLatin1StringView("unneeded");
    case ReleaseOutcome::NotSent:
        return QLatin1StringView("not_sent");
    case ReleaseOutcome::AlreadyGone:
        return QLatin1StringView("already_gone");
    case ReleaseOutcome::HolderChanged:
        return QLatin1StringView("holder_changed");
    case ReleaseOutcome::Refused:
        return QLatin1StringView("refused");
    case ReleaseOutcome::OutcomeUnknown:
        break;
    }
    return QLatin1StringView("outcome_unknown");
}

QLatin1StringView nextHolderName(NextHolder::Kind kind)
{
    switch (kind) {
    case NextHolder::Kind::Nobody:
        return QLatin1StringView("nobody");
    case NextHolder::Kind::Other:
        return QLatin1StringView("other");
    case NextHolder::Kind::SameAgain:
        return QLatin1StringView("same_again");
    case NextHolder::Kind::Unknown:
        break;
    }
    return QLatin1StringView("unknown");
}

namespace {

bool haveSameHolder(const NodeLook& one, const NodeLook& other)
{
    return one.exists && other.exists && one.hasToken == other.hasToken && one.token == other.token;
}

} // namespace

LookedVotes lookedVotes(const LockInspection& seen)
{
    LookedVotes votes;
    if (seen.nodes.isEmpty())
        return votes;
    votes.quorum = int(quorumOf(seen.nodes.size()));
    NodeLook holder;
    holder.exists = seen.exists;
    holder.hasToken = seen.hasToken;
    holder.token = seen.token;
    bool hasOther = false;
    for (const NodeLook& node : seen.nodes) {
        const bool isSame = !node.error && haveSameHolder(node, holder);
        votes.winning += isSame;
        hasOther = hasOther || (!node.error && node.exists && !isSame);
    }
    votes.isSplit = hasOther && votes.winning > 0 && votes.winning < votes.quorum;
    return votes;
}

LockState lookedState(const LockInspection& seen)
{
    const LookedVotes votes = lookedVotes(seen);
    if (votes.winning < votes.quorum)
        return LockState::Minority;
    if (seen.ttlMs < 0)
        return LockState::NoTtl;
    return votes.quorum > 0 ? LockState::Quorum : LockState::Held;
}

QList<NodeForecast> forecastNodes(const QList<NodeLook>& nodes, const ForceReleaseTarget& target)
{
    QList<NodeForecast> forecasts;
    for (const NodeLook& node : nodes) {
        NodeForecast forecast { node,
            target.act == LockAct::Release ? ReleaseOutcome::Released : ReleaseOutcome::Done };
        if (node.error)
            forecast.outcome = ReleaseOutcome::Refused;
        else if (!node.exists)
            forecast.outcome = ReleaseOutcome::AlreadyGone;
        else if (!target.anyToken && node.token != target.expectedToken)
            forecast.outcome = ReleaseOutcome::HolderChanged;
        else if (node.ttlMs >= 0
            && (target.act == LockAct::AddTtl || (target.act == LockAct::Shorten && node.ttlMs <= target.ttlMs)))
            forecast.outcome = ReleaseOutcome::Unneeded;
        forecasts.append(forecast);
    }
    return forecasts;
}

} // namespace lockscope
