// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QWidget>

namespace lockscope {

class MessageStrip;

/// Asks for consent to switch keyspace notifications on: a setting of the whole server, so it says before and after and
/// what it costs everybody. Inline; hidden until asked for.
class NotificationQuestion final : public QWidget {
    Q_OBJECT
public:
    explicit NotificationQuestion(QWidget* parent = nullptr);
    /// Shows the question for this server.
    void ask(const WatchStatus& status);
    /// Hides it when there is nothing to ask any more.
    void setStatus(const WatchStatus& status);

Q_SIGNALS:
    void answered(bool enable);

private:
    MessageStrip* m_strip;
};

} // namespace lockscope
