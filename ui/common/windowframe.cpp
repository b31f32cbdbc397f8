// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/windowframe.h"

#include "common/environmentstrip.h"

#include <QEvent>
#include <QPainter>
#include <QRegion>

namespace lockscope {

WindowFrame::WindowFrame(QWidget* window)
    : QWidget(window)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    window->installEventFilter(this);
    hide();
}

void WindowFrame::setEnvironment(Environment environment)
{
    if (environment == m_environment)
        return;
    m_environment = environment;
    const bool isFramed = environment != Environment::Unspecified;
    const int margin = isFramed ? width : 0;
    parentWidget()->setContentsMargins(margin, margin, margin, margin);
    setVisible(isFramed);
    cover();
    update();
}

void WindowFrame::cover()
{
    const QRect whole = parentWidget()->rect();
    setGeometry(whole);
    setMask(QRegion(whole) - QRegion(whole.adjusted(width, width, -width, -width)));
    raise();
}

bool WindowFrame::eventFilter(QObject* watched, QEvent* event)
{
    const bool moved = event->type() == QEvent::Resize || event->type() == QEvent::ChildAdded
        || event->type() == QEvent::LayoutRequest;
    if (moved && isVisibleTo(parentWidget()))
        cover();
    return QWidget::eventFilter(watched, event);
}

void WindowFrame::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), environmentColor(m_environment)); }

} // namespace lockscope
