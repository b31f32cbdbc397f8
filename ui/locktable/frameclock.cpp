// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/frameclock.h"

#include <QEvent>
#include <QWidget>

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

FrameClock::FrameClock(QWidget* widget)
    : QObject(widget)
    , m_widget(widget)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(100ms);
    connect(&m_timer, &QTimer::timeout, this, &FrameClock::ticked);
    widget->installEventFilter(this);
    update();
}

void FrameClock::setPeriod(Milliseconds period)
{
    const Milliseconds clamped = std::clamp<Milliseconds>(period, 33ms, 1000ms);
    if (clamped != m_timer.intervalAsDuration())
        m_timer.setInterval(clamped);
}

bool FrameClock::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::ParentChange:
    case QEvent::WindowStateChange:
        QMetaObject::invokeMethod(this, &FrameClock::update, Qt::QueuedConnection);
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

void FrameClock::update()
{
    const bool isSeen = m_widget->isVisible() && !m_widget->window()->isMinimized();
    if (isSeen && !m_timer.isActive())
        m_timer.start();
    else if (!isSeen)
        m_timer.stop();
}

} // namespace lockscope
