// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

namespace lockscope {

/// A real secret service: gnome-keyring on a session bus of its own, which $DBUS_SESSION_BUS_ADDRESS names as long as
/// this lives. Nobody is there to be asked to unlock it.
class SecretServiceFixture {
public:
    /// The bus alone: no service is on it.
    SecretServiceFixture();
    ~SecretServiceFixture();

    /// Ends the one that runs, and starts one over the same keyring.
    void startUnlocked();
    void startLocked(); ///< needs a keyring: startUnlocked() first
    void stopService();
    void killService();
    /// Says nothing until resume().
    void suspend();
    void resume();
    void stopBus();
    /// How many have a connection to the bus, the one who asks among them.
    [[nodiscard]] qsizetype clientsOfBus() const;

private:
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void startService(bool unlocked);
    [[nodiscard]] bool isServiceLocked(bool locked) const;

    QTemporaryDir m_folder;
    QProcess m_bus;
    QProcess m_service;
};

} // namespace lockscope
