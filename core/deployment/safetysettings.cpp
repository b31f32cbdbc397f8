// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/safetysettings.h"

#include <QSettings>

namespace lockscope {

QString SafetySettings::standardFile()
{
    return QSettings(
        QSettings::IniFormat, QSettings::UserScope, QStringLiteral("lockscope"), QStringLiteral("lockscope"))
        .fileName();
}

SafetySettings SafetySettings::read(const QString& file)
{
    SafetySettings safety;
    const QSettings settings(file.isEmpty() ? standardFile() : file, QSettings::IniFormat);
    bool isNumber = false;
    const int maximum = settings.value(QStringLiteral("safety/maximum-locks-per-act")).toInt(&isNumber);
    if (isNumber && maximum >= 1)
        safety.maximumLocksPerAct = maximum;
    return safety;
}

} // namespace lockscope
