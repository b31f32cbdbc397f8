// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

std::unique_ptr<Strategy> makeUnsafeShortTtlStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-short-ttl";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "set-nx with a TTL shorter than the work, without renewal");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "nothing beyond the lease");
    facts.doesNot
        = QT_TRANSLATE_NOOP("lockscope::Stress", "protect the end of the work: the next holder is in by then");
    facts.isSafe = false;
    facts.ttlDivisor = 10;
    facts.demonstration = "--clients 8 --keys 2 --ttl 200 --hold 30..60 --retry 5..20";
    return std::make_unique<SingleServerStrategy>(facts);
}

} // namespace lockscope
