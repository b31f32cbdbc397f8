// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "locks/listenmode.h"
#include "locks/lockrecord.h"

#include <QList>

#include <algorithm>
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

/// Where the passes over a server's key space run.
struct ScanSource {
    bool wanted = false; ///< on a replica, says the URI (`scan=replica`)
    QString replica; ///< `host:port` of the one where they run; empty: on the master
    std::optional<qint64> lagBytes; ///< that the replica is behind, when last compared; none without one
    std::optional<qint64> lagSeconds; ///< since the master had a sign of life of the replica, as the master says
    std::optional<qint64> silentSeconds; ///< since the replica had one of the master, as the replica says
    QString whyMaster; ///< why they run on the master although a replica is wanted; to be shown

    friend bool operator==(const ScanSource&, const ScanSource&) = default;
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

/// One server of the deployment, over all its watched databases.
struct NodeStatus {
    QString name; ///< `host:port` or socket path: the contract's `node`; after a failover that of the new master
    LinkState link = LinkState::Connecting;
    std::optional<Error> error; ///< why its link is down, or why something is forbidden there
    ListenMode listening = ListenMode::None;
    NotificationSetting notifications = NotificationSetting::Unknown;
    Completeness completeness;
    ScanSource scan;
    bool gapOpen = false;
    qint64 gapSinceMs = 0; ///< wall clock
    QByteArray flavour;
    QByteArray version;
    QByteArray role; ///< as the server says of itself
    std::optional<Milliseconds> clockOffset; ///< its wall clock less ours, as TIME tells
    bool isMember = true; ///< false: it has left the deployment (a cluster without it)

    [[nodiscard]] bool isUp() const { return link == LinkState::Ready; }
};

/// The state of the whole deployment. Of several places (nodes, databases) it is the sum: complete only if all are.
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
    ScanSource scan; ///< of several servers the one that is worst off
    bool gapOpen = false;
    qint64 gapSinceMs = 0; ///< wall clock
    QList<NodeStatus> nodes; ///< indexed by LockRecord::node
    int quorum = 0; ///< how many of `nodes` must agree on a lock's holder; 0: they are no quorum group
    std::optional<Milliseconds> clockOffset; ///< of one server: its wall clock less ours
    QByteArray serverFlavour;
    QByteArray serverVersion;
    QByteArray serverRole;
    qint32 database = 0; ///< of the URI
    QList<qint32> databases; ///< that are watched, in order; empty: `database` alone
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

    /// `host:port` or socket path of a node; empty if there is none of that index.
    [[nodiscard]] QString nodeName(quint16 node) const { return node < nodes.size() ? nodes.at(node).name : QString(); }
    [[nodiscard]] qsizetype memberCount() const
    {
        return std::count_if(nodes.begin(), nodes.end(), [](const NodeStatus& node) { return node.isMember; });
    }
    [[nodiscard]] qsizetype membersUp() const
    {
        return std::count_if(
            nodes.begin(), nodes.end(), [](const NodeStatus& node) { return node.isMember && node.isUp(); });
    }
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
