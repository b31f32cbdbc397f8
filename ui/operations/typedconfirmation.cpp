// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/typedconfirmation.h"

#include <QKeyEvent>
#include <QMouseEvent>

namespace lockscope {

TypedConfirmation::TypedConfirmation(QWidget* parent)
    : QLineEdit(parent)
{
    setAcceptDrops(false);
    setContextMenuPolicy(Qt::NoContextMenu);
}

void TypedConfirmation::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Paste))
        return;
    QLineEdit::keyPressEvent(event);
}

// The middle button pastes the selection of X11.
void TypedConfirmation::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::MiddleButton)
        QLineEdit::mouseReleaseEvent(event);
}

} // namespace lockscope
