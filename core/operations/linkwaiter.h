// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "redis/connection.h"

#include <QTimer>

namespace lockscope {

/// Calls once when the connection is ready, or when patience or this object ends before that; then deletes itself.
/// Never calls from within its constructor.
class LinkWaiter final : public QObject {
    Q_OBJECT
public:
    using Callback = UniqueFunction<void(bool isReady)>;

    LinkWaiter(Connection& connection, Milliseconds patience, Callback callback, QObject* parent);
    ~LinkWaiter() override;

private:
    void finish(bool isReady);

    Callback m_callback;
    QTimer m_patience;
};

} // namespace lockscope
