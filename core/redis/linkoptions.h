// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// Of a link under a name of its own, with one deadline for whatever it does.
[[nodiscard]] inline ConnectionOptions linkOptions(const QByteArray& clientName, Milliseconds timeout)
{
    ConnectionOptions options;
    options.clientName = clientName;
    options.connectTimeout = timeout;
    options.commandTimeout = timeout;
    return options;
}

/// The same for a few questions: a link that is lost stays lost.
[[nodiscard]] inline ConnectionOptions oneTryOptions(const QByteArray& clientName, Milliseconds timeout)
{
    ConnectionOptions options = linkOptions(clientName, timeout);
    options.reconnect = false;
    return options;
}

} // namespace lockscope
