// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/listenmode.h"

#include <array>

namespace lockscope {

namespace {

constexpr std::array modeNames { "none", "notifications", "tracking", "polling" };
constexpr std::array choiceNames { "auto", "notifications", "tracking", "poll" };
constexpr std::array spotNames { "flush", "swapdb", "how_it_ended", "between_reads", "short_holds" };

} // namespace

QLatin1StringView listenModeName(ListenMode mode) { return QLatin1StringView(modeNames[size_t(mode)]); }

QLatin1StringView listenChoiceName(ListenChoice choice) { return QLatin1StringView(choiceNames[size_t(choice)]); }

std::optional<ListenChoice> listenChoiceByName(const QString& name)
{
    if (name.isEmpty())
        return ListenChoice::Auto;
    for (size_t i = 0; i < choiceNames.size(); ++i) {
        if (name == QLatin1StringView(choiceNames[i]))
            return ListenChoice(i);
    }
    return {};
}

QList<BlindSpot> blindSpots(ListenMode mode)
{
    switch (mode) {
    case ListenMode::Notifications:
        return { BlindSpot::Flush, BlindSpot::SwapDatabases };
    case ListenMode::Tracking:
        return { BlindSpot::HowItEnded, BlindSpot::BetweenReads, BlindSpot::SwapDatabases };
    case ListenMode::Polling:
        return { BlindSpot::ShortHolds, BlindSpot::HowItEnded };
    case ListenMode::None:
        break;
    }
    return {};
}

QLatin1StringView blindSpotName(BlindSpot spot) { return QLatin1StringView(spotNames[size_t(spot)]); }

} // namespace lockscope
