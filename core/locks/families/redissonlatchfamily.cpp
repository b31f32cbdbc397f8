// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* latchName = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a number without TTL under a name that says latch, as Redisson counts down");

// It is opened, not passed on: 1 instead of 0, as delete() publishes it, would close it again for those who wait.
constexpr const char* releaseBody = R"(local count = redis.call('GETRANGE', KEYS[1], 0, 1024)
if (ARGV[2] ~= '1' and ARGV[1] ~= count) or not string.match(count, '^%d+$') then return {'changed', count} end
wake(ARGV[3], '0')
redis.call('DEL', KEYS[1])
return {'released', count}
)";

constexpr const char* onlyCount = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "A latch is a count that others wait for: nobody holds it, and there is no lease and no token.");

class RedissonLatch final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson-latch"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::String; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson RCountDownLatch (Java)", "`NAME`: string, how often it is still to be counted down",
            "none: who counts down is not stored", "none: it stays closed until the count is 0",
            "its `countDown()` finds no latch and does nothing" };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::String || sample.ttlMs >= 0 || !isEntryCount(sample.value))
            return {};
        return sample.key.toLower().contains("latch") ? Recognition { 0.6F, latchName } : Recognition {};
    }

    [[nodiscard]] LockReading read(const KeySample& /*sample*/) const override
    {
        return { LockMode::Semaphore, {}, true, std::nullopt };
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& /*token*/) const override { return {}; }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, "redisson_countdownlatch__channel__" + redissonTagged(key) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::String, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Opens the latch if its count is still the one that was shown: deletes it and tells everybody who "
                "waits, as the last countDown() does. What they waited for has not happened.") };
    }
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        return needsTtl(act) || act == LockAct::HandBack ? ActRecipe { {}, leaseActExplanation(act), onlyCount }
                                                         : LockFamily::actRecipe(act);
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { "redisson_countdownlatch__channel__" + redissonTagged(key) };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonLatchFamily() { return std::make_unique<RedissonLatch>(); }

} // namespace lockscope
