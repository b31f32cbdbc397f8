// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* withTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a UUID version 1 as 32 hexadecimal digits, and a TTL");
constexpr const char* named
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a UUID version 1 as 32 hexadecimal digits, and the name says lock");
constexpr const char* bare = QT_TRANSLATE_NOOP("lockscope::Rules", "a UUID version 1 as 32 hexadecimal digits");

constexpr const char* version = "redis-py 8.1";

Recognition recognise(const KeySample& sample)
{
    if (!isUuidHex(sample.value, '1') || !decodeTimeUuid(sample.value))
        return {};
    if (sample.ttlMs >= 0)
        return { 0.92F, withTtl };
    return hasLockLikeName(sample.key) ? Recognition { 0.9F, named } : Recognition { 0.7F, bare };
}

} // namespace

std::unique_ptr<LockFamily> makeRedisPyFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redis-py",
        .facts = { "redis-py `Lock`, django-redis `cache.lock` (Python)",
            "`NAME`, with django-redis `PREFIX:VERSION:NAME`: string",
            "UUID version 1 as 32 hexadecimal digits: time of the start of `acquire()`, network node",
            "none by default, else `timeout`; only where the program calls `extend` or `reacquire`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its `release` then raises `LockNotOwnedError`") },
        .recognise = recognise,
        .sizes = { 32, 32 },
        .fingerprints = { { "c3f8721cbb97f72bc19e972846bd7aaf91901658", "release", version },
            { "a4e8783852e6b949f9ef3a97212805108459a890", "extend", version },
            { "1cac51482acf5858da00f6d685d68f886cd6b6b2", "reacquire", version } },
    });
}

} // namespace lockscope
