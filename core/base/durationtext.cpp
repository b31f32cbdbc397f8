// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/durationtext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

QString twoUnits(const char* pattern, qint64 large, qint64 small)
{
    return QCoreApplication::translate("lockscope::DurationText", pattern)
        .arg(large)
        .arg(small, 2, 10, QLatin1Char('0'));
}

} // namespace

QString durationText(Milliseconds duration)
{
    const qint64 ms = qMax<qint64>(0, duration.count());
    const qint64 seconds = ms / 1000;
    if (seconds < 60) {
        const qint64 tenths = ms / 100;
        return QCoreApplication::translate("lockscope::DurationText", "%1 s", "seconds with one decimal")
            .arg(double(tenths) / 10.0, 0, 'f', 1);
    }
    if (seconds < 3600)
        return twoUnits(QT_TRANSLATE_NOOP("lockscope::DurationText", "%1 m %2 s"), seconds / 60, seconds % 60);
    if (seconds < 86400)
        return twoUnits(QT_TRANSLATE_NOOP("lockscope::DurationText", "%1 h %2 m"), seconds / 3600, seconds / 60 % 60);
    return twoUnits(QT_TRANSLATE_NOOP("lockscope::DurationText", "%1 d %2 h"), seconds / 86400, seconds / 3600 % 24);
}

} // namespace lockscope
