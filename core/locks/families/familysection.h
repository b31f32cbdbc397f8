// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyfile.h"

#include <QHash>

namespace lockscope {

/// One section of a families file while it is read: entry by entry, then checked as a whole.
class FamilySection {
public:
    enum class Kind : quint8 { Family, Owner };

    FamilySection(Kind kind, const QByteArray& name, int line, QString fileName);

    /// One `KEY = VALUE`, both trimmed.
    void readEntry(int line, QByteArrayView key, QByteArrayView value);
    /// Checks what can only be told now; call once, after the last entry.
    void finish();

    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] const QList<FamilyFileFault>& faults() const { return m_faults; }
    [[nodiscard]] FamilyDeclaration takeFamily() { return std::move(m_family); }
    [[nodiscard]] const QList<OwnerPattern>& owners() const { return m_owners; }

private:
    using Reader = void (FamilySection::*)(QByteArrayView value);
    struct EntryFacts;
    [[nodiscard]] static const std::vector<EntryFacts>& entryTable();

    void addFault(int line, const QString& message);
    void addFault(const QString& message) { addFault(m_line, message); }
    void addUnknown(QByteArrayView key);
    [[nodiscard]] int wordIndex(QByteArrayView value, std::initializer_list<const char*> words);
    [[nodiscard]] QByteArray bytesOf(QByteArrayView value);
    [[nodiscard]] QByteArray proseOf(QByteArrayView value);
    [[nodiscard]] std::shared_ptr<const QRegularExpression> expressionOf(QByteArrayView value, bool wholeToken);
    [[nodiscard]] std::optional<NameTemplate> templateOf(int line, QByteArrayView value);
    [[nodiscard]] QByteArray ruleOf(const char* text, int line) const;

    void readAbout(QByteArrayView value) { m_family.about = proseOf(value); }
    void readRenewal(QByteArrayView value) { m_family.renewal = proseOf(value); }
    void readAfterwards(QByteArrayView value) { m_family.afterwards = proseOf(value); }
    void readKey(QByteArrayView value);
    void readType(QByteArrayView value);
    void readHolder(QByteArrayView value);
    void readToken(QByteArrayView value);
    void readMode(QByteArrayView value);
    void readCount(QByteArrayView value);
    void readDeadline(QByteArrayView value);
    void readIgnore(QByteArrayView value);
    void readTtl(QByteArrayView value);
    void readConfidence(QByteArrayView value);
    void readMessage(QByteArrayView value) { m_family.message = bytesOf(value); }
    void readWakeValue(QByteArrayView value) { m_family.wakeValue = bytesOf(value); }
    void readWakeTtl(QByteArrayView value);
    void readOwner(QByteArrayView value);
    void readOwnerFamilies(QByteArrayView value);
    /// Templates wait for the last `key`, whose placeholders they may use.
    void keepTemplate(QByteArrayView value) { m_templates.append({ m_entry, m_line, value.toByteArray() }); }

    void finishFamily();
    void finishHolder();
    void finishTemplates();
    void finishOwner();
    [[nodiscard]] QList<QByteArray> commonPlaceholders() const;

    struct Template {
        QByteArray entry;
        int line = 0;
        QByteArray text;
    };

    const Kind m_kind;
    const QString m_fileName;
    const int m_sectionLine;
    int m_line; ///< of the present entry
    QByteArray m_entry; ///< its key
    FamilyDeclaration m_family;
    QList<OwnerPattern> m_owners;
    QList<QByteArray> m_ownerFamilies; ///< an owner section: whose tokens
    QList<FamilyFileFault> m_faults;
    QHash<QByteArray, int> m_lines; ///< of the entries that were there
    QList<Template> m_templates;
};

} // namespace lockscope
