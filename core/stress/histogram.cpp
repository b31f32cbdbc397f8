// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lockscope {

namespace {

// 2048 values of full resolution, then 1024 buckets for each doubling: an error below one in a thousand.
constexpr int linearBits = 11;
constexpr size_t half = size_t(1) << (linearBits - 1);

} // namespace

size_t Histogram::bucketOf(qint64 microseconds)
{
    const auto value = quint64(std::clamp(microseconds, qint64(0), longest));
    if (value < 2 * half)
        return size_t(value);
    const int shift = std::bit_width(value) - linearBits;
    return size_t(shift) * half + size_t(value >> shift);
}

qint64 Histogram::upperEdge(size_t bucket)
{
    if (bucket < 2 * half)
        return qint64(bucket);
    const size_t shift = bucket / half - 1;
    const size_t lower = bucket - shift * half;
    return qint64(((lower + 1) << shift) - 1);
}

void Histogram::record(qint64 microseconds)
{
    if (m_counts.empty())
        m_counts.resize(bucketCount);
    ++m_counts[bucketOf(microseconds)];
    ++m_count;
    m_max = std::max(m_max, microseconds);
}

void Histogram::add(const Histogram& other)
{
    if (other.m_count == 0)
        return;
    if (m_counts.empty())
        m_counts.resize(bucketCount);
    for (size_t i = 0; i < bucketCount; ++i)
        m_counts[i] += other.m_counts[i];
    m_count += other.m_count;
    m_max = std::max(m_max, other.m_max);
}

double Histogram::mean() const
{
    double sum = 0;
    for (size_t i = 0; i < m_counts.size(); ++i)
        sum += double(m_counts[i]) * double(upperEdge(i));
    return m_count == 0 ? 0 : sum / double(m_count);
}

qint64 Histogram::valueAt(double quantile) const
{
    if (m_count == 0)
        return 0;
    const auto wanted = std::max(quint64(1), quint64(std::ceil(std::clamp(quantile, 0.0, 1.0) * double(m_count))));
    quint64 seen = 0;
    for (size_t i = 0; i < bucketCount; ++i) {
        seen += m_counts[i];
        if (seen >= wanted)
            return std::min(upperEdge(i), m_max);
    }
    return m_max;
}

Histogram Histogram::since(const Histogram& earlier) const
{
    Histogram rest = *this;
    if (earlier.m_count == 0)
        return rest;
    for (size_t i = 0; i < rest.m_counts.size(); ++i)
        rest.m_counts[i] -= earlier.m_counts[i];
    rest.m_count -= earlier.m_count;
    return rest;
}

LatencyRecorder::LatencyRecorder()
    : m_counts(new std::atomic<quint32>[Histogram::bucketCount] {})
{
}

// One writer only: load and store need no locked instruction.
void LatencyRecorder::record(qint64 microseconds)
{
    std::atomic<quint32>& count = m_counts[Histogram::bucketOf(microseconds)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (microseconds > m_max.load(std::memory_order_relaxed))
        m_max.store(microseconds, std::memory_order_relaxed);
}

void LatencyRecorder::addTo(Histogram& sum) const
{
    if (sum.m_counts.empty())
        sum.m_counts.resize(Histogram::bucketCount);
    for (size_t i = 0; i < Histogram::bucketCount; ++i) {
        const quint32 count = m_counts[i].load(std::memory_order_relaxed);
        sum.m_counts[i] += count;
        sum.m_count += count;
    }
    sum.m_max = std::max(sum.m_max, m_max.load(std::memory_order_relaxed));
}

} // namespace lockscope
