// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/armstrip.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

namespace lockscope {

namespace {

constexpr Milliseconds tickTime { 200 };

QString minutesAndSeconds(SteadyTime::duration left)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    return QStringLiteral("%1:%2").arg(seconds / 60).arg(seconds % 60, 2, 10, QLatin1Char('0'));
}

} // namespace

ArmStrip::ArmStrip(QAction* armAction, const Clock& clock, QWidget* parent)
    : EnvironmentStrip(parent)
    , m_clock(clock)
    , m_timer(new QTimer(this))
    , m_arm(new QToolButton(this))
    , m_disarm(new QPushButton(tr("&Disarm now"), this))
{
    m_arm->setDefaultAction(armAction);
    m_arm->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_disarm->setToolTip(tr("Refuse writes again at once"));
    row()->addWidget(m_arm);
    row()->addWidget(m_disarm);
    m_timer->setInterval(tickTime);
    connect(m_timer, &QTimer::timeout, this, &ArmStrip::tick);
    connect(m_disarm, &QPushButton::clicked, this, &ArmStrip::disarmRequested);
    refresh();
}

void ArmStrip::setAccess(const WriteAccess& access)
{
    if (access == m_access && access.environment == environment())
        return;
    m_access = access;
    m_wasArmed = access.isArmed(m_clock.now());
    setEnvironment(access.environment);
    refresh();
}

QString ArmStrip::countdown() const { return m_countdown; }

void ArmStrip::tick()
{
    refresh();
    if (m_wasArmed && !m_access.isArmed(m_clock.now())) {
        m_wasArmed = false;
        Q_EMIT expired();
    }
}

void ArmStrip::refresh()
{
    const SteadyTime now = m_clock.now();
    const bool armed = m_access.isArmed(now);
    const bool ends = armed && *m_access.armedUntil != SteadyTime::max();
    m_countdown = ends ? minutesAndSeconds(*m_access.armedUntil - now) : QString();
    if (armed)
        m_timer->start();
    else
        m_timer->stop();
    m_arm->setVisible(m_access.needsArming() && !armed);
    m_disarm->setVisible(armed);
    if (m_access.readOnly)
        setDetail(tr("Read-only"));
    else if (armed)
        setDetail(tr("Writes are armed: %1 left").arg(m_countdown));
    else if (m_access.needsArming())
        setDetail(tr("Read-only until you arm the writes, for ten minutes at most"));
    else
        setDetail({});
}

void ArmStrip::changeEvent(QEvent* event)
{
    EnvironmentStrip::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        setEnvironment(environment(), detail());
}

} // namespace lockscope
