// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/notificationquestion.h"

#include "common/messagestrip.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

NotificationQuestion::NotificationQuestion(QWidget* parent)
    : QWidget(parent)
    , m_strip(new MessageStrip(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_strip);
    QPushButton* enable = m_strip->addButton(tr("&Switch on for the whole server"));
    QPushButton* decline = m_strip->addButton(tr("&Not now"));
    const auto answer = [this](bool yes) {
        hide();
        Q_EMIT answered(yes);
    };
    connect(enable, &QPushButton::clicked, this, [answer] { answer(true); });
    connect(decline, &QPushButton::clicked, this, [answer] { answer(false); });
    hide();
}

void NotificationQuestion::ask(const WatchStatus& status)
{
    const QString before = QString::fromLatin1(status.notifyFlags);
    const QString after = before + QString::fromLatin1(status.missingNotifyFlags);
    m_strip->showMessage(Tone::Info, tr("Switch on keyspace notifications?"),
        tr("notify-keyspace-events changes from \u201c%1\u201d to \u201c%2\u201d. This is a setting of the whole "
           "server: it then publishes these changes "
           "of every key to whoever subscribes, which costs it a little time for each write. It stays on after "
           "Lockscope has gone, until "
           "somebody sets it back or the server restarts.")
            .arg(before, after));
    show();
}

void NotificationQuestion::setStatus(const WatchStatus& status)
{
    if (!status.canAskForNotifications())
        hide();
}

} // namespace lockscope
