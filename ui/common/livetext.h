// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QLabel;

namespace lockscope {

/// Gives the label another text, unless somebody is selecting in it: what moves with the time waits until the selection
/// is gone. Where the text is about something else now, call clearSelection() first.
void setLiveText(QLabel* label, const QString& text);
void clearSelection(QLabel* label);

} // namespace lockscope
