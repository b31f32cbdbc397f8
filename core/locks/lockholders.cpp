// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/lockholders.h"

#include <algorithm>

namespace lockscope {

namespace {

/// A holder's own deadline that moves less has not been prolonged: the server's clock is read now and then only.
constexpr qint64 holderTtlTolerance = 100;

bool isExclusive(LockMode mode) { return mode == LockMode::Exclusive || mode == LockMode::Write; }

/// Whether `token` alone says all that there is to say.
bool isPlainHolder(const LockHolder& holder, LockMode mode)
{
    return holder.count == 1 && holder.ttlMs < 0 && holder.mode == mode;
}

bool hasHolder(const std::vector<LockHolder>& holders, const QByteArray& token)
{
    return std::any_of(holders.begin(), holders.end(), [&](const LockHolder& holder) { return holder.token == token; });
}

template <typename Visitor> bool anyEarlierHolder(const LockRecord& record, const Visitor& visitor)
{
    if (!record.extras->holders)
        return record.hasToken && visitor(record.token);
    return std::any_of(record.extras->holders->begin(), record.extras->holders->end(),
        [&](const LockHolder& holder) { return visitor(holder.token); });
}

size_t holderCount(const LockRecord& record)
{
    return record.extras->holders ? record.extras->holders->size() : record.hasToken ? 1 : 0;
}

bool isWorthTelling(const LockHolder& before, const LockHolder& now, Milliseconds elapsed)
{
    if (before.token != now.token || before.count != now.count || before.mode != now.mode)
        return true;
    if (before.ttlMs < 0 || now.ttlMs < 0)
        return before.ttlMs != now.ttlMs;
    return std::abs(before.ttlMs - elapsed.count() - now.ttlMs) > holderTtlTolerance;
}

} // namespace

HolderChange compareHolders(const LockRecord& record, const LockReading& reading)
{
    const std::vector<LockHolder>& now = reading.holders;
    const size_t before = holderCount(record);
    const auto isStillThere = [&now](const QByteArray& token) { return hasHolder(now, token); };
    if (before == now.size() && !anyEarlierHolder(record, [&](const auto& token) { return !isStillThere(token); }))
        return HolderChange::None;
    // Of a semaphore that names nobody, nobody can be said to have been replaced.
    if (before == 0 || now.empty())
        return isExclusive(record.mode) && isExclusive(reading.mode) ? HolderChange::Replaced : HolderChange::Others;
    if (!anyEarlierHolder(record, isStillThere))
        return HolderChange::Replaced;
    const bool wasExclusive = isExclusive(record.mode) && isExclusive(reading.mode);
    return wasExclusive && record.token != now.front().token ? HolderChange::Replaced : HolderChange::Others;
}

bool setHolders(LockRecord& record, const LockReading& reading, Milliseconds elapsed)
{
    const std::vector<LockHolder>& now = reading.holders;
    const bool isPlain = now.empty() || (now.size() == 1 && isPlainHolder(now.front(), reading.mode));
    const bool hasToken = !now.empty();
    bool changed
        = record.mode != reading.mode || record.hasToken != hasToken || isPlain == bool(record.extras->holders);
    if (!isPlain && record.extras->holders) {
        const std::vector<LockHolder>& before = *record.extras->holders;
        changed = changed || before.size() != now.size()
            || !std::equal(before.begin(), before.end(), now.begin(),
                [&](const LockHolder& a, const LockHolder& b) { return !isWorthTelling(a, b, elapsed); });
    } else {
        changed = changed || (hasToken && record.token != now.front().token);
    }
    record.mode = reading.mode;
    record.hasToken = hasToken;
    if (!hasToken)
        record.token.clear();
    else if (record.token != now.front().token) // else it stays where it is stored
        record.token = now.front().token;
    if (isPlain)
        record.extras.set(&LockExtras::holders, {});
    else if (!record.extras->holders || *record.extras->holders != now)
        record.extras.set(&LockExtras::holders, std::make_shared<const std::vector<LockHolder>>(now));
    return changed;
}

std::vector<LockHolder> listedHolders(const LockRecord& record)
{
    if (record.extras->holders)
        return *record.extras->holders;
    if (record.type == KeyType::String || !record.hasToken)
        return {};
    return { { record.token, -1, 1, record.mode } };
}

LeaseTimes leaseTimes(qint64 keyTtlMs, const std::vector<LockHolder>& holders)
{
    LeaseTimes times { keyTtlMs, keyTtlMs };
    qint64 last = holders.empty() ? -1 : 0;
    for (const LockHolder& holder : holders) {
        if (holder.ttlMs < 0) {
            last = -1; // as long as the key itself
            continue;
        }
        times.nextMs = times.nextMs < 0 ? holder.ttlMs : std::min(times.nextMs, holder.ttlMs);
        last = last < 0 ? last : std::max(last, holder.ttlMs);
    }
    if (last >= 0)
        times.ttlMs = keyTtlMs < 0 ? last : std::min(keyTtlMs, last);
    return times;
}

} // namespace lockscope
