// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <atomic>
#include <memory>
#include <vector>

namespace lockscope {

/// Latencies counted in log-linear buckets: 1 µs to 5 minutes with three significant digits, whatever the spread. A
/// value; longer latencies count as 5 minutes, but `max` keeps the real one.
class Histogram {
public:
    static constexpr qint64 longest = 300'000'000; ///< µs

    void record(qint64 microseconds);
    void add(const Histogram& other);
    [[nodiscard]] quint64 count() const { return m_count; }
    [[nodiscard]] qint64 max() const { return m_max; } ///< µs, exact
    [[nodiscard]] double mean() const; ///< µs
    /// The smallest latency (µs) that `quantile` (0 to 1) of all are not above; 0 without any.
    [[nodiscard]] qint64 valueAt(double quantile) const;
    /// What was counted since `earlier`, an older state of the same; `max` stays that of the whole.
    [[nodiscard]] Histogram since(const Histogram& earlier) const;

    [[nodiscard]] static size_t bucketOf(qint64 microseconds);
    /// The largest value that counts into a bucket.
    [[nodiscard]] static qint64 upperEdge(size_t bucket);
    static constexpr size_t bucketCount = 20'480;

private:
    friend class LatencyRecorder;
    std::vector<quint64> m_counts; ///< empty until the first one
    quint64 m_count = 0;
    qint64 m_max = 0;
};

/// A histogram that one thread fills and any other reads while it grows, without a lock and without a wait.
class LatencyRecorder {
public:
    LatencyRecorder();
    /// The one writer.
    void record(qint64 microseconds);
    /// Adds everything so far to `sum`. Any thread.
    void addTo(Histogram& sum) const;

private:
    std::unique_ptr<std::atomic<quint32>[]> m_counts;
    std::atomic<qint64> m_max { 0 };
};

} // namespace lockscope
