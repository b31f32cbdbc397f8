// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/randomtoken.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* permitsInTimeout = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a sorted set named {NAME}:timeout of 16-byte permits with their deadlines");
constexpr const char* counterRole = QT_TRANSLATE_NOOP("lockscope::Roles", "number of free permits");

constexpr QByteArrayView timeoutSuffix = ":timeout";
constexpr qsizetype permitLength = 16;
constexpr double noDeadlineScore = 922337203685477; // of permits that were taken without a lease

// `{x}:timeout` belongs to a semaphore named x or {x}: the counter that is there tells which.
constexpr const char* releaseBody = R"(local permit = ARGV[1]
if not redis.call('ZSCORE', KEYS[1], permit) then
    permit = redis.call('ZRANGE', KEYS[1], -1, -1)[1] or ''
    if ARGV[2] ~= '1' then return {'changed', permit} end
end
local counter = KEYS[2]
if KEYS[3] and KEYS[3] ~= KEYS[1] and redis.call('EXISTS', KEYS[2]) == 0 and redis.call('EXISTS', KEYS[3]) == 1 then counter = KEYS[3] end
local free = redis.call('GET', counter) or '0'
if not string.match(free, '^-?%d+$') then return redis.error_reply('ERR ' .. counter .. ' is no number of permits') end
wake(ARGV[3], string.format('%.0f', free + 1))
redis.call('ZREM', KEYS[1], permit)
redis.call('INCRBY', counter, 1)
return {'released', permit}
)";

/// The semaphore's own key of `{NAME}:timeout`, or of `NAME:timeout` where NAME has a brace of its own.
QByteArray semaphoreOf(const QByteArray& key)
{
    const QByteArray tagged = withoutSuffix(key, timeoutSuffix);
    const bool added
        = tagged.size() > 2 && tagged.startsWith('{') && tagged.endsWith('}') && tagged.indexOf('{', 1) < 0;
    return added ? tagged.sliced(1, tagged.size() - 2) : tagged;
}

class RedissonPermits final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson-permits"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::SortedSet; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson RPermitExpirableSemaphore (Java)",
            "`{NAME}:timeout`: sorted set of permits with deadlines; `NAME`: string, the number of free permits",
            "16 random bytes; Redisson shows them as 32 hexadecimal digits",
            "as taken; an expired permit stays until the next caller collects it",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "keeps running; its `release()` fails, `tryRelease()` answers false") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::SortedSet || !sample.key.endsWith(timeoutSuffix) || !sample.key.contains('{'))
            return {};
        const bool shaped = everyElement(sample, [](const KeyElement& permit) {
            return permit.name.size() == permitLength && (isEpochMs(permit.score) || permit.score == noDeadlineScore);
        });
        return shaped ? Recognition { 0.95F, permitsInTimeout } : Recognition {};
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading { LockMode::Semaphore, membersBeforeDeadline(sample, LockMode::Semaphore), true,
            std::nullopt };
        for (LockHolder& holder : reading.holders) {
            if (holder.ttlMs > maximumTtlMs)
                holder.ttlMs = -1;
        }
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& /*token*/) const override { return {}; }

    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override
    {
        return type == KeyType::String && key.endsWith(":permitexpirablesemaphore");
    }

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { semaphoreOf(key), counterRole } };
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, redissonPrefixed("redisson_sc", semaphoreOf(key)) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::SortedSet, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Takes this one permit back, adds it to the free ones, and tells the waiters the new number as "
                "Redisson "
                "does. The other permits stay.") };
    }

    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override
    {
        const QByteArray tagged = withoutSuffix(key, timeoutSuffix);
        const QByteArray semaphore = semaphoreOf(key);
        if (semaphore == tagged)
            return { key, semaphore };
        return { key, semaphore, tagged };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { redissonPrefixed("redisson_sc", semaphoreOf(key)) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { deadlineActScript(act), leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& /*who*/) const override
    {
        return QByteArray::fromHex(randomToken()).first(permitLength);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonPermitsFamily() { return std::make_unique<RedissonPermits>(); }

} // namespace lockscope
