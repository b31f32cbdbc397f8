// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"
#include "redis/connection.h"
#include "watch/notifyflags.h"

namespace lockscope {

/// Whether the server publishes what locks need, and, with consent, the switch. Adds the missing classes to what others
/// have set; never takes one away.
class NotificationSetup {
public:
    /// Called when the setting is known, and again whenever it has changed.
    using ChangeHandler = UniqueFunction<void()>;

    /// `classes`: letters of notify-keyspace-events, without `K` and `E`; `globs`: which keys count, for the choice of
    /// channels.
    NotificationSetup(
        Connection& connection, QByteArray classes, QList<QByteArray> globs, bool consented, ChangeHandler handler);

    /// Takes the value that the probe of a new link read; switches on if there is consent. `readable` is false where
    /// CONFIG GET is refused.
    void begin(bool readable, const QByteArray& flags);
    /// Reads the value again: somebody else may have changed it. Never sets it: that would fight with an administrator.
    void recheck();
    void answer(bool enable);

    [[nodiscard]] NotificationSetting setting() const { return m_setting; }
    /// CONFIG SET is under way.
    [[nodiscard]] bool isEnabling() const { return m_enabling; }
    /// Where to listen.
    [[nodiscard]] EventChannels channels() const { return m_channels; }
    /// Whether the server publishes on the other channels as well.
    [[nodiscard]] bool publishesOnBoth() const { return m_flags.contains('K') && m_flags.contains('E'); }
    [[nodiscard]] const QByteArray& flags() const { return m_flags; }
    [[nodiscard]] const QByteArray& missing() const { return m_missing; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    void evaluate(bool readable, const QByteArray& flags);
    void enable();
    void setSetting(NotificationSetting setting);

    Connection& m_connection;
    const QByteArray m_classes;
    const QList<QByteArray> m_globs;
    ChangeHandler m_handler;
    NotificationSetting m_setting = NotificationSetting::Unknown;
    EventChannels m_channels = EventChannels::Keyspace;
    QByteArray m_flags;
    QByteArray m_missing;
    std::optional<Error> m_error;
    bool m_consented;
    bool m_enabling = false;
    bool m_declined = false;
    bool m_refused = false; ///< CONFIG SET was tried and not allowed
};

} // namespace lockscope
