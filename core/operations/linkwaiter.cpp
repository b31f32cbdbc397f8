// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/linkwaiter.h"

#include <algorithm>

namespace lockscope {

LinkWaiter::LinkWaiter(Connection& connection, Milliseconds patience, Callback callback, QObject* parent)
    : QObject(parent)
    , m_callback(std::move(callback))
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { finish(false); });
    // A TTL of months is longer than a timer can be; by then nobody waits for this any more.
    m_patience.start(std::min<Milliseconds>(patience, std::chrono::hours(24)));
    connect(&connection, &Connection::ready, this, [this] { finish(true); });
    // A lost answer is reported while its link goes down: only the next turn knows whether the link survived.
    QTimer::singleShot(0, this, [this, &connection] {
        if (connection.isReady())
            finish(true);
    });
}

LinkWaiter::~LinkWaiter()
{
    if (m_callback)
        m_callback(false);
}

void LinkWaiter::finish(bool isReady)
{
    if (!m_callback)
        return;
    m_patience.stop();
    Callback callback = std::move(m_callback);
    deleteLater();
    callback(isReady);
}

} // namespace lockscope
