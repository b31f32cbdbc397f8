// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/oldvalue.h"

namespace lockscope {

QLatin1StringView oldValueStateName(OldValueState state)
{
    switch (state) {
    case OldValueState::Kept:
        return QLatin1StringView("kept");
    case OldValueState::TooLarge:
        return QLatin1StringView("too_large");
    case OldValueState::Unreadable:
        return QLatin1StringView("unreadable");
    case OldValueState::None:
        break;
    }
    return QLatin1StringView("none");
}

OldValueState oldValueStateByName(QStringView name)
{
    for (int i = 0; i < oldValueStateCount; ++i) {
        if (name == oldValueStateName(OldValueState(i)))
            return OldValueState(i);
    }
    return OldValueState::None;
}

} // namespace lockscope
