// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLockFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace lockscope {

namespace {

constexpr qint64 largestFile = 16 * 1024 * 1024;
constexpr std::chrono::milliseconds lockPatience { 5000 };

tl::unexpected<Error> storage(const QString& path, const QString& why)
{
    return fail(ErrorKind::Storage, path + QStringLiteral(": ") + why);
}

Status writeWhole(const QString& path, const QByteArray& text)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit())
        return storage(path, file.errorString());
    return {};
}

} // namespace

ConnectionBookFile::ConnectionBookFile(const QString& path)
    : m_path(path.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
                + QStringLiteral("/lockscope/connections.json")
                            : path)
{
}

Result<ConnectionBook> ConnectionBookFile::load() const
{
    QFile file(m_path);
    if (!file.exists())
        return ConnectionBook();
    if (!file.open(QIODevice::ReadOnly))
        return storage(m_path, file.errorString());
    const QByteArray text = file.read(largestFile + 1);
    if (text.size() > largestFile)
        return storage(m_path, ConnectionText::tr("it is not a list of connections"));
    Result<ConnectionBook> book = parseConnectionBook(text);
    if (!book)
        return fail(book.error().kind, m_path + QStringLiteral(": ") + book.error().detail);
    return book;
}

Result<ConnectionBook> ConnectionBookFile::update(const std::function<void(ConnectionBook&)>& change) const
{
    if (!QDir().mkpath(QFileInfo(m_path).path()))
        return storage(m_path, ConnectionText::tr("its folder cannot be made"));
    QLockFile lock(m_path + QStringLiteral(".lock"));
    if (!lock.tryLock(int(lockPatience.count())))
        return storage(m_path, ConnectionText::tr("another program keeps it locked"));
    Result<ConnectionBook> book = load();
    if (!book)
        return book;
    change(*book);
    if (const Status written = writeWhole(m_path, connectionBookText(*book)); !written)
        return fail(written.error());
    return book;
}

Result<QString> ConnectionBookFile::setAside() const
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString aside = m_path + QStringLiteral(".damaged-") + stamp;
    for (int i = 2; QFileInfo::exists(aside); ++i)
        aside = m_path + QStringLiteral(".damaged-") + stamp + QLatin1Char('-') + QString::number(i);
    QFile file(m_path);
    if (!file.rename(aside))
        return storage(m_path, file.errorString());
    return aside;
}

} // namespace lockscope
