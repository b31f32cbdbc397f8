// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/readmeacl.h"

#include <QFile>
#include <QRegularExpression>

namespace lockscope {

QMap<QByteArray, AclWords> aclLines(const QString& file)
{
    QMap<QByteArray, AclWords> lines;
    QFile readme(file);
    if (!readme.open(QIODevice::ReadOnly))
        return lines;
    bool fenced = false;
    for (const QByteArray& line : readme.readAll().split('\n')) {
        if (line.startsWith("```"))
            fenced = !fenced;
        else if (fenced && line.startsWith("ACL SETUSER ") && line.contains(" reset "))
            lines.insert(line.split(' ').value(2), line.split(' '));
    }
    return lines;
}

QList<AclWords> furtherLines(const QString& file, const char* user)
{
    QList<AclWords> lines;
    const QByteArray beginning = QByteArray("ACL SETUSER ") + user + " +";
    QFile readme(file);
    if (readme.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : readme.readAll().split('\n')) {
            if (line.startsWith(beginning))
                lines.append(line.split(' '));
        }
    }
    return lines;
}

AclWords libraryGrants(const QString& file)
{
    AclWords grants;
    QFile readme(file);
    if (!readme.open(QIODevice::ReadOnly))
        return grants;
    static const QRegularExpression quoted(QStringLiteral("`([~&][^`]+)`"));
    auto matches = quoted.globalMatch(QString::fromUtf8(readme.readAll()).replace(u'\n', u' '));
    while (matches.hasNext())
        grants += matches.next().captured(1).toUtf8().split(' ');
    grants.removeAll("~");
    return grants;
}

AclWords adapted(AclWords words, int database, bool everyKey)
{
    for (QByteArray& word : words) {
        word.replace("@0__", QByteArray("@" + QByteArray::number(database) + "__"));
        if (everyKey)
            word.replace("lock:*", "*");
    }
    return words;
}

} // namespace lockscope
