// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/statusmerge.h"

#include <tuple>

namespace lockscope {

namespace {

template <typename Value, typename Ranks>
Value highestRanked(const QList<WatchStatus>& parts, Value WatchStatus::*field, const Ranks& ranks)
{
    for (const Value wanted : ranks) {
        for (const WatchStatus& part : parts) {
            if (part.*field == wanted)
                return wanted;
        }
    }
    return parts.first().*field;
}

void addCompleteness(Completeness& total, const Completeness& part)
{
    total.complete = total.complete && part.complete;
    total.pass = std::max(total.pass, part.pass);
    total.passRunning = total.passRunning || part.passRunning;
    total.keysScanned += part.keysScanned;
    total.keysExpected += part.keysExpected;
    total.passTime = std::max(total.passTime, part.passTime);
    // The oldest: none of the picture is older.
    if (total.completedAt && part.completedAt)
        total.completedAt = std::min(*total.completedAt, *part.completedAt);
    else
        total.completedAt.reset();
}

void addFingerprints(QList<FoundFingerprint>& total, const QList<FoundFingerprint>& part)
{
    for (const FoundFingerprint& found : part) {
        const bool known = std::any_of(total.begin(), total.end(), [&](const FoundFingerprint& other) {
            return other.family == found.family && other.script == found.script && other.version == found.version;
        });
        if (!known)
            total.append(found);
    }
}

void addNotifications(WatchStatus& total, const QList<WatchStatus>& parts)
{
    using Setting = NotificationSetting;
    // What the operator may have to decide comes first; then what is missing.
    total.notifications = highestRanked(parts, &WatchStatus::notifications,
        std::initializer_list<Setting> {
            Setting::CanBeEnabled, Setting::Forbidden, Setting::Declined, Setting::Sufficient, Setting::Unknown });
    for (const WatchStatus& part : parts) {
        if (part.notifications != total.notifications)
            continue;
        total.notifyFlags = part.notifyFlags;
        total.missingNotifyFlags = part.missingNotifyFlags;
        break;
    }
    total.listening = highestRanked(parts, &WatchStatus::listening,
        std::initializer_list<ListenMode> {
            ListenMode::Polling, ListenMode::Tracking, ListenMode::None, ListenMode::Notifications });
}

void addServer(WatchStatus& total, const WatchStatus& part)
{
    if (total.serverVersion.isEmpty()) {
        total.serverFlavour = part.serverFlavour;
        total.serverVersion = part.serverVersion;
        total.serverRole = part.serverRole;
    }
    total.clockOffset = total.clockOffset ? total.clockOffset : part.clockOffset;
    addFingerprints(total.fingerprints, part.fingerprints);
    total.fingerprintsRefused = total.fingerprintsRefused || part.fingerprintsRefused;
}

/// The one that bears its own passes against the operator's wish, then the one that is farthest behind.
void addScan(ScanSource& total, const ScanSource& part)
{
    const auto worth = [](const ScanSource& source) {
        return std::tuple(source.wanted, !source.whyMaster.isEmpty(), source.lagBytes.value_or(-1));
    };
    if (worth(part) > worth(total))
        total = part;
}

void addCounts(WatchStatus& total, const WatchStatus& part)
{
    total.eventsTotal += part.eventsTotal;
    total.eventsMerged += part.eventsMerged;
    total.eventsDeferred += part.eventsDeferred;
    total.verifyBacklog += part.verifyBacklog;
    total.pollInterval = std::max(total.pollInterval, part.pollInterval);
    if (part.gapOpen)
        total.gapSinceMs = total.gapOpen ? std::min(total.gapSinceMs, part.gapSinceMs) : part.gapSinceMs;
    total.gapOpen = total.gapOpen || part.gapOpen;
    if (!total.error)
        total.error = part.error;
}

/// Keys or bytes that we allow ourselves; none is no limit, also of the sum.
double budgetOf(const QList<WatchStatus>& parts, double WatchStatus::*field)
{
    double sum = 0;
    for (const WatchStatus& part : parts) {
        if (part.*field == 0)
            return 0;
        sum += part.*field;
    }
    return sum;
}

} // namespace

namespace {

WatchStatus sumOf(const QList<WatchStatus>& parts)
{
    WatchStatus sum;
    sum.completeness.complete = !parts.isEmpty();
    if (parts.isEmpty())
        return sum;
    sum.completeness.completedAt = SteadyTime::max();
    sum.link = highestRanked(parts, &WatchStatus::link,
        std::initializer_list<LinkState> {
            LinkState::Ready, LinkState::Connecting, LinkState::Lost, LinkState::Closed });
    // A server that is away hears nothing, which says nothing about how the others are heard.
    QList<WatchStatus> present;
    for (const WatchStatus& part : parts) {
        if (part.link == sum.link)
            present.append(part);
        addCompleteness(sum.completeness, part.completeness);
        addServer(sum, part);
        addScan(sum.scan, part.scan);
        addCounts(sum, part);
    }
    addNotifications(sum, present);
    sum.listenChoice = present.first().listenChoice;
    for (const WatchStatus& part : present)
        sum.trackingRefused = sum.trackingRefused || part.trackingRefused;
    sum.budgetKeysPerSecond = budgetOf(present, &WatchStatus::budgetKeysPerSecond);
    sum.budgetBytesPerSecond = budgetOf(present, &WatchStatus::budgetBytesPerSecond);
    return sum;
}

} // namespace

void mergeStatus(WatchStatus& total, const QList<WatchStatus>& parts)
{
    WatchStatus sum = parts.size() == 1 ? parts.first() : sumOf(parts);
    sum.nodes = std::move(total.nodes);
    sum.quorum = total.quorum;
    sum.database = total.database;
    sum.databases = total.databases;
    sum.readOnly = total.readOnly;
    sum.locks = total.locks;
    sum.eventsPerSecond = total.eventsPerSecond;
    sum.commandsPerSecond = total.commandsPerSecond;
    sum.bytesPerSecond = total.bytesPerSecond;
    total = std::move(sum);
}

NodeStatus nodeStatusOf(const WatchStatus& status, const QString& name)
{
    NodeStatus node;
    node.name = name;
    node.link = status.link;
    node.error = status.error;
    node.listening = status.listening;
    node.notifications = status.notifications;
    node.completeness = status.completeness;
    node.scan = status.scan;
    node.gapOpen = status.gapOpen;
    node.gapSinceMs = status.gapSinceMs;
    node.flavour = status.serverFlavour;
    node.version = status.serverVersion;
    node.role = status.serverRole;
    node.clockOffset = status.clockOffset;
    return node;
}

} // namespace lockscope
