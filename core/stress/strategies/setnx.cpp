// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

std::unique_ptr<Strategy> makeSetNxStrategy()
{
    StrategyFacts facts;
    facts.name = "set-nx";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "SET NX PX, released by compare-and-delete");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress",
        "one holder at a time while the server keeps its data and every section ends within its lease");
    facts.doesNot = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "stop a holder that was paused past its lease, nor survive a server that forgets the key");
    facts.demonstration = "--clients 16 --keys 4 --ttl 300 --hold 5..20 --fault pause-client:every=1s,for=800ms";
    return std::make_unique<SingleServerStrategy>(facts);
}

} // namespace lockscope
