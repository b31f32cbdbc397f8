// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

namespace lockscope {

/// A text of this room in the user's language.
[[nodiscard]] inline QString stressText(const char* text)
{
    return QCoreApplication::translate("lockscope::Stress", text);
}

} // namespace lockscope
