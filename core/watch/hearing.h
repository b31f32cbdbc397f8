// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/serverfacts.h"
#include "watch/eventproof.h"
#include "watch/keyspacelistener.h"
#include "watch/listenplan.h"
#include "watch/notificationsetup.h"
#include "watch/trackinglistener.h"

#include <QTimer>

namespace lockscope {

/// All that is heard of one database's changes: chooses between notifications, client tracking and nothing, and changes
/// over when the server's setting or the operator's mind does.
class Hearing final : public QObject {
    Q_OBJECT
public:
    struct Options {
        ListenChoice choice = ListenChoice::Auto;
        bool enableNotifications = false; ///< consent given beforehand
        QByteArray classes; ///< of notifications that are needed, as neededNotifyClasses() says
        QList<QByteArray> globs; ///< empty: every key
    };
    /// `connection` is for questions about the setting; the listeners have their own, with `options`.
    Hearing(Connection& connection, const std::shared_ptr<const CommandGate>& gate, const ConnectionOptions& options,
        Options hearing, ChangeListener::EventHandler handler);

    /// The server was probed on a new link.
    void begin(const ServerFacts& facts);
    void stop();
    /// Asks for the setting again: somebody may have changed it.
    void recheck();
    /// Whether notifications are an option at all: only then CONFIG matters.
    [[nodiscard]] static bool needsConfig(ListenChoice choice)
    {
        return choice == ListenChoice::Auto || choice == ListenChoice::Notifications;
    }
    void answerNotificationQuestion(bool enable);

    /// Notifications, Tracking, or Polling where neither is heard at present.
    [[nodiscard]] ListenMode mode() const;
    /// Something is to be heard, but is not subscribed to yet.
    [[nodiscard]] bool isWaiting() const
    {
        return mode() == ListenMode::Polling && (isPending(m_notifications) || isPending(m_tracking));
    }
    /// How changes are heard, and why; `error` only where there is none yet.
    void fillStatus(WatchStatus& status) const;
    [[nodiscard]] TrafficCounters traffic() const;

Q_SIGNALS:
    void subscribed(); ///< from now on changes are heard: whatever was read before may be out of date
    void lost(); ///< changes may be missed from now on
    void flushed(); ///< some database was emptied
    void changed(); ///< something that mode(), isWaiting() or fillStatus() tells

private:
    struct Ear {
        ChangeListener& listener;
        bool open = false;
        std::optional<Error> denied {};
    };
    [[nodiscard]] static bool isPending(const Ear& ear) { return ear.open && !ear.listener.isSubscribed(); }

    void connectEar(Ear& ear);
    void update();
    void applyPlan(const ListenPlan& plan);
    void handleSubscribed(Ear& ear);
    void handleLost(Ear& ear);
    void handleDenied(Ear& ear, const Error& error);
    void hear(const KeyEvent& event);
    [[nodiscard]] bool hearsVerbs() const;
    [[nodiscard]] std::optional<Error> trouble() const;

    const Options m_options;
    ChangeListener::EventHandler m_handler;
    NotificationSetup m_setup;
    KeyspaceListener m_keyspaceListener;
    TrackingListener m_trackingListener;
    Ear m_notifications { m_keyspaceListener };
    Ear m_tracking { m_trackingListener };
    EventProof m_proof;
    bool m_configReadable = true;
    bool m_probed = false; ///< once
    ListenMode m_relied = ListenMode::Polling; ///< what the picture rests on
    QTimer m_takeover; ///< tracking goes on for so long after notifications have begun: nothing falls between
};

} // namespace lockscope
