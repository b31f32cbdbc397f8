// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameTokenTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "20 letters and digits, at most 3 s, and the name says lock");
constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "20 letters and digits, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "20 letters and digits and a TTL");

constexpr const char* version = "redis-plus-plus 1.3.15 with scripts";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || sample.value.size() != 20 || !isAlphanumeric(sample.value))
        return {};
    if (!hasLockLikeName(sample.key))
        return { 0.2F, tokenOnly };
    return sample.ttlMs <= 3000 ? Recognition { 0.7F, nameTokenTtl } : Recognition { 0.6F, nameAndToken };
}

} // namespace

std::unique_ptr<LockFamily> makeRedisPlusPlusFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redis-plus-plus",
        .facts = { "redis-plus-plus `RedMutex` (C++)", "`NAME`: string, the same on every server",
            "20 random letters and digits", "3 s by default, renewed at half of it",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "its watcher tells the program at the next renewal") },
        .recognise = recognise,
        .sizes = { 20, 20 },
        .fingerprints = { { "764ece7daa93da82f4fbf4e82e0ade7067dfec70", "unlock", version },
            { "d9558fccdcd78dcea082d72df1b67924077deac2", "extend", version } },
    });
}

} // namespace lockscope
