// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/redissonnames.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* valuesAndTtl = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a hash with a holder, an expire_time and a lock_count for each locked value, and a TTL");
constexpr const char* valuesWithoutTtl = QT_TRANSLATE_NOOP("lockscope::Rules",
    "a hash with a holder, an expire_time and a lock_count for each locked value; Redisson would have set a TTL");

constexpr qsizetype valueHashLength = 22; // 128 bits in base64 without padding
constexpr QByteArrayView expireTime = ":expire_time";
constexpr QByteArrayView lockCount = ":lock_count";

// The token is VALUE_HASH:HOLDER: a group has several locks, and one holder may have more than one of them.
constexpr const char* releaseBody = R"(local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local token = ARGV[1]
local value, holder = string.match(token, '^([^:]+):(.+)$')
if not value or redis.call('HGET', KEYS[1], value) ~= holder then
    token = ''
    local fields = redis.call('HLEN', KEYS[1]) <= 10000 and redis.call('HKEYS', KEYS[1]) or {}
    for _, field in ipairs(fields) do
        local found, owner = string.match(field, '^([^:]+):(.+):expire_time$')
        if found and redis.call('HGET', KEYS[1], found) == owner
            and (tonumber(redis.call('HGET', KEYS[1], field)) or 0) > now then
            value = found
            token = found .. ':' .. owner
            break
        end
    end
    if ARGV[2] ~= '1' then return {'changed', token} end
    if token == '' then return {'gone'} end
end
wake(ARGV[3], '0')
redis.call('HDEL', KEYS[1], value, token .. ':expire_time', token .. ':lock_count')
return {'released', token}
)";

constexpr const char* compareValue = R"(local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local want = tonumber(ARGV[2])
local shown = ARGV[1]
local value, holder = string.match(shown, '^([^:]+):(.+)$')
local owner = value and redis.call('HGET', KEYS[1], value)
if not owner or owner ~= holder then return {'changed', owner and (value .. ':' .. owner) or ''} end
local left = math.max((tonumber(redis.call('HGET', KEYS[1], shown .. ':expire_time')) or 0) - now, 0)
)";
constexpr const char* unlessLonger = "if left <= want then return {'unneeded', shown, left} end\nwake(ARGV[4], '0')\n";
constexpr const char* swapValue = R"(local count = redis.call('HGET', KEYS[1], shown .. ':lock_count') or '1'
redis.call('HSET', KEYS[1], value, string.match(ARGV[3], '^[^:]+:(.+)$'), ARGV[3] .. ':lock_count', count)
redis.call('HDEL', KEYS[1], shown .. ':expire_time', shown .. ':lock_count')
)";
constexpr const char* setEnd
    = R"(redis.call('HSET', KEYS[1], token .. ':expire_time', string.format('%.0f', now + want))
local life = redis.call('PTTL', KEYS[1])
if life >= 0 and life < want then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {'done', shown, left}
)";
constexpr const char* endOfEachValue
    = QT_TRANSLATE_NOOP("lockscope::Recipes", "Each holder has an end of its own in the key, so none is without one.");

bool startsWithValueHash(QByteArrayView field)
{
    return field.size() >= valueHashLength && std::all_of(field.begin(), field.begin() + valueHashLength, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    });
}

/// `VALUE_HASH:HOLDER` of a field VALUE_HASH:HOLDER:SUFFIX; empty if it is none.
QByteArrayView tokenBefore(QByteArrayView suffix, QByteArrayView field)
{
    if (!field.endsWith(suffix))
        return {};
    const QByteArrayView token = field.chopped(suffix.size());
    const bool shaped = token.size() > valueHashLength + 1 && token[valueHashLength] == ':'
        && startsWithValueHash(token) && isRedissonHolder(token.sliced(valueHashLength + 1));
    return shaped ? token : QByteArrayView();
}

bool isFieldOfGroup(const KeyElement& field)
{
    if (field.name.size() == valueHashLength)
        return startsWithValueHash(field.name) && isRedissonHolder(field.value);
    return isDigits(field.value)
        && !(tokenBefore(expireTime, field.name).isEmpty() && tokenBefore(lockCount, field.name).isEmpty());
}

const KeyElement* find(const KeySample& sample, QByteArrayView name)
{
    const auto found = std::find_if(
        sample.elements.begin(), sample.elements.end(), [&](const KeyElement& field) { return field.name == name; });
    return found == sample.elements.end() ? nullptr : &*found;
}

class RedissonMultiLock final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redisson-multilock"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Redisson faster multi-lock (Java)", "`GROUP`: hash with three fields for each locked value",
            "`VALUE_HASH:CLIENT_UUID:THREAD_ID`; expiry and count of each in fields of their own",
            "30 s, renewed every 10 s; an explicit lease is never renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "keeps running; its `unlock()` throws") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Hash || sample.size < 3 || !everyElement(sample, isFieldOfGroup))
            return {};
        const bool timed = std::any_of(sample.elements.begin(), sample.elements.end(),
            [](const KeyElement& field) { return field.name.endsWith(expireTime); });
        if (!timed)
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.97F, valuesAndTtl } : Recognition { 0.8F, valuesWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        for (const KeyElement& field : sample.elements) {
            const QByteArrayView token = tokenBefore(expireTime, field.name);
            const qint64 left = field.value.toLongLong() - sample.serverMs;
            if (token.isEmpty() || left <= 0)
                continue;
            const KeyElement* holder = find(sample, token.first(valueHashLength));
            if (holder && holder->value != token.sliced(valueHashLength + 1))
                continue;
            const QByteArray countField = token.toByteArray() + lockCount.toByteArray();
            const KeyElement* count = find(sample, countField);
            reading.holders.push_back(
                { token.toByteArray(), left, count ? count->value.toLongLong() : 1, LockMode::Exclusive });
        }
        sortByToken(reading.holders);
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return redissonOwnerHints(token.mid(valueHashLength + 1));
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, redissonLockChannel(key) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = wakingRecipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes one value's lock from the group, if it still has this holder, and wakes the waiters as "
                "Redisson "
                "does. Other values of the group stay locked.") };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { redissonLockChannel(key) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        if (act == LockAct::AddTtl)
            return { {}, leaseActExplanation(act), endOfEachValue };
        const bool shortens = act == LockAct::Shorten;
        const QByteArray body = QByteArray(compareValue) + (shortens ? unlessLonger : swapValue)
            + "local token = " + (shortens ? "shown" : "ARGV[3]") + '\n' + setEnd;
        return { wakingRecipeFor(KeyType::Hash, body.constData()), leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& holder, const QByteArray& /*who*/) const override
    {
        return holder.left(valueHashLength + 1) + redissonOperatorToken();
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedissonMultilockFamily() { return std::make_unique<RedissonMultiLock>(); }

} // namespace lockscope
