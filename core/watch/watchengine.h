// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "locks/databasechoice.h"
#include "locks/lockdelta.h"
#include "redis/servertopology.h"
#include "watch/pace.h"

#include <QObject>

#include <memory>

namespace lockscope {

class FamilyRegistry;

struct WatchOptions {
    QList<QByteArray> matches; ///< globs of keys that count as locks; empty: every key that a family recognises
    QList<FamilyId> families; ///< only these; empty: all
    DatabaseChoice databases; ///< none: the one of the URI
    Pace pace = Pace::Auto;
    bool follow = true; ///< false: one pass and nothing else (lockscope-cli list)
    ListenChoice listen = ListenChoice::Auto; ///< how changes are to be heard
    bool enableNotifications = false; ///< consent to CONFIG SET notify-keyspace-events, given beforehand
    bool keepEvents = true; ///< collect LockEvents for the consumer
    /// Most keys a second that are read only to verify what is known, or by a pass; less while the server answers
    /// slowly. At Pace::Gentle a quarter of it, at Pace::Full no limit. 0: no limit.
    int verifyRate = defaultVerifyRate;
    /// Most keys that may wait to be read; what changes beyond is left to a pass. Known locks always find room.
    int backlogLimit = 100'000;
    Milliseconds commandTimeout { 5000 };
    const FamilyRegistry* registry = nullptr; ///< null: all that there are; outlives the engine
};

/// Keeps the table of live locks of a deployment true: subscribes, scans, verifies, keeps deadlines, notices gaps and
/// heals them, on every node and in every database that is watched (a *place*). Of independent masters each lock is one
/// row, with the votes of all. A node that is away makes no others' rows stale. Owns its connections. Lives in the
/// engine thread and is used only from there. Never writes to a server, except for the consented CONFIG SET.
class WatchEngine final : public QObject {
    Q_OBJECT
public:
    /// `topology` outlives it and is started by whoever owns it.
    WatchEngine(ServerTopology& topology, std::shared_ptr<const CommandGate> gate, WatchOptions options,
        const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    /// One standalone server.
    WatchEngine(const ConnectionSpec& spec, std::shared_ptr<const CommandGate> gate, WatchOptions options,
        const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    ~WatchEngine() override;

    void start();
    void stop();
    /// Whether takeDelta() would bring something new.
    [[nodiscard]] bool hasDelta() const;
    /// Everything since the last call; the engine goes on marking changes per lock until the next one.
    [[nodiscard]] LockDelta takeDelta();
    [[nodiscard]] LockSnapshot snapshot() const;
    /// Whether a snapshot is as whole as it can be: every node that can be reached is complete. Which are missing, the
    /// status tells.
    [[nodiscard]] bool isSettled() const;
    [[nodiscard]] const WatchStatus& status() const;
    /// What the consumer has on screen: verified first.
    void setVisibleLocks(const std::vector<LockId>& ids);
    /// Reads these keys next: after an operation of ours, so that the table follows also without notifications.
    void verifyKeys(const QList<QByteArray>& keys);
    /// Recognises with these families from now on, and examines what is known anew; the registry outlives the engine.
    void useFamilies(const FamilyRegistry& registry);
    /// The operator's answer to the question whether to switch notifications on.
    void answerNotificationQuestion(bool enable);
    /// Sets WatchOptions::verifyRate, from now on.
    void setVerifyRate(int keysPerSecond);
    /// Starts a full pass now (F5).
    void refresh();

Q_SIGNALS:
    void deltaAvailable(); ///< hasDelta() turned true
    void passCompleted(); ///< a complete pass has ended, and isSettled()
    void statusChanged();
    void failed(
        const lockscope::Error& error); ///< a permanent refusal (authentication, permission): no use in trying on

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
