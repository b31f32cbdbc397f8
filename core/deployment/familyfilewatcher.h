// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/families/familyfile.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace lockscope {

/// Where a families file is looked for: `$LOCKSCOPE_FAMILIES_FILE`, else `lockscope/families.conf` in the standard
/// place of settings.
[[nodiscard]] QString standardFamilyFile();

/// The text of a families file; nothing where there is none. Errors: Storage.
[[nodiscard]] Result<std::optional<QByteArray>> readFamilyFile(const QString& path);

/// The operator's families file: what it declares becomes FamilyRegistry::instance(), at the beginning and whenever the
/// file changes. One that cannot be read, or has faults, changes nothing: the last good one stays. Main thread, one in
/// a process.
class FamilyFileWatcher final : public QObject {
    Q_OBJECT
public:
    explicit FamilyFileWatcher(QString path, QObject* parent = nullptr);

    [[nodiscard]] const QString& path() const { return m_path; }
    /// For messages: `families.conf`.
    [[nodiscard]] QString name() const;
    /// Reads it now. A file that is not there declares nothing.
    void load();
    /// Reads it again whenever it changes, comes or goes.
    void follow();

    /// Whether the file as it is now is in use: it has no faults.
    [[nodiscard]] bool isGood() const { return m_faults.isEmpty() && !m_error; }
    [[nodiscard]] bool exists() const { return m_exists; }
    [[nodiscard]] const QList<FamilyFileFault>& faults() const { return m_faults; }
    /// Why it could not be read.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    /// All that is wrong, each as `families.conf:12: …`.
    [[nodiscard]] QStringList faultTexts() const;
    /// How many families are declared now.
    [[nodiscard]] qsizetype families() const;

Q_SIGNALS:
    void installed(); ///< FamilyRegistry::instance() is another one
    void loaded(); ///< it was read, good or not; after installed()

private:
    void take(const QByteArray& text);
    void watchAnew();

    const QString m_path;
    QFileSystemWatcher m_watcher;
    QTimer m_settle; ///< programs write files in several steps
    std::optional<QByteArray> m_text; ///< as it was read last
    QList<FamilyFileFault> m_faults;
    std::optional<Error> m_error;
    bool m_exists = false;
    bool m_follows = false;
};

} // namespace lockscope
