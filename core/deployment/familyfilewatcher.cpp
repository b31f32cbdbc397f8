// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/familyfilewatcher.h"

#include "base/errortext.h"
#include "locks/families/familyregistry.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto settleTime = 150ms;

} // namespace

QString standardFamilyFile()
{
    if (const QString named = qEnvironmentVariable("LOCKSCOPE_FAMILIES_FILE"); !named.isEmpty())
        return named;
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    return folder + QStringLiteral("/lockscope/families.conf");
}

Result<std::optional<QByteArray>> readFamilyFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        if (!QFileInfo::exists(path))
            return std::optional<QByteArray>();
        return fail(ErrorKind::Unreadable, path + QStringLiteral(": ") + file.errorString());
    }
    // One byte more tells that it is too large; a device has no end.
    const QByteArray text = file.read(maximumFamilyFileBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return fail(ErrorKind::Unreadable, path + QStringLiteral(": ") + file.errorString());
    return std::optional(text.isNull() ? QByteArray("") : text);
}

FamilyFileWatcher::FamilyFileWatcher(QString path, QObject* parent)
    : QObject(parent)
    , m_path(std::move(path))
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleTime);
    connect(&m_settle, &QTimer::timeout, this, &FamilyFileWatcher::load);
    const auto changed = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, changed);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, changed);
}

QString FamilyFileWatcher::name() const { return QFileInfo(m_path).fileName(); }

void FamilyFileWatcher::load()
{
    if (m_follows)
        watchAnew();
    Result<std::optional<QByteArray>> text = readFamilyFile(m_path);
    if (!text) {
        m_error = text.error();
        m_text.reset();
        Q_EMIT loaded();
        return;
    }
    const bool isSame = m_text == *text && !m_error && m_exists == text->has_value();
    m_error.reset();
    m_exists = text->has_value();
    if (isSame)
        return; // something else in that folder
    m_text = *text;
    take(text->value_or(QByteArray()));
    Q_EMIT loaded();
}

void FamilyFileWatcher::take(const QByteArray& text)
{
    const FamilyFileContents contents = parseFamilyFile(text, name());
    m_faults = contents.faults;
    if (!m_faults.isEmpty())
        return;
    const auto registry = FamilyRegistry::instance().withDeclared(contents.families, contents.owners);
    if (!registry) {
        m_error = registry.error();
        return;
    }
    FamilyRegistry::install(*registry);
    Q_EMIT installed();
}

void FamilyFileWatcher::follow()
{
    m_follows = true;
    watchAnew();
}

// A file that is replaced, or not there yet, is seen by its folder; a folder that is not there yet by one above it.
void FamilyFileWatcher::watchAnew()
{
    QStringList wanted;
    if (QFileInfo::exists(m_path))
        wanted += m_path;
    QDir folder = QFileInfo(m_path).absoluteDir();
    while (!folder.exists() && !folder.isRoot())
        folder = QFileInfo(folder.absolutePath()).absoluteDir();
    wanted += folder.absolutePath();
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    for (const QString& path : watched) {
        if (!wanted.contains(path))
            m_watcher.removePath(path);
    }
    for (const QString& path : std::as_const(wanted)) {
        if (!watched.contains(path))
            m_watcher.addPath(path);
    }
}

QStringList FamilyFileWatcher::faultTexts() const
{
    QStringList texts;
    if (m_error)
        texts += errorMessage(*m_error);
    for (const FamilyFileFault& fault : m_faults)
        texts += faultText(fault, name());
    return texts;
}

qsizetype FamilyFileWatcher::families() const { return FamilyRegistry::instance().declaredIds().size(); }

} // namespace lockscope

#include "moc_familyfilewatcher.cpp"
