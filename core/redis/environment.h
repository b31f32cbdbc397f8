// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace lockscope {

/// What a connection is for, as its operator says. Production is read-only until writes are armed (CommandGate), and
/// shown wherever something can be changed.
enum class Environment : quint8 { Development, Staging, Production, Unspecified };
inline constexpr int environmentCount = int(Environment::Unspecified) + 1;

/// `development`, `staging`, `production`, `unspecified`: command line, settings, audit log, JSON.
[[nodiscard]] QLatin1StringView environmentName(Environment environment);
[[nodiscard]] std::optional<Environment> environmentByName(QStringView name);

} // namespace lockscope
