// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/schedule.h"

namespace lockscope::schedule {

namespace {

enum class Purpose : quint64 { Key = 1, Hold, Mode, Retry, Draw, Victim };

quint64 mix(quint64 value)
{
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

quint64 number(const StressConfig& config, Purpose purpose, quint64 who, quint64 n)
{
    return mix(mix(mix(config.seed ^ (quint64(purpose) << 56U)) ^ who) ^ n);
}

/// Evenly below `bound`, by the upper half of a product.
quint64 below(quint64 random, quint64 bound) { return ((random >> 32U) * bound) >> 32U; }

qint64 within(const DurationRange& range, quint64 random)
{
    const qint64 least = range.least.count() * 1'000'000;
    const qint64 spread = (range.most - range.least).count() * 1000 + 1; // µs
    return least + qint64(below(random, quint64(std::max<qint64>(spread, 1)))) * 1000;
}

} // namespace

SectionChoice section(const StressConfig& config, LockMode mode, quint32 client, quint64 n)
{
    SectionChoice choice;
    choice.key = quint32(below(number(config, Purpose::Key, client, n), quint64(config.keys)));
    choice.holdNs = within(config.hold, number(config, Purpose::Hold, client, n));
    choice.mode = mode;
    if (mode == LockMode::Read && below(number(config, Purpose::Mode, client, n), 100) >= quint64(config.readers))
        choice.mode = LockMode::Exclusive;
    return choice;
}

qint64 arrival(const StressConfig& config, quint64 n) { return qint64(double(n) * 1e9 / config.rate); }

qint64 retryPause(const StressConfig& config, quint32 client, quint64 n)
{
    return within(config.retry, number(config, Purpose::Retry, client, n));
}

quint64 draw(const StressConfig& config, quint32 client, quint64 n, quint64 bound)
{
    return below(number(config, Purpose::Draw, client, n), bound);
}

quint32 victim(const StressConfig& config, int fault, quint64 n, quint32 count)
{
    return quint32(below(number(config, Purpose::Victim, quint64(fault), n), count));
}

} // namespace lockscope::schedule
