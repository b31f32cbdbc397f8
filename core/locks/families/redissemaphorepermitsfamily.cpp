// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* prefixAndTimes = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a sorted set named semaphore:NAME of UUIDs with the times they came, and a TTL");
constexpr const char* prefixInside = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a sorted set with semaphore: in its name, of UUIDs with the times they came, and a TTL");

constexpr qsizetype uuidLength = 36;
constexpr double clockTolerance = 60'000; // ms by which a client's clock may be ahead of the server's

constexpr const char* timeOfArrival = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The key holds the times at which holders came or renewed; how long a lease is, the programs alone know. So no end "
    "can be set.");

/// `UUID`, `UUID-suffix`, `UUID_0` or `UUID-suffix_0`.
bool isPermit(QByteArrayView member)
{
    if (member.size() < uuidLength || !isDashedUuid(member.first(uuidLength)))
        return false;
    return member.size() == uuidLength || member[uuidLength] == '-'
        || (member[uuidLength] == '_' && isDigits(member.sliced(uuidLength + 1)));
}

class RedisSemaphorePermits final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redis-semaphore-permits"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::SortedSet; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "redis-semaphore: Semaphore, MultiSemaphore (Node.js)",
            "`semaphore:NAME`: sorted set of holders with the time they came or renewed",
            "UUID, with the application's suffix if any", "10 s, renewed every 8 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "is told at its next renewal; the redlock variants may take it again on nodes that lost it") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::SortedSet || sample.ttlMs < 0)
            return {};
        const bool prefixed = sample.key.startsWith("semaphore:");
        if (!prefixed && !sample.key.contains(":semaphore:"))
            return {};
        const double latest = double(sample.serverMs) + clockTolerance;
        const bool shaped = everyElement(sample, [latest](const KeyElement& member) {
            return isEpochMs(member.score) && member.score <= latest && isPermit(member.name);
        });
        if (!shaped)
            return {};
        return prefixed ? Recognition { 0.95F, prefixAndTimes } : Recognition { 0.8F, prefixInside };
    }

    // The lock timeout is stored nowhere, but each acquire and renewal sets the key's TTL to it: what the key has left
    // is what the latest holder has left.
    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        reading.mode = LockMode::Semaphore;
        double latest = 0;
        for (const KeyElement& member : sample.elements)
            latest = std::max(latest, member.score);
        for (const KeyElement& member : sample.elements) {
            if (const qint64 left = sample.ttlMs - qint64(latest - member.score); sample.ttlMs < 0 || left > 0)
                reading.holders.push_back({ member.name, sample.ttlMs < 0 ? -1 : left, 1, LockMode::Semaphore });
        }
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& /*token*/) const override { return {}; }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const override
    {
        constexpr const char* version = "redis-semaphore 5.8.0";
        return { { "43ebdb49120d170e08af560cb4e46e36f8585936", "semaphore acquire", version },
            { "999a49a1d07671a8027165641001f5bad44608b3", "semaphore renewal", version } };
    }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = sortedSetMemberRecipe();
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this one holder; the others stay. Waiters find out when they ask again. The holder is told at "
                "its next renewal.") };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        return needsTtl(act) ? ActRecipe { {}, leaseActExplanation(act), timeOfArrival } : LockFamily::actRecipe(act);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedisSemaphorePermitsFamily() { return std::make_unique<RedisSemaphorePermits>(); }

} // namespace lockscope
