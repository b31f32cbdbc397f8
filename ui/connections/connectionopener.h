// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "connections/connectionchoice.h"
#include "deployment/connectionbook.h"

#include <QObject>

namespace lockscope {

class SecretStore;

/// What is needed to connect to a saved connection.
struct OpenedConnection {
    ConnectionChoice choice;
    QString note; ///< why there is no password where one was expected; empty otherwise
};

/// Fetches the password as the connection says, and calls `handler` once on the guard's thread, unless the guard is
/// gone by then. A password that cannot be had is a note: the server then asks for it. Never blocks.
void openSaved(const SavedConnection& connection, SecretStore& secrets, QObject* guard,
    UniqueFunction<void(OpenedConnection)> handler);
/// The same with a password that is at hand.
[[nodiscard]] ConnectionChoice choiceOf(const SavedConnection& connection, const Secret& password = {});

} // namespace lockscope
