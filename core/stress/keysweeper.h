// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// Deletes every key with the prefix from one server, then looks again whether none is left.
class KeySweeper final : public QObject {
    Q_OBJECT
public:
    /// Answers how many keys were found by the second look. Exactly once.
    using Handler = UniqueFunction<void(Result<qint64>)>;
    /// `connection` outlives it.
    KeySweeper(Connection& connection, QByteArray prefix, Handler handler);
    void start();

private:
    void scan();
    void onPage(Result<ReplyView> reply);
    void finish(Result<qint64> result);

    Connection& m_connection;
    const QByteArray m_prefix;
    Handler m_handler;
    QByteArray m_cursor = "0";
    bool m_isSecondLook = false;
    qint64 m_found = 0;
};

} // namespace lockscope
