// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QProcessEnvironment>
#include <QString>
#include <QTemporaryDir>

namespace lockscope {

/// Looks for a password wherever a program may have left it: as it is, in UTF-16, base64 and hexadecimal. Every answer
/// is empty, or says where it was found.
class SecretSearch {
public:
    explicit SecretSearch(const QByteArray& secret);

    [[nodiscard]] QString inBytes(const QByteArray& bytes, const QString& where) const;
    [[nodiscard]] QString inFolder(const QString& folder) const;
    /// What others can see of a running process: its command line, and the files that it has open.
    [[nodiscard]] QString inProcess(qint64 process) const;
    /// The same of all that it has started, and their environments.
    [[nodiscard]] QString inChildren(qint64 process) const;

private:
    QByteArrayList m_forms;
};

/// Homes, settings, data, caches and temporary files of programs under test in one folder, and a vault beside it for
/// what the test itself has to write down.
class ProgramHome {
public:
    ProgramHome();

    [[nodiscard]] QString path(const QString& name = {}) const { return m_root.filePath(name); }
    [[nodiscard]] QProcessEnvironment environment() const;
    /// A file that holds the secret, outside of path().
    [[nodiscard]] QString vault(const QByteArray& secret) const;

private:
    QTemporaryDir m_root;
    QTemporaryDir m_vault;
};

/// The processes that a process has started, and theirs.
[[nodiscard]] QList<qint64> descendantsOf(qint64 process);

} // namespace lockscope
