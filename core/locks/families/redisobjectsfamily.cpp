// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "an empty value, a name that ends in _lock, and a TTL");
constexpr const char* nameOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "an empty value, and a name that ends in _lock");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it is still empty: the library writes no token, so another holder cannot be told apart. The "
    "holder is not told.");

Recognition recognise(const KeySample& sample)
{
    if (!sample.value.isEmpty() || !sample.key.endsWith("_lock"))
        return {};
    return sample.ttlMs >= 0 ? Recognition { 0.65F, nameAndTtl } : Recognition { 0.5F, nameOnly };
}

} // namespace

std::unique_ptr<LockFamily> makeRedisObjectsFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redis-objects",
        .facts = { "redis-objects `lock` (Ruby)", "`MODEL:ID:NAME_lock`: string", "none: the value is empty",
            "1 s by default, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it goes on; at its end it deletes the key whoever holds it, if its own clock says that it has not "
                "expired") },
        .recognise = recognise,
        .sizes = { 0, 0 },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
