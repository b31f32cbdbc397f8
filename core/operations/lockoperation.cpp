// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockoperation.h"

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

} // namespace lockscope
