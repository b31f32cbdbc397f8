// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"
#include "redis/connection.h"

namespace lockscope {

/// Whether the server publishes what locks need, and, with consent, the switch. Adds the missing classes to what others
/// have set; never takes one away.
class NotificationSetup {
public:
    /// Called when the setting is known, and again whenever it has changed.
    using ChangeHandler = UniqueFunction<void()>;

    /// `needed`: letters of notify-keyspace-events.
    NotificationSetup(Connection& connection, QByteArray needed, bool consented, ChangeHandler handler);

    /// Takes the value that the probe of a new link read; switches on if there is consent. `readable` is false where
    /// CONFIG GET is refused.
    void begin(bool readable, const QByteArray& flags);
    /// Reads the value again: somebody else may have changed it. Never sets it: that would fight with an administrator.
    void recheck();
    void answer(bool enable);

    [[nodiscard]] NotificationSetting setting() const { return m_setting; }
    [[nodiscard]] const QByteArray& flags() const { return m_flags; }
    [[nodiscard]] const QByteArray& missing() const { return m_missing; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    void evaluate(bool readable, const QByteArray& flags);
    void enable();
    void setSetting(NotificationSetting setting);

    Connection& m_connection;
    const QByteArray m_needed;
    ChangeHandler m_handler;
    NotificationSetting m_setting = NotificationSetting::Unknown;
    QByteArray m_flags;
    QByteArray m_missing;
    std::optional<Error> m_error;
    bool m_consented;
    bool m_declined = false;
    bool m_refused = false; ///< CONFIG SET was tried and not allowed
};

} // namespace lockscope
