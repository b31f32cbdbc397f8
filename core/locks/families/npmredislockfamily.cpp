// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <cstdlib>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "13 digits under lock., and a TTL");
constexpr const char* ownDeadline
    = QT_TRANSLATE_NOOP("lockscope::Rules", "13 digits under lock. that are the time when the key expires");

Recognition recognise(const KeySample& sample)
{
    const bool token
        = sample.ttlMs >= 0 && sample.value.size() == 13 && sample.key.startsWith("lock.") && isDecimal(sample.value);
    if (!token)
        return {};
    // The writer's clock may be off by some seconds.
    const qint64 error = sample.serverMs + sample.ttlMs - sample.value.toLongLong();
    return std::abs(error) < 5000 ? Recognition { 0.88F, ownDeadline } : Recognition { 0.7F, nameAndToken };
}

QList<OwnerHint> noHints(const QByteArray& /*token*/) { return {}; }

constexpr const char* expiryIsTheToken = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The value is the time when the lock expires: an operator's token in its place would be read as a time, and let "
    "others in.");

} // namespace

std::unique_ptr<LockFamily> makeNpmRedisLockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "npm-redis-lock",
        .facts = { "redis-lock (Node.js)", "`lock.NAME`: string",
            "the time when it expires, in milliseconds since 1970", "5 s by default, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it goes on; at its end it deletes the key whoever holds it, if its own clock says that it has not "
                "expired") },
        .recognise = recognise,
        .sizes = { 13, 13 },
        .ownerHints = noHints,
        .takeOverObstacle = expiryIsTheToken,
    });
}

} // namespace lockscope
