// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/notifyflags.h"

namespace lockscope {

QByteArray missingNotifyClasses(QByteArrayView configured)
{
    constexpr QByteArrayView aliased("g$lshztxed"); // what `A` stands for
    QByteArray missing;
    for (char needed : QByteArrayView(neededNotifyClasses)) {
        const bool byAlias = configured.contains('A') && aliased.contains(needed);
        if (!byAlias && !configured.contains(needed))
            missing.append(needed);
    }
    return missing;
}

QByteArray mergedNotifyFlags(QByteArrayView configured)
{
    return configured.toByteArray() + missingNotifyClasses(configured);
}

} // namespace lockscope
