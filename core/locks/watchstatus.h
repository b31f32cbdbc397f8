// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "locks/listenmode.h"
#include "locks/lockrecord.h"

#include <QList>

#include <optional>

namespace lockscope {

enum class LinkState : quint8 { Connecting, Ready, Lost, Closed };

/// Why notifications are not used, and whether asking helps.
enum class NotificationSetting : quint8 {
    Unknown,
    Sufficient, ///< the server publishes all the classes we need
    CanBeEnabled, ///< some class is missing, CONFIG is allowed: a question to the operator
    Forbidden, ///< CONFIG is refused or renamed, or the channel is not permitted
    Declined, ///< the operator said no, or this connection is read-only
};

/// Whether the server's list of clients can be looked at for the connections of holders.
enum class ClientEvidence : quint8 {
    Unknown, ///< not asked yet
    Available,
    Refused, ///< CLIENT LIST is not permitted
    TooMany, ///< so many clients that listing them would hold up the others
};

/// How complete and how old the picture is. Travels with every delta, list, count and export: a partial list must not
/// be shown as a whole one.
struct Completeness {
    bool complete = false; ///< a pass has ended and no gap is open
    quint32 pass = 0; ///< number of the running or last pass, from 1
    bool passRunning = false;
    quint64 keysScanned = 0; ///< by the running or last pass
    quint64 keysExpected = 0; ///< DBSIZE at its start
    std::optional<SteadyTime> completedAt; ///< when the last complete pass ended
    Milliseconds passTime { 0 }; ///< how long it took
};

/// A script of a lock library that the server remembers: that library has been here.
struct FoundFingerprint {
    FamilyId family = FamilyId::None;
    QByteArray script; ///< `acquire`, `release`…
    QByteArray version; ///< library and version that it was taken from
};

/// Keys a second that may be read only to verify: what is usual, and the most that a user may ask for.
inline constexpr int defaultVerifyRate = 2000;
inline constexpr int largestVerifyRate = 1'000'000;

struct WatchStatus {
    LinkState link = LinkState::Connecting;
    std::optional<Error> error; ///< why the link is down, or why something is forbidden
    ListenMode listening = ListenMode::None;
    ListenChoice listenChoice = ListenChoice::Auto;
    bool trackingRefused = false; ///< CLIENT TRACKING was tried; `error` may say why not
    NotificationSetting notifications = NotificationSetting::Unknown;
    QByteArray notifyFlags; ///< what the server has set, where readable
    QByteArray missingNotifyFlags; ///< the smallest set of classes to add, for the question
    Completeness completeness;
    bool gapOpen = false;
    qint64 gapSinceMs = 0; ///< wall clock
    QList<QString> nodes; ///< `host:port` or socket path, indexed by LockRecord::node
    QByteArray serverFlavour;
    QByteArray serverVersion;
    QByteArray serverRole;
    qint32 database = 0;
    bool readOnly = false;
    quint64 locks = 0;
    quint64 eventsTotal = 0; ///< notifications, or keys named by tracking, that concerned watched keys
    quint64 eventsMerged = 0; ///< of these, how many fell on a key that was waiting to be read already
    quint64 eventsDeferred = 0; ///< of these, how many were left to the next pass: too many keys at a time
    double eventsPerSecond = 0;
    double commandsPerSecond = 0; ///< that we cause the server
    double bytesPerSecond = 0; ///< both ways
    double budgetKeysPerSecond = 0; ///< keys that we allow ourselves to read again, at its present latency; 0: no limit
    double budgetBytesPerSecond = 0; ///< and the bytes; 0: no limit
    QList<FoundFingerprint> fingerprints; ///< as of the last connect
    bool fingerprintsRefused = false; ///< SCRIPT EXISTS is not permitted
    ClientEvidence clientEvidence = ClientEvidence::Unknown;
    quint64 verifyBacklog = 0; ///< keys known to have changed and not yet read
    Milliseconds pollInterval { 0 }; ///< Polling: the time between passes, hence the shortest hold that is surely seen

    /// False until the first connection stood: then nothing was lost, it was never there.
    [[nodiscard]] bool wasReached() const { return gapSinceMs > 0 || !serverVersion.isEmpty(); }
    /// Whether asking the operator for notifications makes sense; a "no" can be taken back.
    [[nodiscard]] bool canAskForNotifications() const
    {
        const bool wanted = listenChoice == ListenChoice::Auto || listenChoice == ListenChoice::Notifications;
        return link == LinkState::Ready && !readOnly && wanted
            && (notifications == NotificationSetting::CanBeEnabled || notifications == NotificationSetting::Declined);
    }
};

} // namespace lockscope
