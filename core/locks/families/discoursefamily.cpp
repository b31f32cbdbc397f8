// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* ownDeadline
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the value is the time at which the key expires, in seconds");

constexpr const char* version = "Discourse";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || sample.serverMs == 0 || sample.value.size() != 10 || !isDecimal(sample.value))
        return {};
    // The key outlives the time that it holds by a second.
    const qint64 outlived = sample.serverMs + sample.ttlMs - sample.value.toLongLong() * 1000;
    return outlived > -500 && outlived < 2500 ? Recognition { 0.8F, ownDeadline } : Recognition {};
}

constexpr const char* expiryIsTheToken = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The value is the time when the lock expires: an operator's token in its place would be read as a time, and let "
    "others in.");

} // namespace

std::unique_ptr<LockFamily> makeDiscourseFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "discourse",
        .facts = { "Discourse `DistributedMutex`", "`NAMESPACE:KEY`: string",
            "the time when it expires, in seconds since 1970: two takers in one second share it",
            "60 s by default and 1 s more, not renewed",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "it goes on; it notes at its end that it held the lock for too long") },
        .recognise = recognise,
        .sizes = { 10, 10 },
        .fingerprints = { { "bcec1d9b3bbcfb089dc0b7316771be9f011872b6", "lock", version },
            { "3b63b9b6b4dc6687577905583bef6cfc531797f0", "unlock", version } },
        .takeOverObstacle = expiryIsTheToken,
    });
}

} // namespace lockscope
