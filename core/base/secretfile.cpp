// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secretfile.h"

#include <QFile>

#include <cstdio>

namespace lockscope {

namespace {

constexpr qint64 longestLine = 64 * 1024;

} // namespace

Result<Secret> readSecretFile(const QString& path)
{
    QFile file(path);
    const bool isOpen
        = path == QLatin1StringView("-") ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return fail(ErrorKind::Unreadable, path + QStringLiteral(": ") + file.errorString());
    QByteArray line = file.readLine(longestLine);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    return Secret(line);
}

} // namespace lockscope
