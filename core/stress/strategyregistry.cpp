// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategyregistry.h"

#include "stress/strategies/strategies.h"

#include <algorithm>

namespace lockscope {

const std::vector<std::unique_ptr<Strategy>>& strategies()
{
    static const std::vector<std::unique_ptr<Strategy>> all = [] {
        std::vector<std::unique_ptr<Strategy>> made;
        for (const auto make : { makeSetNxStrategy, makeLuaStrategy, makeRedlockStrategy, makeFencedStrategy,
                 makeRedissonStrategy, makeFairStrategy, makeReadWriteStrategy, makeSemaphoreStrategy,
                 makeUnsafeIgnoreReplyStrategy, makeUnsafeGetDelStrategy, makeUnsafeNoTtlStrategy,
                 makeUnsafeSetNxExpireStrategy, makeUnsafeExtendStrategy, makeUnsafeShortTtlStrategy })
            made.push_back(make());
        return made;
    }();
    return all;
}

const Strategy* findStrategy(QByteArrayView name)
{
    const auto& all = strategies();
    const auto found = std::find_if(all.begin(), all.end(),
        [&](const std::unique_ptr<Strategy>& strategy) { return name == QByteArrayView(strategy->facts().name); });
    return found == all.end() ? nullptr : found->get();
}

} // namespace lockscope
