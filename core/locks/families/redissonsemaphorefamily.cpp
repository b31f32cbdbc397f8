// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* semaphoreName
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a number in a key named HASH:semaphore, as Redisson names them for maps");
constexpr const char* namedNumber
    = QT_TRANSLATE_NOOP("lockscope::Rules", "named by the operator, and a number without TTL as a semaphore leaves it");

// Nobody's permit is known, so what is compared is the number of free ones that was shown.
constexpr const char* releaseBody = R"(local free = redis.call('GETRANGE', KEYS[1], 0, 1024)
if ARGV[2] ~= '1' and ARGV[1] ~= free then return {'changed', free} end
if not string.match(free, '^-?%d+$') then return {'changed', free} end
wake(ARGV[3], string.format('%.0f', free + 1))
redis.call('INCRBY', KEYS[1], 1)
return {'released', free}
)";

constexpr const char* noHolder = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The key holds a number of free permits and nothing of who has the others: there is no lease and no token.");

bool isNumber(QByteArrayView bytes) { return isDigits(bytes.startsWith('-') ? bytes.sliced(1) : bytes, 10); }

/// `…:HASH22:semaphore`, the semaphore of one key of a map.
bool isSemaphoreOfMap(QByteArrayView key)
{
    constexpr QByteArrayView suffix = ":semaphore";
    constexpr qsizetype hashLength = 22;
    if (!key.endsWith(suffix))
        return false;
    const QByteArrayView map = key.chopped(suffix.size());
    return map.size() > hashLength + 1 && map[map.size() - hashLength - 1] == ':'
        && map.last(hashLength).indexOf(':') < 0;
}

class RedissonSemaphore final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson-semaphore"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::String; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson RSemaphore (Java)", "`NAME`: string, the number of free permits",
            "none: no holder is stored", "none: a permit that is never given back is lost",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "gives its permit back too: then there is one too many") };
    }

    // A number in a string may be anything. Below the plain family's own guess unless Redisson's scripts are on the
    // server.
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::String || sample.ttlMs >= 0 || !isNumber(sample.value))
            return {};
        if (isSemaphoreOfMap(sample.key))
            return { 0.7F, semaphoreName };
        return sample.explicitMatch ? Recognition { 0.4F, namedNumber } : Recognition {};
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        return { LockMode::Semaphore, {}, true, sample.value.toLongLong() };
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& /*token*/) const override { return {}; }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, redissonPrefixed("redisson_sc", key) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const override
    {
        return { { "c7dc9d189c1715465a31a06ddbc008585e0c20be", "semaphore acquire", "Redisson 3 (2021)" } };
    }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::String, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Adds one permit, if the number of free permits is still the one that was shown, and tells the waiters "
                "the new number as Redisson does. Whose permit it was is not known: if its holder gives it back later, "
                "there is one too many.") };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { redissonPrefixed("redisson_sc", key) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        return needsTtl(act) ? ActRecipe { {}, leaseActExplanation(act), noHolder } : LockFamily::actRecipe(act);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonSemaphoreFamily() { return std::make_unique<RedissonSemaphore>(); }

} // namespace lockscope
