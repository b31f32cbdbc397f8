// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/lockact.h"

namespace lockscope {

namespace {

constexpr const char* compareString = R"(local shown = redis.call('GETRANGE', KEYS[1], 0, 1024)
if redis.call('STRLEN', KEYS[1]) ~= #ARGV[1] or redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'changed', shown} end
)";

constexpr const char* wanted = "local want = tonumber(ARGV[2])\n";

constexpr const char* unlessLonger = "if left >= 0 and left <= want then return {'unneeded', shown, left} end\n";
constexpr const char* unlessImmortal = "if left ~= -1 then return {'unneeded', shown, left} end\n";

const char* condition(LockAct act)
{
    switch (act) {
    case LockAct::Shorten:
        return unlessLonger;
    case LockAct::AddTtl:
        return unlessImmortal;
    default:
        return "";
    }
}

constexpr const char* setLease = "for _, key in ipairs(leased) do redis.call('PEXPIRE', key, ARGV[2]) end\n";
// Only what comes back may have had none.
constexpr const char* setLeaseOrNone = R"(for _, key in ipairs(leased) do
    if want < 0 then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ARGV[2]) end
end
)";
constexpr const char* done = "return {'done', shown, left}\n";

// A permit without a lease has this end.
constexpr const char* deadline = R"(local member = ARGV[1]
local score = tonumber(redis.call('ZSCORE', KEYS[1], member) or '')
if not score then return {'changed', redis.call('ZREVRANGE', KEYS[1], 0, 0)[1] or ''} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local endless = 922337203685477
local shown = member
local left = score >= endless and -1 or math.max(score - now, 0)
local ends = want < 0 and endless or now + want
)";

// The new member first: an empty set would be gone, and its TTL with it.
constexpr const char* swapMember = R"(redis.call('ZADD', KEYS[1], string.format('%.0f', ends), ARGV[3])
redis.call('ZREM', KEYS[1], member)
member = ARGV[3]
)";

// The key itself lives at least as long as the lease that was set.
constexpr const char* setDeadline = R"(redis.call('ZADD', KEYS[1], string.format('%.0f', ends), member)
local life = redis.call('PTTL', KEYS[1])
if life >= 0 and life < want then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
)";

bool swaps(LockAct act) { return act == LockAct::TakeOver || act == LockAct::HandBack; }

} // namespace

QByteArray besideFunction() { return "local function beside(i) return KEYS[i] and KEYS[i] ~= KEYS[1] end\n"; }

QByteArray leaseActScript(LockAct act, const LeasedKey& parts)
{
    const QByteArray begin = parts.tell.isEmpty() ? recipeFor(parts.type, "") : wakingRecipeFor(parts.type, "");
    const QByteArray leased = "local leased = { KEYS[1] }\n" + parts.alsoLeased;
    const QByteArray before = besideFunction() + begin + wanted + parts.compare
        + "local left = redis.call('PTTL', KEYS[1])\n" + condition(act) + leased;
    return before + (swaps(act) ? parts.swap : QByteArray()) + (swaps(act) ? QByteArray() : parts.tell)
        + (act == LockAct::HandBack ? setLeaseOrNone : setLease) + done;
}

QByteArray stringActScript(LockAct act, const QByteArray& alsoLeased, const QByteArray& alsoSwap)
{
    return leaseActScript(
        act, { KeyType::String, compareString, "redis.call('SET', KEYS[1], ARGV[3])\n" + alsoSwap, {}, alsoLeased });
}

QByteArray deadlineActScript(LockAct act, const QByteArray& adjust)
{
    return recipeFor(KeyType::SortedSet, "") + wanted + deadline + condition(act) + (swaps(act) ? swapMember : "")
        + setDeadline + adjust + done;
}

} // namespace lockscope
