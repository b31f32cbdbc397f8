// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/livetext.h"

#include <QLabel>

namespace lockscope {

void setLiveText(QLabel* label, const QString& text)
{
    if (!label->hasSelectedText() && label->text() != text)
        label->setText(text);
}

void clearSelection(QLabel* label)
{
    if (label->hasSelectedText())
        label->setSelection(0, 0);
}

} // namespace lockscope
