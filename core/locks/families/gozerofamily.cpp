// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters, a TTL, and the name says lock");
constexpr const char* halfSecond
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters, a TTL of whole seconds and a half, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and a TTL");

constexpr const char* version = "go-zero";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || sample.value.size() != 16 || !isLetters(sample.value))
        return {};
    if (!hasLockLikeName(sample.key))
        return { 0.2F, tokenOnly };
    const qint64 fraction = sample.longestTtlMs % 1000; // seen a little after it was set
    return fraction > 450 && fraction <= 500 ? Recognition { 0.75F, halfSecond } : Recognition { 0.66F, nameAndToken };
}

} // namespace

std::unique_ptr<LockFamily> makeGoZeroFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "go-zero",
        .facts = { "go-zero `RedisLock` (Go)", "`NAME`: string", "16 random letters",
            "whole seconds and 500 ms more, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; acquiring once more it may take the key again") },
        .recognise = recognise,
        .sizes = { 16, 16 },
        .fingerprints = { { "dbecad63894903ddf755d05d73a3eb7432ef75c0", "lock", version },
            { "e04ea1352c46ae16a15753d4960bee821bf3b3fa", "unlock", version } },
    });
}

} // namespace lockscope
