// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/plaintip.h"

namespace lockscope {

QString plainTip(const QString& text)
{
    if (text.isEmpty())
        return {};
    return QStringLiteral("<p style=\"overflow-wrap:anywhere\">")
        + text.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")) + QStringLiteral("</p>");
}

} // namespace lockscope
