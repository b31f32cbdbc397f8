// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lockscope {

/// The rules of the house that a compiler does not check, read off the sources below one folder: include order between
/// the rooms, who may use what, and how long a file may be. Each fault is one line, `core/watch/x.cpp:12: what is
/// wrong`.
class SourceRules {
public:
    explicit SourceRules(QString root)
        : m_root(std::move(root))
    {
    }

    /// Every fault in core/, ui/, app/ and tests/, sorted by file.
    [[nodiscard]] QStringList faults();
    /// Number of files that the last faults() has read.
    [[nodiscard]] int filesRead() const { return m_filesRead; }

private:
    struct File {
        QString path; ///< relative to the root
        QString text;
        QString room;
    };
    void checkFile(const File& file);
    void checkShape(const File& file);
    void checkForeignInclude(const File& file, int line, const QString& name);
    void checkOwnInclude(const File& file, int line, const QString& name);
    void checkCode(const File& file);
    void checkTexts(const File& file);
    void complain(const File& file, int line, const QString& what);
    [[nodiscard]] QString roomOfInclude(const QString& name) const;

    QString m_root;
    QStringList m_faults;
    int m_filesRead = 0;
};

} // namespace lockscope
