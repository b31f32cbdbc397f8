// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/fingerprintprobe.h"
#include "watch/hearing.h"
#include "watch/lockverifier.h"
#include "watch/passrunner.h"

namespace lockscope {

/// Keeps the locks of one server true: its connections, what it hears, when it looks, and how it heals a gap.
class NodeWatcher final : public QObject {
    Q_OBJECT
public:
    NodeWatcher(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate, WatchOptions options,
        const Clock& clock, LockTracker& tracker, QObject* parent = nullptr);
    ~NodeWatcher() override;

    /// Before start(): this server follows another one in its place (a failover), and nothing was heard since then.
    void assumeGap(qint64 sinceMs);
    void start();
    void stop();
    void refresh();
    /// The families have changed: the table is whole again after a pass that begins now.
    void examineAnew();
    [[nodiscard]] LinkState link() const { return m_link; }
    [[nodiscard]] bool wasEverWhole() const { return m_everWhole; }
    [[nodiscard]] bool isGapOpen() const { return m_gapOpen; }
    [[nodiscard]] qint64 gapSinceMs() const { return m_gapSinceMs; }
    /// A pass has ended on this link, and no gap is open.
    [[nodiscard]] bool isWhole() const { return m_tableWhole && !m_gapOpen; }
    [[nodiscard]] LockVerifier& verifier() { return m_verifier; }
    void answerNotificationQuestion(bool enable) { m_hearing.answerNotificationQuestion(enable); }
    void setVerifyRate(int keysPerSecond);

    /// Everything of the status but rates and number of locks.
    void fillStatus(WatchStatus& status) const;
    [[nodiscard]] TrafficCounters traffic() const;
    [[nodiscard]] quint64 eventsTotal() const { return m_eventsTotal; }

Q_SIGNALS:
    void statusChanged();
    void passCompleted();
    void failed(const lockscope::Error& error); ///< permanent; has stopped

private:
    void handleReady();
    void handleFacts(const Result<ServerFacts>& facts);
    void handleLinkLost(const Error& error);
    void handleSubscribed();
    void handleDeafness();
    void handleHearingChanged();
    void handleFlush();
    void lookForFlush();
    void handleOverload();
    void handleEvent(const KeyEvent& event);
    void handleReadFailure(const Error& error);
    void handleRefusal(const Error& error);
    void handlePassCompleted();
    void handlePassFailed(const Error& error);

    [[nodiscard]] bool hearsEverything() const { return m_hearing.mode() != ListenMode::Polling; }
    void openGap();
    void closeGap();
    /// `thorough`: as PassRunner says.
    void startPass(bool thorough);
    void schedulePass(Milliseconds wait);
    [[nodiscard]] Milliseconds passInterval() const;
    [[nodiscard]] Pace passPace() const;
    void pulse();
    void readClock();
    void readFingerprints();
    void handleKeyCount(qint64 keys);
    void giveUp(const Error& error);

    const WatchOptions m_options;
    const Clock& m_clock;
    LockTracker& m_tracker;
    Connection m_connection;
    LockVerifier m_verifier;
    ScanReplica m_replica;
    PassRunner m_passes;
    Hearing m_hearing;

    QTimer m_passTimer;
    QTimer m_pulseTimer;
    QTimer m_subscribeTimer; ///< how long a pass waits for the subscription
    QTimer m_flushTimer; ///< a flush was heard, and is looked into when it runs out

    LinkState m_link = LinkState::Connecting;
    std::optional<Error> m_linkError;
    std::optional<Error> m_permissionError; ///< something is refused, and we do without
    ServerFacts m_facts;
    ServedLibraries m_served;
    bool m_probed = false; ///< on this link
    bool m_tableWhole = false; ///< a pass has ended on this link, and no gap since
    bool m_everWhole = false;
    bool m_passAgain = false;
    bool m_gapOpen = false;
    qint64 m_gapSinceMs = 0;
    SteadyTime m_flushPassAt {}; ///< when a flush last made us look
    quint64 m_eventsTotal = 0;
    qint64 m_keyCount = -1;
    int m_pulses = 0;
};

} // namespace lockscope
