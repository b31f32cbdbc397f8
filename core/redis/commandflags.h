// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// Asks a server once how it flags the commands that the gate lets pass while it is closed (COMMAND INFO), and takes
/// off the list what that server calls a write: a fork or a module may have given a name another meaning. On a
/// connection of its own that closes afterwards. A server that does not tell (a missing right) changes nothing: the
/// gate's own list is the floor. Engine thread.
class CommandFlagsReader final : public QObject {
    Q_OBJECT
public:
    CommandFlagsReader(
        const ConnectionSpec& spec, std::shared_ptr<CommandGate> gate, Milliseconds timeout, QObject* parent = nullptr);
    void start();

Q_SIGNALS:
    void finished(); ///< answered, refused or not reached; once

private:
    void ask();
    void take(ReplyView reply);
    void finish();

    std::shared_ptr<CommandGate> m_gate;
    QList<QByteArray> m_names;
    Connection m_connection;
    bool m_finished = false;
};

} // namespace lockscope
