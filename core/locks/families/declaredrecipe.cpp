// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/declaredfamily.h"
#include "locks/families/elements.h"

namespace lockscope {

namespace {

// Each finds `holder` or answers that it is another, and says how to take it away. Of keys too large for a lock nothing
// is listed: there only a holder that is named can go.
constexpr const char* value = R"(local holder = redis.call('GETRANGE', KEYS[1], 0, 1024)
if not any and (redis.call('STRLEN', KEYS[1]) ~= #wanted or redis.call('GET', KEYS[1]) ~= wanted) then
    return {'changed', holder}
end
local function take() redis.call('DEL', KEYS[1]) end
)";

constexpr const char* field = R"(local holder = redis.call('HGET', KEYS[1], ARGV[8])
if not holder then return {'gone'} end
if not any and holder ~= wanted then return {'changed', string.sub(holder, 1, 1025)} end
local function take() redis.call('DEL', KEYS[1]) end
)";

constexpr const char* fields = R"(local holds_nothing = {}
for i = 9, #ARGV do holds_nothing[ARGV[i]] = true end
local function first()
    if redis.call('HLEN', KEYS[1]) > 4096 then return nil end
    local names = redis.call('HKEYS', KEYS[1])
    table.sort(names)
    for _, name in ipairs(names) do
        if not holds_nothing[name] then return name end
    end
end
local holder = wanted
if holds_nothing[wanted] or redis.call('HEXISTS', KEYS[1], wanted) == 0 then
    holder = first()
    if not any or not holder then return {'changed', holder or ''} end
end
local function take()
    redis.call('HDEL', KEYS[1], holder)
    if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HLEN', KEYS[1]) <= 4096 and not first() then
        redis.call('DEL', KEYS[1])
    end
end
)";

constexpr const char* setMembers = R"(local holder = wanted
if redis.call('SISMEMBER', KEYS[1], wanted) == 0 then
    local members = redis.call('SCARD', KEYS[1]) <= 4096 and redis.call('SMEMBERS', KEYS[1]) or {}
    table.sort(members)
    holder = members[1]
    if not any or not holder then return {'changed', holder or ''} end
end
local function take() redis.call('SREM', KEYS[1], holder) end
)";

constexpr const char* sortedMembers = R"(local holder = wanted
if not redis.call('ZSCORE', KEYS[1], wanted) then
    holder = redis.call('ZRANGE', KEYS[1], -1, -1)[1]
    if not any or not holder then return {'changed', holder or ''} end
end
local function take() redis.call('ZREM', KEYS[1], holder) end
)";

constexpr const char* firstElement = R"(local holder = redis.call('LINDEX', KEYS[1], 0)
if not any and holder ~= wanted then return {'changed', holder} end
local function take() redis.call('LPOP', KEYS[1]) end
)";

constexpr const char* lastElement = R"(local holder = redis.call('LINDEX', KEYS[1], -1)
if not any and holder ~= wanted then return {'changed', holder} end
local function take() redis.call('RPOP', KEYS[1]) end
)";

constexpr const char* anyElement = R"(local holder
local elements = redis.call('LLEN', KEYS[1]) <= 4096 and redis.call('LRANGE', KEYS[1], 0, -1) or {}
for _, element in ipairs(elements) do
    if element == wanted then holder = wanted end
end
if not holder then
    holder = elements[1]
    if not any or not holder then return {'changed', holder or ''} end
end
local function take() redis.call('LREM', KEYS[1], 1, holder) end
)";

// What wakes goes first: a user who may not do that then changes nothing. A list that wakes gets one element, as the
// libraries do that use one: what an earlier release left there is replaced, so that not two waiters go at once.
constexpr const char* release = R"(if ARGV[3] ~= '' then wake(ARGV[3], ARGV[4]) end
for i = 2, #KEYS do
    if KEYS[i] == ARGV[5] then
        redis.call('DEL', KEYS[i])
        redis.call('LPUSH', KEYS[i], ARGV[6])
        if ARGV[7] ~= '0' then redis.call('PEXPIRE', KEYS[i], ARGV[7]) end
    end
end
take()
if redis.call('EXISTS', KEYS[1]) == 0 then
    for i = 2, #KEYS do
        if KEYS[i] ~= ARGV[5] then redis.call('DEL', KEYS[i]) end
    end
end
return {'released', holder}
)";

const char* finderOf(KeyType type, HolderPlace place)
{
    switch (place) {
    case HolderPlace::Value:
        return value;
    case HolderPlace::Field:
        return field;
    case HolderPlace::Fields:
        return fields;
    case HolderPlace::Members:
        return type == KeyType::Set ? setMembers : sortedMembers;
    case HolderPlace::First:
        return firstElement;
    case HolderPlace::Last:
        return lastElement;
    case HolderPlace::Elements:
        break;
    }
    return anyElement;
}

} // namespace

QByteArray declaredReleaseScript(KeyType type, HolderPlace place)
{
    const QByteArray body
        = QByteArray("local wanted, any = ARGV[1], ARGV[2] == '1'\n") + finderOf(type, place) + release;
    return wakingRecipeFor(type, body.constData());
}

} // namespace lockscope
