// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/groupfixture.h"
#include "support/testauthority.h"

#include <QProcess>
#include <QTemporaryDir>

namespace lockscope {

/// A master, its replica, and three real Sentinels on loopback that watch over `mymaster`. The Sentinels decide within
/// a second. Every process is ended by its own id.
class SentinelFixture {
public:
    /// `tls`: servers, Sentinels and clients speak nothing else, with its certificate `server`; then ask() and
    /// waitUntilSettled() are of no use.
    explicit SentinelFixture(const TestAuthority* tls = nullptr);
    ~SentinelFixture();

    /// Waits until the Sentinels know each other and the replica. False: they did not in time.
    [[nodiscard]] bool waitUntilSettled();
    [[nodiscard]] GroupFixture& servers() { return m_servers; } ///< 0: the first master; 1: its replica
    [[nodiscard]] ConnectionSpec spec() const; ///< names the first Sentinel only, and a port where nobody is
    [[nodiscard]] quint16 sentinelPort(int index) const { return m_ports.at(index); }
    /// What one Sentinel answers.
    QByteArray ask(int index, const QByteArray& command);
    void killSentinel(int index);

private:
    const TestAuthority* const m_tls;
    GroupFixture m_servers;
    QTemporaryDir m_folder;
    QList<quint16> m_ports;
    std::vector<std::unique_ptr<QProcess>> m_sentinels;
};

} // namespace lockscope
