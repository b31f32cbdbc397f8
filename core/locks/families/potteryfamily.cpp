// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* renewedRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: pottery extends at most three times");
constexpr const char* shortRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: with at most 10 s; pottery or RedLock.net");
constexpr const char* openRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: pottery or RedLock.net");

constexpr const char* version = "pottery 3.0.1";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !sample.key.startsWith("redlock:") || !isUuidV4(sample.value))
        return {};
    if (sample.renewed)
        return { 0.3F, renewedRule };
    const bool usual = std::max(sample.ttlMs, sample.longestTtlMs) <= 10'000;
    return usual ? Recognition { 0.55F, shortRule } : Recognition { 0.45F, openRule };
}

} // namespace

std::unique_ptr<LockFamily> makePotteryFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "pottery",
        .facts = { "pottery `Redlock` (Python)", "`redlock:NAME`: string, the same on every server", "UUID version 4",
            "10 s by default; at most three calls of `extend`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its `release` then raises `ReleaseUnlockedLock`") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "f5f7bd3a3aa4a63c507c1155c5ea1219b350d992", "ttl", version },
            { "ba015a80261b616e7a62d35df0b8e3edbe6c9414", "extend", version },
            { "a4aada0b36710970eedaaaeec4a6b7d8c78c4f80", "release", version } },
    });
}

} // namespace lockscope
