// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope::handshake {

/// What a link goes through before it is of use, as a table: no object, no state of its own.

/// The state after `state` was got through: steps that the spec does not need are left out.
[[nodiscard]] Connection::State next(
    Connection::State state, const ConnectionSpec& spec, const ConnectionOptions& options);
/// The command that a state sends; empty for states that only wait for the socket.
[[nodiscard]] Command command(Connection::State state, const ConnectionSpec& spec, const ConnectionOptions& options);
/// Whether the answer lets the handshake go on.
[[nodiscard]] Status judge(Connection::State state, ReplyView reply, const QString& endpoint);
/// Whether trying again soon cannot help: an operator has to mend it first.
[[nodiscard]] bool isPermanent(ErrorKind kind);
/// The table of allowed transitions.
[[nodiscard]] bool isAllowed(Connection::State from, Connection::State to);

} // namespace lockscope::handshake
