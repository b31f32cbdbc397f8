// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/secretsearch.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

namespace lockscope {

namespace {

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString processFile(qint64 process, const char* name)
{
    return QStringLiteral("/proc/%1/%2").arg(process).arg(QString::fromLatin1(name));
}

QByteArray inUtf16(const QByteArray& text)
{
    const QString wide = QString::fromUtf8(text);
    return QByteArray(reinterpret_cast<const char*>(wide.utf16()), wide.size() * 2);
}

/// What of it stays the same whatever stands before and behind it.
QByteArray inBase64(const QByteArray& text, int before)
{
    const QByteArray encoded = QByteArray(QByteArray(before, 'x') + text).toBase64(QByteArray::OmitTrailingEquals);
    return encoded.mid(before == 0 ? 0 : before + 1).chopped(2);
}

qint64 parentOf(qint64 process)
{
    // PID (COMMAND) STATE PARENT …
    const QByteArray text = contents(processFile(process, "stat"));
    return text.mid(text.lastIndexOf(')') + 2).split(' ').value(1).toLongLong();
}

} // namespace

SecretSearch::SecretSearch(const QByteArray& secret)
    : m_forms { secret, inUtf16(secret), secret.toHex(), secret.toHex().toUpper() }
{
    for (int before = 0; before < 3; ++before)
        m_forms += inBase64(secret, before);
}

QString SecretSearch::inBytes(const QByteArray& bytes, const QString& where) const
{
    for (qsizetype i = 0; i < m_forms.size(); ++i) {
        if (const qsizetype at = bytes.indexOf(m_forms[i]); at >= 0)
            return QStringLiteral("%1, byte %2, form %3").arg(where).arg(at).arg(i);
    }
    return {};
}

QString SecretSearch::inFolder(const QString& folder) const
{
    QDirIterator entries(
        folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (entries.hasNext()) {
        const QFileInfo entry(entries.next());
        if (const QString found = inBytes(QFile::encodeName(entry.filePath()), entry.filePath()); !found.isEmpty())
            return found;
        if (!entry.isFile())
            continue;
        if (const QString found = inBytes(contents(entry.filePath()), entry.filePath()); !found.isEmpty())
            return found;
    }
    return {};
}

QString SecretSearch::inProcess(qint64 process) const
{
    const QString line = processFile(process, "cmdline");
    if (const QString found = inBytes(contents(line), line); !found.isEmpty())
        return found;
    const QDir open(processFile(process, "fd"));
    for (const QFileInfo& entry : open.entryInfoList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        const QFileInfo target(entry.symLinkTarget());
        if (!target.isFile())
            continue;
        if (const QString found = inBytes(contents(target.filePath()), target.filePath()); !found.isEmpty())
            return found;
    }
    return {};
}

QString SecretSearch::inChildren(qint64 process) const
{
    for (const qint64 child : descendantsOf(process)) {
        if (const QString found = inProcess(child); !found.isEmpty())
            return found;
        const QString variables = processFile(child, "environ");
        if (const QString found = inBytes(contents(variables), variables); !found.isEmpty())
            return found;
    }
    return {};
}

ProgramHome::ProgramHome()
{
    for (const char* name : { "config", "data", "cache", "state", "tmp" })
        QDir(m_root.path()).mkdir(QString::fromLatin1(name));
}

QProcessEnvironment ProgramHome::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : { "LOCKSCOPE_URI", "REDISCLI_AUTH", "LOCKSCOPE_AUDIT_FILE" })
        environment.remove(QString::fromLatin1(name));
    environment.insert(QStringLiteral("HOME"), path());
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), path(QStringLiteral("config")));
    environment.insert(QStringLiteral("XDG_DATA_HOME"), path(QStringLiteral("data")));
    environment.insert(QStringLiteral("XDG_CACHE_HOME"), path(QStringLiteral("cache")));
    environment.insert(QStringLiteral("XDG_STATE_HOME"), path(QStringLiteral("state")));
    environment.insert(QStringLiteral("TMPDIR"), path(QStringLiteral("tmp")));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("lockscope.*=true"));
    return environment;
}

QString ProgramHome::vault(const QByteArray& secret) const
{
    QFile file(m_vault.filePath(QStringLiteral("password")));
    if (!file.open(QIODevice::WriteOnly) || file.write(secret + '\n') < 0)
        qFatal("cannot write %s", qPrintable(file.fileName()));
    return file.fileName();
}

QList<qint64> descendantsOf(qint64 process)
{
    if (process <= 0)
        return {}; // it has ended
    QList<qint64> all;
    for (const QString& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (const qint64 id = entry.toLongLong(); id > 0)
            all += id;
    }
    QList<qint64> found { process };
    for (qsizetype i = 0; i < found.size(); ++i) {
        for (const qint64 id : std::as_const(all)) {
            if (!found.contains(id) && parentOf(id) == found[i])
                found += id;
        }
    }
    return found.mid(1);
}

} // namespace lockscope
