// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/serverfacts.h"
#include "watch/eventproof.h"
#include "watch/fingerprintprobe.h"
#include "watch/keyspacelistener.h"
#include "watch/lockverifier.h"
#include "watch/notificationsetup.h"
#include "watch/passrunner.h"

namespace lockscope {

/// Keeps the locks of one server true: its two connections, what it hears, when it looks, and how it heals a gap.
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
    [[nodiscard]] LinkState link() const { return m_link; }
    [[nodiscard]] bool wasEverWhole() const { return m_everWhole; }
    [[nodiscard]] bool isGapOpen() const { return m_gapOpen; }
    [[nodiscard]] qint64 gapSinceMs() const { return m_gapSinceMs; }
    /// A pass has ended on this link, and no gap is open.
    [[nodiscard]] bool isWhole() const { return m_tableWhole && !m_gapOpen; }
    [[nodiscard]] LockVerifier& verifier() { return m_verifier; }
    void answerNotificationQuestion(bool enable);

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
    void handleListenerLost(const Error& error);
    void handleListenerDenied(const Error& error);
    void handleEvent(const KeyEvent& event);
    void handleReadFailure(const Error& error);
    void handleRefusal(const Error& error);
    void handlePassCompleted();
    void handlePassFailed(const Error& error);

    void updateListening();
    [[nodiscard]] bool wantsSubscription() const;
    [[nodiscard]] bool hearsEverything() const;
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
    PassRunner m_passes;
    NotificationSetup m_setup;
    KeyspaceListener m_listener;

    QTimer m_passTimer;
    QTimer m_pulseTimer;
    QTimer m_subscribeTimer; ///< how long a pass waits for the subscription

    LinkState m_link = LinkState::Connecting;
    std::optional<Error> m_linkError;
    std::optional<Error> m_permissionError; ///< something is refused, and we do without
    ServerFacts m_facts;
    ServedLibraries m_served;
    bool m_probed = false; ///< on this link
    bool m_listenerOpen = false;
    bool m_listenerDenied = false;
    bool m_tableWhole = false; ///< a pass has ended on this link, and no gap since
    bool m_everWhole = false;
    bool m_passAgain = false;
    bool m_gapOpen = false;
    qint64 m_gapSinceMs = 0;
    EventProof m_proof;
    quint64 m_eventsTotal = 0;
    qint64 m_keyCount = -1;
    int m_pulses = 0;
};

} // namespace lockscope
