// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "64 hexadecimal digits under php-malkusch-lock:");

constexpr const char* version = "php-lock 3.1";

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.value.size() == 64 && sample.key.startsWith("php-malkusch-lock:")
        && sample.value[0] != '0' && isLowerHex(sample.value);
    return token ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makePhpLockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "php-lock",
        .facts = { "php-lock/lock (PHP)", "`php-malkusch-lock:NAME`: string", "64 hexadecimal digits",
            "as the program chose, without a limit about 1000 years; not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its release then throws `LockReleaseException`") },
        .recognise = recognise,
        .sizes = { 64, 64 },
        .fingerprints = { { "d220654d7721ae520b15ed0e24a4cc97024efa08", "release", version } },
    });
}

} // namespace lockscope
