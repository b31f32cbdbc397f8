// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/environment.h"

namespace lockscope {

QLatin1StringView environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Development:
        return QLatin1StringView("development");
    case Environment::Staging:
        return QLatin1StringView("staging");
    case Environment::Production:
        return QLatin1StringView("production");
    case Environment::Unspecified:
        break;
    }
    return QLatin1StringView("unspecified");
}

std::optional<Environment> environmentByName(QStringView name)
{
    for (int i = 0; i < environmentCount; ++i) {
        if (name == environmentName(Environment(i)))
            return Environment(i);
    }
    return std::nullopt;
}

} // namespace lockscope
