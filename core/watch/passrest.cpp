// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/passrest.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr int restPerPass = 10;
constexpr Milliseconds shortestRest = 1500ms;
constexpr Milliseconds longestRest = 120s;

} // namespace

Milliseconds restAfterPass(Milliseconds pass, qint64 keys)
{
    // The budget keeps the passes over few keys cheap enough, however long one of them took.
    if (keys >= 0 && keys <= quickStartKeys)
        return shortestRest;
    return std::clamp<Milliseconds>(pass * restPerPass, shortestRest, longestRest);
}

} // namespace lockscope
