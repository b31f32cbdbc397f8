// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and digits under a name that Laravel gives");
constexpr const char* prefixAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and digits under a prefix of Laravel");
constexpr const char* lockNameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and digits, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and digits and a TTL");

constexpr const char* version = "Laravel, and the text of the Redis documentation";

Recognition recognise(const KeySample& sample)
{
    if (sample.value.size() != 16 || !isAlphanumeric(sample.value))
        return {};
    for (QByteArrayView part : { "laravel_unique_job:", "laravel-queue-overlap:", "framework/schedule-" }) {
        if (sample.key.contains(part))
            return { 0.93F, nameAndToken };
    }
    if (sample.key.startsWith("laravel"))
        return { 0.75F, prefixAndToken };
    if (sample.ttlMs < 0)
        return {};
    return hasLockLikeName(sample.key) ? Recognition { 0.6F, lockNameAndToken } : Recognition { 0.2F, tokenOnly };
}

} // namespace

std::unique_ptr<LockFamily> makeLaravelFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "laravel",
        .facts = { "Laravel cache locks, unique jobs, overlapping jobs, scheduler (PHP)",
            "`PREFIX:NAME`; `laravel_unique_job:…`, `laravel-queue-overlap:…`, `framework/schedule-…`: string",
            "16 random letters and digits, or an owner that the program chose",
            "as the program chose, unique jobs none by default; not renewed",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "it goes on; a unique job deletes the key at its end whoever holds it") },
        .recognise = recognise,
        .sizes = { 16, 16 },
        .fingerprints = { { "647c65a442733a1aa440f99908d249d13b4d6c4a", "release", version } },
    });
}

} // namespace lockscope
