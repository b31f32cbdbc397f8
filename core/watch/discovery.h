// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/discovery.h"
#include "redis/serverfacts.h"
#include "watch/lockexaminer.h"
#include "watch/patterngrouper.h"
#include "watch/scanner.h"
#include "watch/scanreplica.h"
#include "watch/verifyqueue.h"
#include "watch/watchengine.h"

#include <QSet>
#include <QTimer>

#include <map>

namespace lockscope {

/// One look at a sample of a database's key space, to learn which names hold locks. SCAN hands out names up to a
/// bound (Redis has no way to begin anywhere else than at its start); of each kind of name some keys are read, the
/// lock-like ones first, until a bound or the end. Names may come from a replica (`scan=replica`), the keys are read
/// on the master. Reads only, on a connection of its own; one use. Engine thread.
class Discovery final : public QObject {
    Q_OBJECT
public:
    using Handler = UniqueFunction<void(Result<DiscoveryReport>)>;

    /// Of `watch` pace, verifyRate, commandTimeout and registry count.
    Discovery(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate, DiscoveryOptions options,
        const WatchOptions& watch, const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    ~Discovery() override;

    /// `handler` is called once, from the event loop; never if this object is destroyed before. It must not delete
    /// this object, but may have it deleted later.
    void start(Handler handler);

private:
    void probe();
    void readClock();
    void beginScan(const ServerFacts& facts);
    void scan(ReplicaLink* replica);
    void handleScanEnd(const Status& status);
    void receiveName(QByteArrayView key);
    [[nodiscard]] bool isWanted(QByteArrayView key) const;
    [[nodiscard]] QByteArray kindOf(const QByteArray& key) const;
    void endScan(bool whole);
    void chooseKeys();
    void handleReading(const KeyReading& reading);
    void noteSighting(const KeyReading& reading, const FamilyMatch& match);
    void finishReading();
    void finish(Result<DiscoveryReport> result);

    const DiscoveryOptions m_options;
    const Pace m_pace;
    const Clock& m_clock;
    const std::shared_ptr<const FamilyRegistry> m_keptRegistry; ///< null where it needs no keeping
    const FamilyRegistry& m_registry;
    Connection m_connection;
    std::unique_ptr<ScanReplica> m_replica; ///< names come from one, where the URI wants it
    LoadBudget m_budget;
    VerifyQueue m_queue;
    Scanner m_scanner;
    LockExaminer m_examiner;
    PatternGrouper m_grouper;
    QList<FamilySighting> m_sightings;
    Handler m_handler;
    QSet<QByteArray> m_names; ///< a key may come twice
    std::map<QByteArray, QList<QByteArray>> m_kinds; ///< names to choose from
    quint64 m_keysScanned = 0;
    quint64 m_chosen = 0; ///< keys to be read
    quint64 m_answered = 0;
    quint64 m_keysRead = 0; ///< answers that told something
    quint64 m_keysHidden = 0; ///< the ACL keeps them from us
    Error m_refusal; ///< of a hidden key
    SteadyTime m_startedAt {};
    bool m_wholeScan = false;
    bool m_wholeRead = false;
    WatchStatus m_server;
};

} // namespace lockscope
