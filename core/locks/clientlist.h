// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>

#include <optional>
#include <vector>

namespace lockscope {

/// One client connection of a server, as CLIENT LIST tells it.
struct ServerClient {
    QByteArray address; ///< `10.0.0.5:40312`, or the socket's path
    QByteArray name; ///< CLIENT SETNAME; empty: none

    friend bool operator==(const ServerClient&, const ServerClient&) = default;
};
/// One line a client, `key=value` words; what cannot be read is left out.
[[nodiscard]] std::vector<ServerClient> parseClientList(QByteArrayView list);

/// Which connections could be meant by a token: by name or by address. Names of Lockscope's own connections, and those
/// that say too little (shorter than three characters, or only digits), are no evidence.
class ClientIndex {
public:
    explicit ClientIndex(const std::vector<ServerClient>& clients);

    struct Match {
        QByteArray identity; ///< name or address, as it stands in the token
        QByteArray address; ///< of one such connection
    };
    /// The connection that a token names: by an address, else by the longest name, in it as a whole word.
    [[nodiscard]] std::optional<Match> find(const QByteArray& token) const;
    /// The address of a connection of this name or address; none if there is none.
    [[nodiscard]] std::optional<QByteArray> addressOf(const QByteArray& identity) const;
    [[nodiscard]] bool isEmpty() const { return m_addresses.isEmpty(); }

private:
    QHash<QByteArray, QByteArray> m_addresses; // by name and by address
    qsizetype m_longest = 0;
};

} // namespace lockscope
