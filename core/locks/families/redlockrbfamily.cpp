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

constexpr const char* version = "redlock-rb 2.0.6";

// A UUID in a key with a TTL is all there is to see: the scripts in the server's cache decide (`served`).
Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !isUuidV4(sample.value))
        return {};
    return hasLockLikeName(sample.key) ? Recognition { 0.35F, nameAndToken } : Recognition { 0.08F, tokenOnly };
}

} // namespace

std::unique_ptr<LockFamily> makeRedlockRbFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redlock-rb",
        .facts
        = { "redlock-rb, activejob-uniqueness (Ruby)", "`NAME`; `PREFIX:JOB:DIGEST`: string, the same on every server",
            "UUID version 4", "as the program chose; only where it extends",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "it goes on; extending creates a missing key again unless told otherwise") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "8e4905cee18e7c3188d10f2b8b170e403baed34f", "unlock", version },
            { "ceb2b2062e40c51a2b3963fd078bc71f11bdc65c", "lock", version },
            { "78d2ca48a6dc9ef6892059792a3a0c5237733d64", "pttl", version } },
    });
}

} // namespace lockscope
