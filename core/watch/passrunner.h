// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/locktracker.h"
#include "watch/scanner.h"
#include "watch/scanreplica.h"
#include "watch/verifyqueue.h"

#include <QObject>

namespace lockscope {

/// One complete look at the key space: SCAN, a read of each key found, then (the sweep) a
/// read of each known lock that neither the pass nor an event has touched since its start. Nothing is removed by guess.
/// Where a replica bears it, the SCAN runs there, and so does a first read of keys that are not known: what could be no
/// lock costs the master nothing, and what could be one is read on the master.
class PassRunner final : public QObject {
    Q_OBJECT
public:
    PassRunner(Connection& connection, const Clock& clock, LockTracker& tracker, VerifyQueue& queue,
        QList<QByteArray> globs, QObject* parent = nullptr);

    /// `replica` outlives it.
    void useReplica(ScanReplica& replica);
    /// `thorough`: every key is read. Otherwise not those known locks that were read just before; that is enough where
    /// nothing can have happened unheard since the last thorough one.
    void start(Pace pace, bool thorough);
    void abort();
    [[nodiscard]] bool isRunning() const { return m_phase != Phase::Idle; }
    /// Of the running or last pass. `complete` is left to the watcher.
    [[nodiscard]] Completeness progress() const;
    [[nodiscard]] Milliseconds lastDuration() const { return m_passTime; }

Q_SIGNALS:
    void completed();
    void failed(const lockscope::Error& error); ///< ended early

private:
    enum class Phase : quint8 { Idle, Choosing, Counting, Scanning, Reading, Sweeping };

    void count();
    void beginScan(const Result<ReplyView>& size);
    void receiveKey(QByteArrayView key);
    void receiveFromReplica(const KeyReading& reading);
    [[nodiscard]] size_t backlog() const;
    void endScan(const Status& status);
    void advance();
    void sweep();

    Connection& m_connection;
    const Clock& m_clock;
    LockTracker& m_tracker;
    VerifyQueue& m_queue;
    const bool m_isEveryKeyWanted; ///< the operator named no keys
    Scanner m_scanner;
    ScanReplica* m_replica = nullptr;
    ReplicaLink* m_link = nullptr; ///< where the running pass looks; null: on the master
    Phase m_phase = Phase::Idle;
    Pace m_pace = Pace::Auto;
    quint32 m_pass = 0;
    bool m_thorough = true;
    quint64 m_keysExpected = 0;
    SteadyTime m_startedAt {};
    std::optional<SteadyTime> m_completedAt;
    Milliseconds m_passTime { 0 };
};

} // namespace lockscope
