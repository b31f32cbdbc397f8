// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/histogram.h"
#include "stress/stressreport.h"

#include <array>
#include <atomic>
#include <mutex>

namespace lockscope {

/// What one thread of clients counts while others read it: one writer, no lock (but for the lanes, ten times a second).
class WorkerStats {
public:
    enum Counter : quint8 {
        Sections,
        Attempts,
        Refused,
        Timeouts,
        Lost,
        Errors,
        Indeterminate,
        Renewals,
        Planned,
        Crashes,
        Overruns,
        OverrunTotal, ///< µs
        OverrunWorst, ///< µs
        CounterCount
    };

    explicit WorkerStats(size_t clients)
        : grants(new std::atomic<quint32>[clients] {})
        , firstWant(new std::atomic<bool>[clients] {})
        , clientCount(clients)
    {
    }
    void bump(Counter counter, quint64 by = 1)
    {
        std::atomic<quint64>& value = m_counters[counter];
        value.store(value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    void raise(Counter counter, quint64 to)
    {
        if (to > m_counters[counter].load(std::memory_order_relaxed))
            m_counters[counter].store(to, std::memory_order_relaxed);
    }
    static void add(std::atomic<qint32>& gauge, qint32 by)
    {
        gauge.store(gauge.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    [[nodiscard]] StressCounters counters() const;

    /// Finished stretches of the clients that are shown, which the reader takes, and what goes on at this moment.
    void putSpans(std::vector<LaneSpan>& spans, std::vector<LaneSpan> goingOn);
    /// Appends what goes on to `goingOn`.
    [[nodiscard]] std::vector<LaneSpan> takeSpans(std::vector<LaneSpan>& goingOn);

    LatencyRecorder acquire;
    LatencyRecorder acquireService;
    LatencyRecorder wait;
    LatencyRecorder release;
    LatencyRecorder handover;
    std::atomic<qint32> waiting { 0 };
    std::atomic<qint32> holding { 0 };
    const std::unique_ptr<std::atomic<quint32>[]> grants; ///< sections of each client of this thread
    const std::unique_ptr<std::atomic<bool>[]> firstWant; ///< whether it ever asked for a lock
    const size_t clientCount;

private:
    std::array<std::atomic<quint64>, CounterCount> m_counters {};
    std::mutex m_spanMutex;
    std::vector<LaneSpan> m_spans;
    std::vector<LaneSpan> m_goingOn;
};

inline StressCounters WorkerStats::counters() const
{
    const auto read = [this](Counter counter) { return m_counters[counter].load(std::memory_order_relaxed); };
    StressCounters counters;
    counters.sections = read(Sections);
    counters.attempts = read(Attempts);
    counters.refused = read(Refused);
    counters.timeouts = read(Timeouts);
    counters.lost = read(Lost);
    counters.errors = read(Errors);
    counters.indeterminate = read(Indeterminate);
    counters.renewals = read(Renewals);
    counters.planned = read(Planned);
    counters.crashes = read(Crashes);
    counters.overruns = read(Overruns);
    counters.overrunTotal = qint64(read(OverrunTotal));
    counters.overrunWorst = qint64(read(OverrunWorst));
    return counters;
}

inline void WorkerStats::putSpans(std::vector<LaneSpan>& spans, std::vector<LaneSpan> goingOn)
{
    const std::lock_guard guard(m_spanMutex);
    m_goingOn = std::move(goingOn);
    if (m_spans.empty())
        m_spans.swap(spans);
    else
        m_spans.insert(m_spans.end(), spans.begin(), spans.end());
    spans.clear();
}

inline std::vector<LaneSpan> WorkerStats::takeSpans(std::vector<LaneSpan>& goingOn)
{
    const std::lock_guard guard(m_spanMutex);
    goingOn.insert(goingOn.end(), m_goingOn.begin(), m_goingOn.end());
    return std::exchange(m_spans, {});
}

} // namespace lockscope
