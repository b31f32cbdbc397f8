// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under gitlab:exclusive_lease:, and a TTL");

constexpr const char* version = "GitLab";

constexpr QByteArrayView prefix = "gitlab:exclusive_lease:";

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.ttlMs >= 0 && sample.key.startsWith(prefix) && isUuidV4(sample.value);
    return token ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

/// A rate limit that nobody ever releases.
bool isThrottle(QByteArrayView key, KeyType /*type*/)
{
    return key.startsWith(prefix) && key.sliced(prefix.size()).startsWith("el:throttle:");
}

} // namespace

std::unique_ptr<LockFamily> makeGitLabFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "gitlab",
        .facts = { "GitLab `ExclusiveLease`", "`gitlab:exclusive_lease:KEY`: string", "UUID version 4",
            "whole seconds; only where the program renews",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; renewing it fails") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "174d63d258685d1b795a8f2ba122f23d4ea4945e", "cancel", version },
            { "f90ffc3cbe5c65f176da5472ea27713797d8786e", "renew", version } },
        .isAuxiliary = isThrottle,
    });
}

} // namespace lockscope
