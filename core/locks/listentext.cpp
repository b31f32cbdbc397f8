// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/listentext.h"

#include "base/durationtext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

QString blindSpotText(BlindSpot spot, const WatchStatus& status)
{
    switch (spot) {
    case BlindSpot::Flush:
        return QCoreApplication::translate(
            "lockscope::Listening", "FLUSHDB and FLUSHALL are not announced: the next pass finds them.");
    case BlindSpot::SwapDatabases:
        return QCoreApplication::translate("lockscope::Listening", "SWAPDB is not announced: the next pass finds it.");
    case BlindSpot::HowItEnded:
        return QCoreApplication::translate("lockscope::Listening",
            "Nobody tells how a lock ended: whether it was released, has expired or was evicted is concluded from its "
            "deadline.");
    case BlindSpot::BetweenReads:
        return QCoreApplication::translate(
            "lockscope::Listening", "A holder that comes and goes between two reads of a key is not seen.");
    case BlindSpot::ShortHolds:
        break;
    }
    return status.pollInterval.count() > 0
        ? QCoreApplication::translate("lockscope::Listening", "A lock held for less than %1 may never appear.")
              .arg(durationText(status.pollInterval))
        : QCoreApplication::translate(
            "lockscope::Listening", "A lock held for less than the time between two passes may never appear.");
}

QString pollingText(const WatchStatus& status)
{
    const QString text = status.pollInterval.count() > 0
        ? QCoreApplication::translate("lockscope::Listening", "Polling every %1").arg(durationText(status.pollInterval))
        : QCoreApplication::translate("lockscope::Listening", "Polling");
    return text + QStringLiteral(" \u2013 ")
        + QCoreApplication::translate("lockscope::Listening", "short holds can be missed");
}

QString whyNoNotifications(const WatchStatus& status)
{
    if (status.notifications == NotificationSetting::Forbidden)
        return QCoreApplication::translate("lockscope::Listening",
            "The server publishes no keyspace notifications that this user may hear, or does not say whether it does.");
    return QCoreApplication::translate(
        "lockscope::Listening", "Keyspace notifications are off, or lack what locks need.");
}

} // namespace

QString listenText(const WatchStatus& status)
{
    switch (status.listening) {
    case ListenMode::Notifications:
        return QCoreApplication::translate("lockscope::Listening", "Notifications on");
    case ListenMode::Tracking:
        return QCoreApplication::translate("lockscope::Listening", "Client tracking") + QStringLiteral(" \u2013 ")
            + QCoreApplication::translate("lockscope::Listening", "not told how a lock ended");
    case ListenMode::Polling:
        return pollingText(status);
    case ListenMode::None:
        break;
    }
    return {};
}

QString listenReason(const WatchStatus& status)
{
    if (status.listening == ListenMode::None || status.listening == ListenMode::Notifications)
        return {};
    const bool polling = status.listening == ListenMode::Polling;
    if (status.listenChoice == (polling ? ListenChoice::Poll : ListenChoice::Tracking))
        return QCoreApplication::translate("lockscope::Listening", "Chosen so.");
    QStringList reasons;
    if (status.listenChoice != ListenChoice::Tracking)
        reasons += whyNoNotifications(status);
    if (polling && status.trackingRefused)
        reasons += QCoreApplication::translate(
            "lockscope::Listening", "Client tracking is refused by the server, or not permitted to this user.");
    return reasons.join(QLatin1Char(' '));
}

QStringList blindSpotTexts(const WatchStatus& status)
{
    QStringList texts;
    for (const BlindSpot spot : blindSpots(status.listening))
        texts += blindSpotText(spot, status);
    return texts;
}

} // namespace lockscope
