// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"

namespace lockscope {

namespace {

// Whether the waiters use classic or sharded subscriptions cannot be seen from here: one message too many only makes
// them try once more. pcall, because servers before 7.0 do not know SPUBLISH.
constexpr const char* wakeFunction = R"(local function wake(channel, payload)
    redis.call('PUBLISH', channel, payload)
    redis.pcall('SPUBLISH', channel, payload)
end
)";

constexpr const char* removeMember = R"(local holder = ARGV[1]
if not redis.call('ZSCORE', KEYS[1], holder) then
    holder = redis.call('ZRANGE', KEYS[1], -1, -1)[1] or ''
    if ARGV[2] ~= '1' then return {'changed', holder} end
end
redis.call('ZREM', KEYS[1], holder)
return {'released', holder}
)";

QByteArray typeGuard(KeyType type)
{
    const QLatin1StringView name = keyTypeName(type);
    return "local kind = redis.call('TYPE', KEYS[1]).ok\n"
           "if kind == 'none' then return {'gone'} end\n"
           "if kind ~= '"
        + QByteArray(name.data(), name.size()) + "' then return {'type', kind} end\n";
}

bool isOneOf(QByteArrayView event, std::initializer_list<QByteArrayView> words)
{
    return std::find(words.begin(), words.end(), event) != words.end();
}

} // namespace

bool isDigits(QByteArrayView bytes, qsizetype longest)
{
    return !bytes.isEmpty() && bytes.size() <= longest
        && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isEntryCount(QByteArrayView bytes) { return isDigits(bytes, 10) && bytes[0] != '0'; }

bool isEpochMs(double score) { return score >= 1e12 && score < 1e13; }

QByteArray withoutSuffix(const QByteArray& key, QByteArrayView suffix)
{
    return key.endsWith(suffix) ? key.chopped(suffix.size()) : key;
}

std::vector<LockHolder> membersBeforeDeadline(const KeySample& sample, LockMode mode)
{
    std::vector<LockHolder> holders;
    for (const KeyElement& member : sample.elements) {
        if (const qint64 left = qint64(member.score) - sample.serverMs; left > 0)
            holders.push_back({ member.name, left, 1, mode });
    }
    return holders;
}

void sortByToken(std::vector<LockHolder>& holders)
{
    std::sort(holders.begin(), holders.end(),
        [](const LockHolder& one, const LockHolder& other) { return one.token < other.token; });
}

EventMeaning elementEventMeaning(QByteArrayView event)
{
    if (isOneOf(event,
            { "hset", "hincrby", "zadd", "zincr", "sadd", "set", "incrby", "rename_to", "restore", "copy_to",
                "move_to" }))
        return EventMeaning::Acquired;
    if (isOneOf(event, { "expire", "persist" }))
        return EventMeaning::Extended;
    const bool released = isOneOf(event,
        { "del", "expired", "evicted", "hdel", "hexpired", "zrem", "zremrangebyscore", "zremrangebyrank", "zpopmin",
            "zpopmax", "srem", "spop", "rename_from", "move_from" });
    return released ? EventMeaning::Released : EventMeaning::Nothing;
}

QByteArray recipeFor(KeyType type, const char* body) { return typeGuard(type) + body; }

QByteArray wakingRecipeFor(KeyType type, const char* body) { return wakeFunction + typeGuard(type) + body; }

QByteArray sortedSetMemberRecipe() { return recipeFor(KeyType::SortedSet, removeMember); }

} // namespace lockscope
