// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/statuspanel.h"

#include "base/durationtext.h"
#include "mainwindow/loadmeter.h"

#include <QLabel>
#include <QLocale>
#include <QStatusBar>
#include <QTimer>

namespace lockscope {

namespace {

constexpr int labelPadding = 16;

QString rateText(double perSecond) { return QLocale().toString(perSecond, 'f', perSecond < 10 ? 1 : 0); }

QString eventsTip(const WatchStatus& status)
{
    const QLocale locale;
    QStringList lines { status.listening == ListenMode::Tracking
            ? StatusPanel::tr("Watched keys that client tracking has named as changed")
            : StatusPanel::tr("Notifications that concerned watched keys") };
    lines += StatusPanel::tr("In all: %1").arg(locale.toString(status.eventsTotal));
    lines += StatusPanel::tr("Merged, for the key was waiting to be read already: %1")
                 .arg(locale.toString(status.eventsMerged));
    if (status.eventsDeferred > 0)
        lines += StatusPanel::tr("Left to the next pass, for too many keys change: %1")
                     .arg(locale.toString(status.eventsDeferred));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

StatusPanel::StatusPanel(QStatusBar* bar)
    : QObject(bar)
    , m_locks(new QLabel(bar))
    , m_load(new LoadMeter(bar))
    , m_timer(new QTimer(this))
{
    m_locks->setContentsMargins(6, 0, 0, 0);
    m_locks->setToolTip(tr("Locks shown, of all that are watched"));
    bar->addWidget(m_locks);
    m_events = addLabel(
        bar, tr("Events: %1/s").arg(QStringLiteral("000 000")), tr("Notifications that concerned watched keys"));
    bar->addPermanentWidget(m_load);
    m_backlog = addLabel(bar, tr("To verify: %1").arg(QStringLiteral("0 000")),
        tr("Keys that have changed and were not read again yet"));
    m_age = addLabel(bar, tr("Data age: %1").arg(QStringLiteral("00 m 00 s")),
        tr("How long ago the shown state was last brought up to date"));
    connect(m_timer, &QTimer::timeout, this, &StatusPanel::refresh);
    m_timer->start(std::chrono::milliseconds(500));
    refresh();
}

QLabel* StatusPanel::addLabel(QStatusBar* bar, const QString& widest, const QString& tip)
{
    auto* label = new QLabel(bar);
    // A fixed width, so that changing figures do not push each other about.
    label->setMinimumWidth(label->fontMetrics().horizontalAdvance(widest) + labelPadding);
    label->setToolTip(tip);
    bar->addPermanentWidget(label);
    return label;
}

void StatusPanel::setStatus(const WatchStatus& status)
{
    m_status = status;
    m_load->setStatus(status);
    if (status.link == LinkState::Ready)
        m_aliveAt = SystemClock::instance().now();
    refresh();
}

void StatusPanel::setCounts(qsizetype shown, qsizetype total)
{
    // Rows that have just ended may still be shown and no longer count.
    m_shown = qMin(shown, total);
    m_total = total;
    refresh();
}

void StatusPanel::refresh()
{
    const QLocale locale;
    QString locks = m_shown == m_total
        ? tr("Locks: %1").arg(locale.toString(m_total))
        : tr("Locks: %1 of %2 shown").arg(locale.toString(m_shown), locale.toString(m_total));
    if (!m_status.completeness.complete)
        locks += QStringLiteral(" ") + tr("(partial)");
    m_locks->setText(locks);
    m_events->setText(tr("Events: %1/s").arg(rateText(m_status.eventsPerSecond)));
    m_events->setToolTip(eventsTip(m_status));
    m_backlog->setText(tr("To verify: %1").arg(locale.toString(m_status.verifyBacklog)));
    m_age->setText(tr("Data age: %1").arg(ageText()));
}

void StatusPanel::setPaused(bool paused)
{
    m_pausedAt = paused ? std::optional(SystemClock::instance().now()) : std::nullopt;
    refresh();
}

// Where changes are heard the picture is as young as the last word from a living connection; polled or lost, as old as
// the last complete pass.
QString StatusPanel::ageText() const
{
    const SteadyTime now = SystemClock::instance().now();
    if (m_pausedAt)
        return tr("paused, %1").arg(durationText(std::chrono::duration_cast<Milliseconds>(now - *m_pausedAt)));
    SteadyTime since = m_aliveAt;
    const bool heard = m_status.listening == ListenMode::Notifications || m_status.listening == ListenMode::Tracking;
    if (m_status.link == LinkState::Ready && heard && !m_status.gapOpen)
        return tr("live");
    if (m_status.link == LinkState::Ready && m_status.completeness.completedAt)
        since = *m_status.completeness.completedAt;
    if (since == SteadyTime())
        return QString(QChar(0x2013));
    return durationText(std::chrono::duration_cast<Milliseconds>(now - since));
}

} // namespace lockscope
