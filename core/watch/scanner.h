// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "watch/watchengine.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

/// Walks the whole key space once with SCAN, as hard as the pace allows (redis-facts 4.1, 4.2): Full asks for 10 000
/// keys a call, back to back; Auto keeps a call near a millisecond and pauses four times as long; Gentle asks for
/// little and rests longer.
class Scanner final : public QObject {
    Q_OBJECT
public:
    /// Called for each key that matches; a key may come twice. The view dies with the call.
    using KeyHandler = UniqueFunction<void(QByteArrayView)>;
    using EndHandler = UniqueFunction<void(const Status&)>;

    /// One glob is left to the server; several are matched here, in one walk. None: all keys.
    Scanner(Connection& connection, const Clock& clock, QList<QByteArray> globs, QObject* parent = nullptr);
    void setHandlers(KeyHandler onKey, EndHandler onEnd);
    /// From the next start() on; must not be running.
    void setConnection(Connection& connection) { m_connection = &connection; }

    /// `keysExpected`: DBSIZE. Must not be running.
    void start(Pace pace, quint64 keysExpected);
    /// Ends without calling the end handler; answers still to come are ignored.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// Estimated while it runs (SCAN hides how many keys it examined), exact at the end.
    [[nodiscard]] quint64 keysScanned() const { return m_keysScanned; }
    /// While held back, no further call is sent: the reader cannot follow.
    void setHeldBack(bool heldBack);

private:
    void scheduleNext(qsizetype keysFound);
    void sendNext();
    void receive(quint64 run, const Result<ReplyView>& reply);
    void adaptCount(SteadyTime::duration callTime);
    [[nodiscard]] bool isWanted(QByteArrayView key) const;
    void end(const Status& status);

    Connection* m_connection;
    const Clock& m_clock;
    const QList<QByteArray> m_globs;
    KeyHandler m_onKey;
    EndHandler m_onEnd;
    QTimer m_pause;
    QByteArray m_cursor; ///< opaque
    Pace m_pace = Pace::Auto;
    int m_count = 0;
    quint64 m_run = 0;
    quint64 m_keysScanned = 0;
    quint64 m_keysExpected = 0;
    SteadyTime m_sentAt {};
    SteadyTime::duration m_callTime {};
    bool m_running = false;
    bool m_heldBack = false;
    bool m_waiting = false; ///< the next call may go as soon as it is not held back
};

} // namespace lockscope
