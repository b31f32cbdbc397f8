// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID and a TTL");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token. The holder is not told and may come back: its renewal creates a "
    "missing key again within 6 s.");

constexpr const char* version = "aioredlock 0.7.3";

// A UUID in a key with a TTL is all there is to see: the scripts in the server's cache decide (`served`).
Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !isUuidV4(sample.value))
        return {};
    return hasLockLikeName(sample.key) ? Recognition { 0.32F, nameAndToken } : Recognition { 0.08F, tokenOnly };
}

} // namespace

std::unique_ptr<LockFamily> makeAioredlockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "aioredlock",
        .facts = { "aioredlock (Python)", "`NAME`: string, the same on every server",
            "UUID version 4, or an id that the program chose",
            "10 s by default, renewed every 6 s where no timeout was given",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "it may come back: its renewal creates a missing key again within 6 s") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "aecadef15d24ccd9360d8641cdec8e0337a0d343", "set", version },
            { "0e084295a6567dabd5b7d5b4c99018cff95fceff", "unset", version },
            { "2239e3d89e276c90ec523515c30bcf0071823c7e", "ttl", version } },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
