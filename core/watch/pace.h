// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace lockscope {

/// How hard a listing may press the server (contract, section 1; redis-facts 4.2).
enum class Pace : quint8 { Auto, Gentle, Full };

/// `auto`, `gentle`, `full`; empty counts as auto.
[[nodiscard]] inline std::optional<Pace> paceByName(const QString& name)
{
    if (name.isEmpty() || name == QLatin1StringView("auto"))
        return Pace::Auto;
    if (name == QLatin1StringView("gentle"))
        return Pace::Gentle;
    if (name == QLatin1StringView("full"))
        return Pace::Full;
    return {};
}

} // namespace lockscope
