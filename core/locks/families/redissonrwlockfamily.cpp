// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* modeAndHolders = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a hash with the field mode (read or write) and fields CLIENT_UUID:THREAD, and a TTL");
constexpr const char* modeWithoutTtl = QT_TRANSLATE_NOOP("lockscope::Rules",
    "a hash with the field mode (read or write) and fields CLIENT_UUID:THREAD; Redisson would have set a TTL");

// A writer takes everything with it, also what its own thread reads. Of readers only one goes: then the lock lives as
// long as the longest hold of those who stay, and where no hold is left, they are dead and the lock ends.
constexpr const char* releaseBody = R"(local mode = redis.call('HGET', KEYS[1], 'mode')
if (mode ~= 'read' and mode ~= 'write') or redis.call('HLEN', KEYS[1]) > 10000 then return {'changed', ''} end
local writer
local readers = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, -6) == ':write' then
        writer = field
    elseif field ~= 'mode' then
        readers[#readers + 1] = field
    end
end
local holder = ARGV[1]
if holder == 'mode' or redis.call('HEXISTS', KEYS[1], holder) == 0 then
    holder = writer or readers[1] or ''
    if ARGV[2] ~= '1' or holder == '' then return {'changed', holder} end
end
local function holds(reader)
    local keys = {}
    local count = math.min(tonumber(redis.call('HGET', KEYS[1], reader)) or 0, 1000)
    for i = 1, count do keys[i] = ARGV[4] .. ':' .. reader .. ':rwlock_timeout:' .. i end
    return keys
end
local longest = -1
local ended = { KEYS[1] }
for _, reader in ipairs(readers) do
    for _, hold in ipairs(holds(reader)) do
        if holder == writer or reader == holder then
            ended[#ended + 1] = hold
        else
            longest = math.max(longest, redis.call('PTTL', hold))
        end
    end
end
if holder == writer then
    wake(ARGV[3], '1')
elseif longest <= 0 and not writer then
    wake(ARGV[3], '0')
else
    redis.call('HDEL', KEYS[1], holder)
    if not writer then redis.call('PEXPIRE', KEYS[1], longest) end
    table.remove(ended, 1)
end
if #ended > 0 then redis.call('DEL', unpack(ended)) end
return {'released', holder}
)";

constexpr const char* compareHolder = R"(local mode = redis.call('HGET', KEYS[1], 'mode')
local shown = ARGV[1]
if (mode ~= 'read' and mode ~= 'write') or shown == 'mode' or redis.call('HEXISTS', KEYS[1], shown) == 0 then
    local fields = redis.call('HLEN', KEYS[1]) <= 10000 and redis.call('HKEYS', KEYS[1]) or {}
    return {'changed', fields[1] ~= 'mode' and fields[1] or fields[2] or ''}
end
)";
constexpr const char* onlyAlone
    = R"(if redis.call('HLEN', KEYS[1]) > 2 then return {'shared', redis.call('HLEN', KEYS[1]) - 1} end
)";
constexpr const char* onlyWriter = R"(if string.sub(shown, -6) ~= ':write' then return {'reader'} end
)";
constexpr const char* swapHolder = R"(redis.call('HSET', KEYS[1], ARGV[3], redis.call('HGET', KEYS[1], shown))
redis.call('HDEL', KEYS[1], shown)
)";
constexpr const char* tellWaiters = "wake(ARGV[4], mode == 'write' and '1' or '0')\n";

bool isWriter(QByteArrayView field) { return field.endsWith(":write") && isRedissonHolder(field.chopped(6)); }

bool isMode(const KeyElement& field)
{
    return field.name == "mode" && (field.value == "read" || field.value == "write");
}

class RedissonReadWriteLock final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson-rwlock"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson RReadWriteLock (Java)",
            "`NAME`: hash; `{NAME}:HOLDER:rwlock_timeout:N`: one string for each hold of a reader",
            "field `CLIENT_UUID:THREAD_ID` of a reader, `CLIENT_UUID:THREAD_ID:write` of the writer; values count "
            "re-entries; field `mode`",
            "30 s, renewed every 10 s; an explicit lease is never renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "keeps running; its `unlock()` throws. A crashed reader's field stays while others renew the lock") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Hash || sample.size < 2)
            return {};
        bool hasMode = false;
        const bool shaped = everyElement(sample, [&](const KeyElement& field) {
            if (isMode(field))
                return hasMode = true;
            return (isRedissonHolder(field.name) || isWriter(field.name)) && isEntryCount(field.value);
        });
        if (!shaped || !hasMode)
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.98F, modeAndHolders } : Recognition { 0.8F, modeWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        reading.mode = LockMode::Read;
        for (const KeyElement& field : sample.elements) {
            if (field.name == "mode") {
                if (field.value == "write")
                    reading.mode = LockMode::Write;
                continue;
            }
            const bool writes = isWriter(field.name);
            LockHolder holder { field.name, -1, field.value.toLongLong(), writes ? LockMode::Write : LockMode::Read };
            reading.holders.push_back(std::move(holder));
        }
        sortByToken(reading.holders);
        std::stable_partition(reading.holders.begin(), reading.holders.end(),
            [](const LockHolder& holder) { return holder.mode == LockMode::Write; });
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return redissonOwnerHints(token);
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, redissonPrefixed("redisson_rwlock", key) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const override
    {
        constexpr const char* version = "Redisson 4.7";
        return { { "95553a6ff11176c18e71344e89d116b06fd6f753", "read acquire", version },
            { "6306ba3bf1f563b284bed52d305fce615c6664d9", "write acquire", version },
            { "27dbe744e95c1d854a7f556cc6817030de2d0d01", "read force-release", version },
            { "2e2cb2a3b13e2e80e4236ef6a25beaf365dba608", "write force-release", version } };
    }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this one reader with its holds, or the writer with everything its thread has read. When "
                "nobody "
                "is left, the lock is deleted and the waiters are woken as Redisson does. The holder goes on running; "
                "its unlock() will fail.") };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { redissonPrefixed("redisson_rwlock", key), redissonTagged(key) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        const bool swaps = act == LockAct::TakeOver || act == LockAct::HandBack;
        return { leaseActScript(act,
                     { KeyType::Hash, QByteArray(compareHolder) + (swaps ? onlyWriter : onlyAlone), swapHolder,
                         tellWaiters }),
            leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& /*who*/) const override
    {
        return redissonOperatorToken() + ":write";
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonRwlockFamily() { return std::make_unique<RedissonReadWriteLock>(); }

} // namespace lockscope
