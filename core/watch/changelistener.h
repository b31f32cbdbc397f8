// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "watch/keyevent.h"

#include <QObject>

namespace lockscope {

/// One way of hearing what changes in one database, on a connection of its own. Reconnects by itself.
class ChangeListener : public QObject {
    Q_OBJECT
public:
    /// Must be quick; the view in the event dies with the call.
    using EventHandler = UniqueFunction<void(const KeyEvent&)>;
    using QObject::QObject;

    virtual void close() = 0;
    [[nodiscard]] virtual bool isSubscribed() const = 0;
    [[nodiscard]] virtual TrafficCounters traffic() const = 0;

Q_SIGNALS:
    void subscribed(); ///< also after each reconnect: what happened in between was missed
    void lost(const lockscope::Error& error);
    void denied(const lockscope::Error& error); ///< refused by the server or the ACL; closed
    void flushed(); ///< some database was emptied
};

} // namespace lockscope
