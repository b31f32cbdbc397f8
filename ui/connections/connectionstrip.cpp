// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectionstrip.h"

#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/badge.h"
#include "common/elidedlabel.h"
#include "common/plaintip.h"
#include "locks/listentext.h"

#include <QAction>
#include <QHBoxLayout>
#include <QToolButton>

namespace lockscope {

namespace {

void showLink(Badge* badge, const WatchStatus& status)
{
    switch (status.link) {
    case LinkState::Connecting:
        badge->setState(Tone::Info, QStringLiteral("link-connecting"), ConnectionStrip::tr("Connecting"));
        return;
    case LinkState::Ready:
        badge->setState(Tone::Positive, QStringLiteral("link-ready"), ConnectionStrip::tr("Connected"));
        return;
    case LinkState::Lost:
        badge->setState(Tone::Danger, QStringLiteral("link-lost"),
            status.wasReached() ? ConnectionStrip::tr("Connection lost") : ConnectionStrip::tr("Not reached"));
        return;
    case LinkState::Closed:
        badge->setState(Tone::Neutral, QStringLiteral("link-closed"), ConnectionStrip::tr("Not connected"));
        return;
    }
}

QString nodeLine(const NodeStatus& node)
{
    QString line = node.name + QStringLiteral(": ");
    if (node.isUp()) {
        line += QString::fromUtf8(node.flavour) + QLatin1Char(' ') + QString::fromUtf8(node.version);
        if (node.clockOffset)
            line += QStringLiteral(", ") + ConnectionStrip::tr("clock %1 ms off").arg(node.clockOffset->count());
    } else {
        line += node.link == LinkState::Connecting ? ConnectionStrip::tr("connecting")
                                                   : ConnectionStrip::tr("not reached");
    }
    if (node.error)
        line += QStringLiteral(", ") + errorMessage(*node.error);
    return line;
}

/// How many of several masters are there; the tip has a line for each.
void showNodes(Badge* badge, const WatchStatus& status)
{
    const qsizetype all = status.memberCount();
    const qsizetype up = status.membersUp();
    badge->setVisible(all > 1);
    const bool isEnough = status.quorum == 0 ? up == all : up >= status.quorum;
    const Tone tone = up == all ? Tone::Positive : isEnough ? Tone::Warning : Tone::Danger;
    badge->setState(tone, up == all ? QStringLiteral("check") : QStringLiteral("warning"),
        ConnectionStrip::tr("%1 of %2 masters up").arg(up).arg(all));
    QStringList lines;
    for (const NodeStatus& node : status.nodes) {
        if (node.isMember)
            lines += nodeLine(node);
    }
    badge->setToolTip(plainTip(lines.join(QLatin1Char('\n'))));
}

} // namespace

QString serverText(const WatchStatus& status)
{
    QStringList parts;
    if (!status.serverVersion.isEmpty())
        parts += QString::fromUtf8(status.serverFlavour) + QLatin1Char(' ') + QString::fromUtf8(status.serverVersion);
    if (!status.serverRole.isEmpty())
        parts += QString::fromUtf8(status.serverRole);
    if (!parts.isEmpty() && status.databases.size() > 1) {
        QStringList numbers;
        for (const qint32 database : status.databases)
            numbers += QString::number(database);
        parts += ConnectionStrip::tr("dbs %1").arg(numbers.join(QLatin1Char(',')));
    } else if (!parts.isEmpty()) {
        parts += ConnectionStrip::tr("db %1").arg(status.databases.value(0, status.database));
    }
    return parts.join(QStringLiteral(" \u00b7 "));
}

ConnectionStrip::ConnectionStrip(QAction* enableAction, QWidget* parent)
    : QFrame(parent)
    , m_link(new Badge(this))
    , m_nodes(new Badge(this))
    , m_title(new ElidedLabel(this))
    , m_server(new ElidedLabel(this))
    , m_readOnly(new Badge(this))
    , m_sandbox(new Badge(this))
    , m_insecure(new Badge(this))
    , m_listening(new Badge(this))
    , m_enable(new QToolButton(this))
{
    m_title->setElideMode(Qt::ElideMiddle);
    m_server->setMuted(true);
    m_readOnly->setState(Tone::Warning, QStringLiteral("read-only"), tr("READ-ONLY"));
    m_readOnly->setToolTip(tr("Every command that would write is refused before anything is sent."));
    m_sandbox->setState(Tone::Info, QStringLiteral("sandbox"), tr("SANDBOX"));
    m_sandbox->setToolTip(
        tr("A private server of Lockscope with demo locks. Nothing here is real; it ends with the window."));
    m_enable->setDefaultAction(enableAction);
    m_enable->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_insecure->setState(Tone::Danger, QStringLiteral("warning"), tr("INSECURE TLS"));
    m_insecure->setToolTip(
        tr("Any certificate is accepted: somebody between you and the server could read and change everything."));
    m_insecure->setObjectName(QStringLiteral("insecureBadge"));
    m_insecure->hide();
    m_readOnly->hide();
    m_sandbox->hide();
    m_listening->hide();
    m_enable->hide();
    m_nodes->hide();

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 2);
    layout->setSpacing(8);
    for (QWidget* widget : { static_cast<QWidget*>(m_link), static_cast<QWidget*>(m_nodes),
             static_cast<QWidget*>(m_sandbox), static_cast<QWidget*>(m_insecure), static_cast<QWidget*>(m_readOnly) })
        layout->addWidget(widget);
    layout->addWidget(m_title);
    layout->addWidget(m_server);
    layout->addStretch(1);
    layout->addWidget(m_listening);
    layout->addWidget(m_enable);
    WatchStatus closed;
    closed.link = LinkState::Closed;
    showLink(m_link, closed);
}

void ConnectionStrip::setTarget(const QString& title, bool readOnly, bool sandbox)
{
    m_title->setText(title);
    m_readOnly->setVisible(readOnly);
    m_sandbox->setVisible(sandbox);
}

void ConnectionStrip::setInsecure(bool insecure) { m_insecure->setVisible(insecure); }

void ConnectionStrip::setStatus(const WatchStatus& status)
{
    showLink(m_link, status);
    showNodes(m_nodes, status);
    m_server->setText(serverText(status));
    updateListening(status);
}

void ConnectionStrip::updateListening(const WatchStatus& status)
{
    const bool ready = status.link == LinkState::Ready;
    m_listening->setVisible(ready && status.listening != ListenMode::None);
    m_enable->setVisible(status.canAskForNotifications());
    QStringList lines;
    switch (status.listening) {
    case ListenMode::Notifications:
        m_listening->setState(Tone::Positive, QStringLiteral("notifications"), listenText(status));
        lines += tr("Changes are heard from the server as they happen.");
        break;
    case ListenMode::Tracking:
        m_listening->setState(Tone::Info, QStringLiteral("tracking"), listenText(status));
        lines += tr("The server names each key that changes, and the key is read then.");
        break;
    case ListenMode::None:
        return; // hidden
    case ListenMode::Polling:
        m_listening->setState(Tone::Warning, QStringLiteral("refresh"), listenText(status));
        lines += tr("The key space is read again and again.");
        break;
    }
    lines += listenReason(status);
    lines += blindSpotTexts(status);
    lines.removeAll(QString());
    m_listening->setToolTip(lines.join(QLatin1Char('\n')));
}

} // namespace lockscope
