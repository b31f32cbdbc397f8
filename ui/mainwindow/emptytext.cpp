// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/emptytext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

// Why, and what to do, stands in the strip above the table.
EmptyText withoutConnection(const WatchStatus& status)
{
    switch (status.link) {
    case LinkState::Connecting:
        return { QCoreApplication::translate("lockscope::EmptyText", "Connecting…"), {} };
    case LinkState::Lost:
        return { status.wasReached()
                ? QCoreApplication::translate("lockscope::EmptyText", "The connection is lost; trying again by itself")
                : QCoreApplication::translate(
                    "lockscope::EmptyText", "The server cannot be reached; trying again by itself"),
            {} };
    case LinkState::Ready:
    case LinkState::Closed:
        break;
    }
    return { QCoreApplication::translate("lockscope::EmptyText", "Not connected"),
        QCoreApplication::translate("lockscope::EmptyText", "Choose a server with Connect (Ctrl+O).") };
}

} // namespace

EmptyText emptyText(const WatchStatus& status, EmptyReason reason, bool sandbox)
{
    if (reason == EmptyReason::Arranging)
        return { QCoreApplication::translate("lockscope::EmptyText", "Sorting…"), {} };
    if (reason == EmptyReason::Filtered)
        return { QCoreApplication::translate("lockscope::EmptyText", "No lock matches the filter"),
            QCoreApplication::translate("lockscope::EmptyText", "Esc in the filter box clears it.") };
    if (status.link != LinkState::Ready)
        return withoutConnection(status);
    if (!status.completeness.complete)
        return { QCoreApplication::translate("lockscope::EmptyText", "Reading the key space…"),
            QCoreApplication::translate("lockscope::EmptyText", "No lock was found so far.") };
    if (sandbox)
        return { QCoreApplication::translate("lockscope::EmptyText", "No locks at the moment"),
            QCoreApplication::translate("lockscope::EmptyText",
                "The sandbox is private to this window: take one yourself with Acquire (Ctrl+N).") };
    QString detail = QCoreApplication::translate("lockscope::EmptyText",
        "The whole key space was read. Locks with unusual names can be named with --match, for example --match "
        "'app:mutex:*'.");
    if (status.listening == ListenMode::Polling)
        detail += QLatin1Char('\n')
            + QCoreApplication::translate(
                "lockscope::EmptyText", "Changes are not heard, so that short holds can be missed between two passes.");
    detail += QLatin1Char('\n')
        + QCoreApplication::translate(
            "lockscope::EmptyText", "To see how it looks, open the sandbox: lockscope --sandbox.");
    return { QCoreApplication::translate("lockscope::EmptyText", "No locks"), detail };
}

} // namespace lockscope
