// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/hearing.h"

#include "base/logging.h"

namespace lockscope {

using namespace std::chrono_literals;

Hearing::Hearing(Connection& connection, const std::shared_ptr<const CommandGate>& gate,
    const ConnectionOptions& options, Options hearing, ChangeListener::EventHandler handler)
    : m_options(std::move(hearing))
    , m_handler(std::move(handler))
    , m_setup(connection, m_options.classes, m_options.globs, m_options.enableNotifications, [this] { update(); })
    , m_keyspaceListener(
          connection.spec(), gate, options, m_options.globs, [this](const KeyEvent& event) { hear(event); })
    , m_trackingListener(
          connection.spec(), gate, options, m_options.globs, [this](const KeyEvent& event) { m_handler(event); })
{
    connectEar(m_notifications);
    connectEar(m_tracking);
    connect(&m_trackingListener, &ChangeListener::flushed, this, &Hearing::flushed);
    m_takeover.setSingleShot(true);
    m_takeover.setInterval(1s);
    connect(&m_takeover, &QTimer::timeout, this, &Hearing::update);
}

void Hearing::connectEar(Ear& ear)
{
    connect(&ear.listener, &ChangeListener::subscribed, this, [this, &ear] { handleSubscribed(ear); });
    connect(&ear.listener, &ChangeListener::lost, this, [this, &ear](const Error& error) {
        qCInfo(logWatch).noquote() << "subscription lost:" << error.detail;
        handleLost(ear);
    });
    connect(
        &ear.listener, &ChangeListener::denied, this, [this, &ear](const Error& error) { handleDenied(ear, error); });
}

void Hearing::begin(const ServerFacts& facts)
{
    m_configReadable = facts.configReadable;
    if (std::exchange(m_probed, true)) {
        // Another server may have come up there, or an administrator has mended the ACL.
        m_notifications.denied.reset();
        m_tracking.denied.reset();
    }
    if (needsConfig(m_options.choice))
        m_setup.begin(facts.configReadable, facts.notifyFlags);
    update();
}

void Hearing::recheck()
{
    if (needsConfig(m_options.choice))
        m_setup.recheck();
}

void Hearing::stop()
{
    m_takeover.stop();
    for (Ear* ear : { &m_notifications, &m_tracking }) {
        ear->open = false;
        ear->listener.close();
    }
    m_proof.reset();
    m_relied = ListenMode::Polling;
}

void Hearing::answerNotificationQuestion(bool enable)
{
    if (needsConfig(m_options.choice))
        m_setup.answer(enable);
}

bool Hearing::hearsVerbs() const
{
    return m_keyspaceListener.isSubscribed()
        && (m_setup.setting() == NotificationSetting::Sufficient || m_proof.isComplete());
}

ListenMode Hearing::mode() const
{
    if (hearsVerbs())
        return ListenMode::Notifications;
    return m_trackingListener.isSubscribed() ? ListenMode::Tracking : ListenMode::Polling;
}

void Hearing::update()
{
    if (!m_probed)
        return;
    ListenFacts facts;
    facts.choice = m_options.choice;
    facts.setting = m_setup.setting();
    facts.configReadable = m_configReadable;
    facts.enabling = m_setup.isEnabling();
    facts.notificationsDenied = m_notifications.denied.has_value();
    facts.trackingDenied = m_tracking.denied.has_value();
    facts.verbsHeard = hearsVerbs() && !m_takeover.isActive();
    facts.trackingOpen = m_tracking.open;
    applyPlan(planListening(facts));
    const ListenMode before = std::exchange(m_relied, mode());
    if (before != ListenMode::Polling && m_relied == ListenMode::Polling)
        Q_EMIT lost();
    Q_EMIT changed();
}

void Hearing::applyPlan(const ListenPlan& plan)
{
    const bool moved = m_notifications.open && m_keyspaceListener.channels() != m_setup.channels();
    if (m_notifications.open && (!plan.notifications || moved)) {
        m_notifications.open = false;
        m_keyspaceListener.close();
        m_proof.reset();
    }
    if (plan.notifications && !m_notifications.open) {
        m_notifications.open = true;
        m_keyspaceListener.open(m_setup.channels(), m_setup.publishesOnBoth());
    }
    if (plan.tracking == m_tracking.open)
        return;
    m_tracking.open = plan.tracking;
    if (plan.tracking)
        m_trackingListener.open();
    else
        m_trackingListener.close();
}

void Hearing::handleSubscribed(Ear& ear)
{
    const bool isNotifications = &ear == &m_notifications;
    if (isNotifications)
        m_proof.reset();
    // Where tracking hears already, nothing was missed.
    const bool covered = isNotifications && (m_trackingListener.isSubscribed() || (m_tracking.open && !hearsVerbs()));
    if (isNotifications && hearsVerbs() && m_tracking.open)
        m_takeover.start();
    update();
    if (!covered)
        Q_EMIT subscribed();
}

void Hearing::handleLost(Ear& ear)
{
    if (&ear == &m_notifications)
        m_proof.reset();
    update();
}

void Hearing::handleDenied(Ear& ear, const Error& error)
{
    ear.denied = error;
    ear.open = false;
    update();
}

void Hearing::hear(const KeyEvent& event)
{
    const bool wasProved = m_proof.isComplete();
    m_proof.note(event.verb);
    m_handler(event);
    if (wasProved || !m_proof.isComplete() || m_setup.setting() == NotificationSetting::Sufficient)
        return;
    // They come all the same: from now on the verbs are relied on.
    if (m_tracking.open)
        m_takeover.start();
    update();
}

std::optional<Error> Hearing::trouble() const
{
    if (m_setup.error())
        return m_setup.error();
    if (mode() != ListenMode::Polling)
        return {};
    const bool wantsTracking = m_options.choice == ListenChoice::Tracking;
    return wantsTracking || !m_notifications.denied ? m_tracking.denied : m_notifications.denied;
}

void Hearing::fillStatus(WatchStatus& status) const
{
    status.listening = mode();
    status.listenChoice = m_options.choice;
    status.trackingRefused = m_tracking.denied.has_value();
    status.notifications = m_notifications.denied ? NotificationSetting::Forbidden : m_setup.setting();
    status.notifyFlags = m_setup.flags();
    status.missingNotifyFlags = m_setup.missing();
    if (!status.error)
        status.error = trouble();
}

TrafficCounters Hearing::traffic() const
{
    TrafficCounters sum = m_keyspaceListener.traffic();
    const TrafficCounters tracking = m_trackingListener.traffic();
    sum.commands += tracking.commands;
    sum.bytesSent += tracking.bytesSent;
    sum.bytesReceived += tracking.bytesReceived;
    sum.reconnects += tracking.reconnects;
    return sum;
}

} // namespace lockscope

#include "moc_hearing.cpp"
