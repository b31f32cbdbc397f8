// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyfile.h"

#include "base/bytetext.h"
#include "locks/families/familyregistry.h"
#include "locks/families/familysection.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr qsizetype longestLine = 8192;

QString fileText(const char* text) { return QCoreApplication::translate("lockscope::FamilyFile", text); }

bool isSectionName(QByteArrayView name)
{
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
            || c == '.';
    };
    return !name.isEmpty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), allowed);
}

class Parser {
public:
    explicit Parser(QString fileName)
        : m_fileName(std::move(fileName))
    {
    }
    [[nodiscard]] FamilyFileContents parse(const QByteArray& text);

private:
    void readLine(QByteArrayView line);
    void beginSection(QByteArrayView line);
    void endSection();
    void readEntry(QByteArrayView line);
    void checkNames();
    void addFault(int line, const QString& message) { m_contents.faults.append({ line, message }); }

    const QString m_fileName;
    FamilyFileContents m_contents;
    std::unique_ptr<FamilySection> m_section;
    bool m_skipping = false; // the entries of a section that cannot be read
    int m_line = 0;
};

FamilyFileContents Parser::parse(const QByteArray& text)
{
    if (text.size() > maximumFamilyFileBytes) {
        addFault(1, fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the file is larger than 1 MiB")));
        return std::move(m_contents);
    }
    QByteArrayView rest(text);
    if (rest.startsWith("\xef\xbb\xbf"))
        rest = rest.sliced(3);
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf('\n');
        ++m_line;
        readLine(end < 0 ? rest : rest.first(end));
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
    }
    endSection();
    checkNames();
    std::stable_sort(m_contents.faults.begin(), m_contents.faults.end(),
        [](const FamilyFileFault& one, const FamilyFileFault& other) { return one.line < other.line; });
    return std::move(m_contents);
}

void Parser::checkNames()
{
    QList<QByteArray> names = FamilyRegistry::builtIn().names();
    for (const FamilyDeclaration& family : m_contents.families) {
        if (FamilyRegistry::builtIn().byName(family.name) != FamilyId::None)
            addFault(family.line,
                fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' is a built-in family: choose another name"))
                    .arg(QString::fromLatin1(family.name)));
        names.append(family.name);
    }
    for (const OwnerPattern& owner : std::as_const(m_contents.owners)) {
        for (const QByteArray& name : owner.families) {
            if (!names.contains(name))
                addFault(owner.line,
                    fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "there is no family '%1'"))
                        .arg(displayText(name, 40)));
        }
    }
}

void Parser::readLine(QByteArrayView line)
{
    line = line.trimmed();
    if (line.isEmpty() || line[0] == '#' || line[0] == ';')
        return;
    if (line.size() > longestLine)
        return addFault(
            m_line, fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the line is longer than 8192 bytes")));
    if (line[0] == '[')
        beginSection(line);
    else
        readEntry(line);
}

void Parser::beginSection(QByteArrayView line)
{
    endSection();
    m_skipping = true;
    const QByteArrayView inside = line.endsWith(']') ? line.sliced(1, line.size() - 2).trimmed() : QByteArrayView();
    const qsizetype blank = inside.indexOf(' ');
    const QByteArrayView kind = inside.first(std::max<qsizetype>(blank, 0));
    const QByteArray name = inside.sliced(blank + 1).trimmed().toByteArray();
    if (blank < 0 || (kind != QByteArrayView("family") && kind != QByteArrayView("owner")) || !isSectionName(name))
        return addFault(m_line,
            fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile",
                "a section is [family NAME] or [owner NAME]; a name has up to 40 letters, digits, -, _ and .")));
    const bool isFamily = kind == QByteArrayView("family");
    const auto same = std::find_if(m_contents.families.begin(), m_contents.families.end(),
        [&](const FamilyDeclaration& family) { return family.name == name; });
    if (isFamily && same != m_contents.families.end())
        return addFault(m_line,
            fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the family '%1' is declared in line %2 already"))
                .arg(QString::fromLatin1(name))
                .arg(same->line));
    if (isFamily && m_contents.families.size() == maximumDeclaredFamilies)
        return addFault(m_line,
            fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "more than %1 families")).arg(maximumDeclaredFamilies));
    m_skipping = false;
    m_section = std::make_unique<FamilySection>(
        isFamily ? FamilySection::Kind::Family : FamilySection::Kind::Owner, name, m_line, m_fileName);
}

void Parser::endSection()
{
    if (!m_section)
        return;
    const auto section = std::move(m_section);
    section->finish();
    for (const FamilyFileFault& fault : section->faults())
        m_contents.faults.append(fault);
    // Also one with faults: what follows can then be compared with its name. Nobody uses a file with faults.
    if (section->kind() == FamilySection::Kind::Family)
        m_contents.families.push_back(section->takeFamily());
    else
        m_contents.owners += section->owners();
}

void Parser::readEntry(QByteArrayView line)
{
    if (m_skipping)
        return;
    const qsizetype equals = line.indexOf('=');
    if (equals <= 0)
        return addFault(m_line,
            fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "a line is KEY = VALUE, [SECTION] or # a comment")));
    if (!m_section)
        return addFault(m_line,
            fileText(
                QT_TRANSLATE_NOOP("lockscope::FamilyFile", "this belongs into a section: begin with [family NAME]")));
    m_section->readEntry(m_line, line.first(equals).trimmed(), line.sliced(equals + 1).trimmed());
}

} // namespace

FamilyFileContents parseFamilyFile(const QByteArray& text, const QString& fileName)
{
    return Parser(fileName).parse(text);
}

QString faultText(const FamilyFileFault& fault, const QString& fileName)
{
    return fileName + QLatin1Char(':') + QString::number(fault.line) + QStringLiteral(": ") + fault.message;
}

} // namespace lockscope
