// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* renewedRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: that is renewed by itself");
constexpr const char* longRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: with more than 10 s; RedLock.net or pottery");
constexpr const char* openRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under redlock: RedLock.net or pottery");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token. The holder is not told and may come back: its timer creates a "
    "missing key again when half of the lease has passed.");

constexpr const char* version = "RedLock.net 2.3.2";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !sample.key.startsWith("redlock:") || !isUuidV4(sample.value))
        return {};
    if (sample.renewed)
        return { 0.8F, renewedRule };
    const bool beyondPottery = std::max(sample.ttlMs, sample.longestTtlMs) > 10'000;
    return beyondPottery ? Recognition { 0.6F, longRule } : Recognition { 0.5F, openRule };
}

} // namespace

std::unique_ptr<LockFamily> makeRedLockNetFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redlock.net",
        .facts
        = { "RedLock.net (.NET)", "`redlock:NAME` (the format can be configured): string, the same on every server",
            "GUID version 4", "as the program chose; renewed at half of it",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it may come back: its timer creates a missing key again at the next half of the lease, unless another "
                "one "
                "has it") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "18b2a577dbe847b16bebde190d69a1613d68e60e", "unlock", version },
            { "9f614a785a5f9ae8c6396c6b4bf94d2087342603", "extend", version } },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
