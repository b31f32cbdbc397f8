// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/randomtoken.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* tokensAndTtl = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a sorted set of base64 tokens of 32 bytes (and __write__) with deadlines, and a TTL");
constexpr const char* tokensWithoutTtl = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "a sorted set of base64 tokens of 32 bytes (and __write__) with deadlines, but no TTL");

constexpr QByteArrayView writeMark = "__write__";

constexpr const char* releaseBody = R"(local token = ARGV[1]
if token == '__write__' or not redis.call('ZSCORE', KEYS[1], token) then
    token = ''
    for _, member in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, 1)) do
        if token == '' and member ~= '__write__' then token = member end
    end
    if ARGV[2] ~= '1' then return {'changed', token} end
end
redis.call('ZREM', KEYS[1], token, '__write__')
local latest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if latest then redis.call('PEXPIREAT', KEYS[1], latest) end
return {'released', token}
)";

// The mark of exclusive use lives as long as its token; the key as long as the latest of all.
constexpr const char* adjustMarkAndKey
    = R"(if redis.call('ZSCORE', KEYS[1], '__write__') then redis.call('ZADD', KEYS[1], string.format('%.0f', ends), '__write__') end
redis.call('PEXPIREAT', KEYS[1], redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
)";

/// Base64 of 32 bytes: 43 digits and one `=`.
bool isToken(QByteArrayView member)
{
    return member.size() == 44 && member.back() == '=' && std::all_of(member.begin(), member.end() - 1, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    });
}

class SymfonyLock final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("symfony"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::SortedSet; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Symfony Lock RedisStore (PHP)",
            "`NAME`: sorted set of tokens with deadlines, and `__write__` when exclusive", "base64 of 32 random bytes",
            "300 s; renewed only by `refresh()`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "keeps running; its next `refresh()` fails unless the lock is free, and then takes it again") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::SortedSet)
            return {};
        const bool shaped = everyElement(sample, [](const KeyElement& member) {
            return isEpochMs(member.score) && (member.name == writeMark || isToken(member.name));
        });
        if (!shaped)
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.95F, tokensAndTtl } : Recognition { 0.75F, tokensWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading { LockMode::Read, membersBeforeDeadline(sample, LockMode::Read), true, std::nullopt };
        reading.held = !reading.holders.empty();
        const size_t marks
            = std::erase_if(reading.holders, [](const LockHolder& holder) { return holder.token == writeMark; });
        if (marks > 0) {
            reading.mode = LockMode::Exclusive;
            for (LockHolder& holder : reading.holders)
                holder.mode = LockMode::Exclusive;
        }
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& /*token*/) const override { return {}; }

    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType /*type*/) const override
    {
        return key == "symfony_check_support_time";
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = recipeFor(KeyType::SortedSet, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this token and the mark of exclusive use; other readers stay, with the lease of the longest. "
                "Waiters find out when they ask again.") };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { deadlineActScript(act, adjustMarkAndKey), leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& /*who*/) const override
    {
        return QByteArray::fromHex(QByteArray(randomToken() + randomToken()).first(64)).toBase64();
    }
};

} // namespace

std::unique_ptr<LockFamily> makeSymfonyFamily() { return std::make_unique<SymfonyLock>(); }

} // namespace lockscope
