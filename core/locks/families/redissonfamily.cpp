// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* holderAndTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a hash with one field CLIENT_UUID:THREAD and its count, and a TTL");
constexpr const char* holderWithoutTtl = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a hash with one field CLIENT_UUID:THREAD and its count; Redisson would have set a TTL");
constexpr const char* queueRole = QT_TRANSLATE_NOOP("lockscope::Roles", "waiter queue of a fair lock");
constexpr const char* deadlineRole = QT_TRANSLATE_NOOP("lockscope::Roles", "deadlines of a fair lock's waiters");
constexpr const char* fenceRole = QT_TRANSLATE_NOOP("lockscope::Roles", "fencing counter");

// The fair lock differs from the others only by its queue: without one this is the unlock of the plain reentrant lock.
// The deadlines of waiters were written by the clients' clocks and are compared with the server's, as nobody else's is
// at hand.
constexpr const char* releaseBody
    = R"(local fields = redis.call('HLEN', KEYS[1]) == 1 and redis.call('HKEYS', KEYS[1]) or {}
local holder = fields[1] or ''
if #fields ~= 1 or (ARGV[2] ~= '1' and holder ~= ARGV[1]) then return {'changed', holder} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local fair = KEYS[2] ~= KEYS[1]
local head = fair and redis.call('LINDEX', KEYS[2], 0)
while head do
    local deadline = tonumber(redis.call('ZSCORE', KEYS[3], head))
    if not deadline or deadline > now then break end
    redis.call('LPOP', KEYS[2])
    redis.call('ZREM', KEYS[3], head)
    head = redis.call('LINDEX', KEYS[2], 0)
end
wake(head and (ARGV[3] .. ':' .. head) or ARGV[3], '0')
redis.call('DEL', KEYS[1])
return {'released', holder}
)";

constexpr const char* compareHolder
    = R"(local fields = redis.call('HLEN', KEYS[1]) == 1 and redis.call('HKEYS', KEYS[1]) or {}
local shown = fields[1] or ''
if #fields ~= 1 or shown ~= ARGV[1] then return {'changed', shown} end
)";

// How often it has entered goes with the place. The new field first: an empty hash would be gone.
constexpr const char* swapHolder = R"(redis.call('HSET', KEYS[1], ARGV[3], redis.call('HGET', KEYS[1], shown))
redis.call('HDEL', KEYS[1], shown)
)";

// A waiter sleeps as long as the TTL that it has read, or for ever where there was none.
constexpr const char* tellWaiters = R"(local head = KEYS[2] ~= KEYS[1] and redis.call('LINDEX', KEYS[2], 0)
wake(head and (ARGV[4] .. ':' .. head) or ARGV[4], '0')
)";

QByteArray queueOf(const QByteArray& key) { return redissonPrefixed("redisson_lock_queue", key); }
QByteArray deadlinesOf(const QByteArray& key) { return redissonPrefixed("redisson_lock_timeout", key); }

/// `…:rwlock_timeout:N`: one hold of a reader.
bool isHoldKey(QByteArrayView key)
{
    constexpr QByteArrayView word = ":rwlock_timeout:";
    const qsizetype number = key.lastIndexOf(':') + 1;
    return number >= word.size() && key.sliced(number - word.size(), word.size()) == word
        && isDigits(key.sliced(number));
}

class RedissonLock final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson RLock: reentrant, fair, spin, fenced, non-reentrant (Java)",
            "`NAME`: hash; fair: `redisson_lock_queue:{NAME}` and `redisson_lock_timeout:{NAME}`; fenced: "
            "`redisson_lock_token:{NAME}`",
            "field `CLIENT_UUID:THREAD_ID`, its value counts re-entries; two locks with the same UUID are of one "
            "process",
            "30 s, renewed every 10 s; an explicit lease is never renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "keeps running; its watchdog stops within 10 s, its `unlock()` throws; the lock does not come back") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Hash || sample.size != 1 || sample.elements.size() != 1)
            return {};
        const KeyElement& field = sample.elements.front();
        if (!isRedissonHolder(field.name) || !isEntryCount(field.value))
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.97F, holderAndTtl } : Recognition { 0.8F, holderWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        const KeyElement& field = sample.elements.front();
        return { LockMode::Exclusive, { { field.name, -1, field.value.toLongLong(), LockMode::Exclusive } }, true,
            std::nullopt };
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return redissonOwnerHints(token);
    }

    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override
    {
        switch (type) {
        case KeyType::String:
            return key.startsWith("redisson_lock_token:") || key.startsWith("redisson_unlock_latch:") || isHoldKey(key);
        case KeyType::List:
            return key.startsWith("redisson_lock_queue:");
        case KeyType::SortedSet:
            return key.startsWith("redisson_lock_timeout:");
        case KeyType::Hash:
        case KeyType::Set:
        case KeyType::Other:
            break;
        }
        return false;
    }

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { queueOf(key), queueRole }, { deadlinesOf(key), deadlineRole }, { fencingCounter(key), fenceRole } };
    }

    // A fair lock's waiters stand in the queue and subscribe to channels of their own; all others' share one channel.
    // The lock's hash does not tell which it is, and a lock has only one of the two.
    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::List, queueOf(key), "", redissonLockChannel(key) };
    }

    [[nodiscard]] QByteArray fencingCounter(const QByteArray& key) const override
    {
        return redissonPrefixed("redisson_lock_token", key);
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const override
    {
        constexpr const char* version = "Redisson 4.7";
        return { { "149c5a8bf18676fd99e9e6e24923bd64d9b62f94", "acquire", version },
            { "6866459238a13a701d42f4971f12d9f3a50e2442", "release", version },
            { "605e338249a7a1d40df83b04f7658354f883b41b", "force-release", version },
            { "6a3d31570dc6f4b0bd32bcdc8e75667747c6f635", "renewal", version },
            { "dad0f8d619e548e04f21fb48d50be5034df3adae", "spin acquire", version },
            { "46b5551ba403d6152a7a6eca122e08728d6c8c66", "fenced acquire", version },
            { "71ed11d4e4818119ac560b3d670a7f08256afc46", "fair force-release", version } };
    }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Deletes the lock if it still has this holder, however often it has entered, drops dead waiters from a "
                "fair lock's queue, and wakes the next waiter as Redisson does. The fencing counter stays. The holder "
                "goes on running; its unlock() will fail.") };
    }

    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override
    {
        return { key, queueOf(key), deadlinesOf(key) };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { redissonLockChannel(key) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { leaseActScript(act, { KeyType::Hash, compareHolder, swapHolder, tellWaiters }),
            leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& /*who*/) const override
    {
        return redissonOperatorToken();
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonFamily() { return std::make_unique<RedissonLock>(); }

} // namespace lockscope
