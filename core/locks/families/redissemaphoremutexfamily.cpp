// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/ownerhints.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>
#include <base/bytetext.h>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under mutex:, and a TTL");
constexpr const char* suffixRule = QT_TRANSLATE_NOOP("lockscope::Rules", "what the program appended to the UUID");

constexpr const char* version = "redis-semaphore 5.8.0";

Recognition recognise(const KeySample& sample)
{
    const QByteArrayView value(sample.value);
    const bool token = sample.ttlMs >= 0 && value.size() >= 36 && sample.key.startsWith("mutex:")
        && isUuidV4(value.first(36)) && (value.size() == 36 || value[36] == '-');
    return token ? Recognition { 0.92F, nameAndToken } : Recognition {};
}

QList<OwnerHint> hints(const QByteArray& token)
{
    if (token.size() <= 37)
        return {};
    const QByteArray suffix = token.mid(37);
    return QList<OwnerHint> { { "suffix", displayText(suffix, 80), suffixRule } } + ownerHintsByShape(suffix);
}

} // namespace

std::unique_ptr<LockFamily> makeRedisSemaphoreMutexFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redis-semaphore",
        .facts = { "redis-semaphore `Mutex` (Node.js)", "`mutex:NAME`: string",
            "UUID version 4, with the program's own suffix if it gave one", "10 s by default, renewed every 8 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it is told at its next renewal, which by default throws") },
        .recognise = recognise,
        .sizes = { 36, maximumTokenBytes },
        .fingerprints = { { "7157921a7cc7cfba979acf6d63f073151df17d12", "release", version },
            { "594683e49a64ebaf975caf5f8079a1d097c438f1", "refresh", version } },
        .ownerHints = hints,
    });
}

} // namespace lockscope
