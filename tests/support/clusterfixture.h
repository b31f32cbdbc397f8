// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/groupfixture.h"
#include "support/testauthority.h"

namespace lockscope {

/// A Redis Cluster on loopback: the masters first, then one replica of each.
class ClusterFixture {
public:
    /// `tls`: the nodes and their clients speak nothing else, with its certificate `server`.
    explicit ClusterFixture(int masters, bool withReplicas, const TestAuthority* tls = nullptr);

    /// False: it did not come together in time.
    [[nodiscard]] bool waitUntilOk();
    [[nodiscard]] GroupFixture& servers() { return m_servers; }
    [[nodiscard]] int masters() const { return m_masters; }
    [[nodiscard]] ConnectionSpec spec(); ///< names two of the nodes
    [[nodiscard]] QByteArray idOf(int node);
    [[nodiscard]] QString nameOf(int node);
    /// Index of the first owner of the key's slot, as it was set up.
    [[nodiscard]] int ownerOf(const QByteArray& key) const;
    /// A key `prefix{N}` whose slot node `owner` was given.
    [[nodiscard]] QByteArray keyOn(int owner, const QByteArray& prefix) const;
    BlockingClient::Answer set(int node, const QByteArray& key, const QByteArray& token, const char* ttlMs = "120000");

    void beginMove(int slot, int from, int to);
    void moveKeys(int slot, int from, int to);
    void finishMove(int slot, int to);

private:
    const int m_masters;
    const TestAuthority* const m_tls;
    GroupFixture m_servers;
    QList<quint16> m_ports;
};

} // namespace lockscope
