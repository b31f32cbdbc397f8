// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/structurereader.h"
#include "watch/keyreading.h"
#include "watch/loadbudget.h"
#include "watch/serverclock.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <array>
#include <deque>
#include <vector>

namespace lockscope {

/// The keys that have to be read: each once, however often it changed; urgent ones first. A change that comes in while
/// a read is in flight has the key read again, for only a read sent after an event is surely not older than it.
/// GETRANGE and PTTL are two commands of one write: they are torn only where a foreign write to that key falls between
/// two reads of the server's input buffer. A notification or the next reading then puts it right; wrapping each pair in
/// MULTI would double the commands. What answers WRONGTYPE is asked what it is, and then read by its type; of a known
/// lock the type is known, and one round is enough.
class VerifyQueue final : public QObject {
    Q_OBJECT
public:
    enum class Priority : quint8 {
        Urgent, ///< a deadline has passed, or somebody asked for this key
        Normal, ///< a notification named it
        Visible, ///< on screen; from here on within the budget
        Unknown, ///< found by a pass
        Background, ///< known, and to be read again: a fair share of the budget
    };
    using ReadingHandler = UniqueFunction<void(const KeyReading&, const ChangeHints&)>;

    /// `connection` must be destroyed first or outlive this object's last use, `budget` outlives it; `handler` gets
    /// every reading.
    VerifyQueue(Connection& connection, const Clock& clock, LoadBudget& budget, ReadingHandler handler,
        QObject* parent = nullptr);

    /// Only keys that the operator named may have long tokens; of others so much is read that a token can be told from
    /// text.
    void setExplicitMatch(bool explicitMatch) { m_explicitMatch = explicitMatch; }
    /// The type of a key that is known already; String for all others.
    using TypeLookup = UniqueFunction<KeyType(QByteArrayView)>;
    void setTypeLookup(TypeLookup lookup) { m_knownType = std::move(lookup); }
    /// Whether a key of this name may have a long token, too.
    using NameTest = UniqueFunction<bool(QByteArrayView)>;
    void setNameTest(NameTest test) { m_isLockName = std::move(test); }
    [[nodiscard]] ServerClock& serverClock() { return m_serverClock; }
    [[nodiscard]] const ServerClock& serverClock() const { return m_serverClock; }
    /// Most keys in flight at a time.
    void setWindow(int keys) { m_window = keys; }

    /// `asking`: each command goes behind ASKING, for the key's slot is only being imported.
    void request(QByteArrayView key, Priority priority, const ChangeHints& hints, bool asking = false);
    /// A final event of this key arrived: what is queued is dropped, what is in flight will be ignored.
    void cancel(QByteArrayView key);
    /// Forgets everything; answers still to come are ignored.
    void clear();

    [[nodiscard]] bool contains(QByteArrayView key) const;
    [[nodiscard]] size_t backlog() const { return size_t(m_index.size()); }
    /// How many changes fell on a key that was waiting to be read, or being read, already.
    [[nodiscard]] quint64 merged() const { return m_merged; }
    /// How many of them were requested by a pass.
    [[nodiscard]] size_t passBacklog() const { return m_passBacklog; }

Q_SIGNALS:
    void passBacklogShrunk(); ///< at most once for each batch

private:
    struct Entry {
        KeyReading reading; ///< so far
        ChangeHints hints; ///< up to the moment the read was sent
        ChangeHints later; ///< what came in since
        quint32 ticket = 0; ///< changes with every use: tells old queue places and late answers apart
        Priority priority = Priority::Background;
        bool ofPass = false; ///< a pass waits for its next answer
        bool first = false; ///< of its batch: its answer tells the round trip
        quint8 torn = 0; ///< how often it changed under our hands
        bool inFlight = false;
        bool again = false;
        bool ignored = false;
        bool asking = false;
    };
    struct Place {
        quint32 entry;
        quint32 ticket;
    };

    [[nodiscard]] quint32 newEntry(QByteArrayView key);
    void enqueue(quint32 index);
    void dropStalePlaces(std::deque<Place>& places) const;
    void schedule();
    void pump();
    [[nodiscard]] bool takeNext(Priority priority, quint32& index);
    /// Sends at most `most` keys of this priority; returns how many.
    int sendFrom(Priority priority, int most);
    void pumpWithinBudget(int most);
    [[nodiscard]] bool isWaiting(Priority priority) const { return !m_queues[size_t(priority)].empty(); }
    void send(quint32 index);
    void sendStringRead(quint32 index);
    void sendKindRead(quint32 index);
    void sendStructureRead(quint32 index, KeyType type);
    [[nodiscard]] Entry* awaited(quint32 index, quint32 ticket);
    void receiveValue(quint32 index, quint32 ticket, const Result<ReplyView>& reply);
    void receiveTtl(quint32 index, quint32 ticket, const Result<ReplyView>& reply);
    void receiveKind(quint32 index, const KeyKind& kind);
    void receiveStructure(quint32 index, KeyType type, StructureReading structure);
    void finish(quint32 index, KeyReading::Outcome outcome);
    void servePass(Entry& entry);
    void release(quint32 index);

    Connection& m_connection;
    const Clock& m_clock;
    LoadBudget& m_budget;
    ReadingHandler m_handler;
    QTimer m_pumpTimer;
    QTimer m_budgetTimer;
    std::vector<Entry> m_entries;
    std::vector<quint32> m_free;
    QHash<QByteArray, quint32> m_index;
    std::array<std::deque<Place>, 5> m_queues;
    quint32 m_lastTicket = 0;
    TypeLookup m_knownType;
    NameTest m_isLockName;
    ServerClock m_serverClock;
    int m_inFlight = 0;
    int m_window = 1000;
    int m_turn = 0;
    size_t m_passBacklog = 0;
    quint64 m_merged = 0;
    bool m_explicitMatch = false;
    bool m_memoryRefused = false; ///< MEMORY USAGE, on this link
    bool m_passShrunk = false;
};

} // namespace lockscope
