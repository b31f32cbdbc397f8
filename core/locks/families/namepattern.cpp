// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/namepattern.h"

#include "base/bytetext.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr size_t mostElements = 1024;

QString fileText(const char* text) { return QCoreApplication::translate("lockscope::FamilyFile", text); }

bool isNameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char small = char(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// The byte that an escape stands for; `at` is on the backslash and goes behind the escape.
std::optional<char> escapedByte(QByteArrayView text, qsizetype& at, QString& fault)
{
    ++at;
    if (at == text.size()) {
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "a \\ at the end"));
        return {};
    }
    const char c = text[at++];
    if (c == 'n')
        return '\n';
    if (c == 't')
        return '\t';
    if (c == 'r')
        return '\r';
    if (c != 'x')
        return c;
    const int high = at + 1 < text.size() ? hexDigit(text[at]) : -1;
    const int low = at + 1 < text.size() ? hexDigit(text[at + 1]) : -1;
    if (high < 0 || low < 0) {
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "\\x needs two hexadecimal digits"));
        return {};
    }
    at += 2;
    return char(high * 16 + low);
}

/// The name of the placeholder that begins at `at`, on its `<`; goes behind it.
std::optional<QByteArray> placeholderName(QByteArrayView text, qsizetype& at, QString& fault)
{
    const qsizetype end = text.indexOf('>', at);
    const QByteArrayView name = end < 0 ? QByteArrayView() : text.sliced(at + 1, end - at - 1);
    if (name.isEmpty() || !std::all_of(name.begin(), name.end(), isNameByte)) {
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile",
            "'<' begins a placeholder like <name>: letters, digits, - and _; write \\< for the sign itself"));
        return {};
    }
    at = end + 1;
    return name.toByteArray();
}

} // namespace

std::optional<QByteArray> unescapedBytes(QByteArrayView text, QString& fault)
{
    QByteArray bytes;
    for (qsizetype at = 0; at < text.size();) {
        if (text[at] != '\\') {
            bytes.append(text[at++]);
            continue;
        }
        const std::optional<char> byte = escapedByte(text, at, fault);
        if (!byte)
            return {};
        bytes.append(*byte);
    }
    return bytes;
}

void NamePattern::appendLiteral(QByteArrayView bytes)
{
    for (char c : bytes)
        m_elements.push_back({ Kind::Byte, c, -1 });
}

void NamePattern::appendPlaceholder(int index)
{
    m_elements.push_back({ Kind::AnyByte, 0, -1 });
    m_elements.push_back({ Kind::Star, 0, index });
}

/// `at` is behind the `[`; goes behind the `]`. False where there is none.
bool NamePattern::parseSet(QByteArrayView text, qsizetype& at)
{
    std::bitset<256> set;
    const bool negated = at < text.size() && text[at] == '^';
    if (negated)
        ++at;
    for (; at < text.size() && text[at] != ']'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size())
            ++at;
        const auto from = quint8(text[at]);
        auto to = from;
        if (at + 2 < text.size() && text[at + 1] == '-' && text[at + 2] != ']') {
            at += 2;
            to = quint8(text[at]);
        }
        for (int c = std::min(from, to); c <= std::max(from, to); ++c)
            set.set(size_t(c));
    }
    if (at >= text.size())
        return false;
    ++at;
    m_elements.push_back({ Kind::Set, 0, int(m_sets.size()) });
    m_sets.push_back(negated ? ~set : set);
    return true;
}

std::optional<NamePattern> NamePattern::parse(QByteArrayView text, QString& fault)
{
    NamePattern pattern;
    for (qsizetype at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '\\') {
            const std::optional<char> byte = escapedByte(text, at, fault);
            if (!byte)
                return {};
            pattern.m_elements.push_back({ Kind::Byte, *byte, -1 });
        } else if (c == '<') {
            const std::optional<QByteArray> name = placeholderName(text, at, fault);
            if (!name)
                return {};
            if (*name == "key" || pattern.m_placeholders.contains(*name)) {
                fault = fileText(*name == "key"
                        ? QT_TRANSLATE_NOOP("lockscope::FamilyFile", "<key> is the whole key: choose another name")
                        : QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the placeholder <%1> stands there twice"))
                            .replace(QLatin1StringView("%1"), QString::fromLatin1(*name));
                return {};
            }
            pattern.appendPlaceholder(int(pattern.m_placeholders.size()));
            pattern.m_placeholders.append(*name);
        } else if (c == '[') {
            if (!pattern.parseSet(text, ++at)) {
                fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'[' without ']'; write \\[ for the sign"));
                return {};
            }
        } else {
            ++at;
            const Kind kind = c == '*' ? Kind::Star : c == '?' ? Kind::AnyByte : Kind::Byte;
            const bool again = kind == Kind::Star && !pattern.m_elements.empty()
                && pattern.m_elements.back().kind == Kind::Star && pattern.m_elements.back().index < 0;
            if (!again)
                pattern.m_elements.push_back({ kind, c, -1 });
        }
    }
    if (pattern.m_elements.empty() || pattern.m_elements.size() > mostElements) {
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "a pattern has 1 to 1024 characters"));
        return {};
    }
    return pattern;
}

bool NamePattern::takes(const Element& element, char byte) const
{
    return element.kind == Kind::AnyByte || (element.kind == Kind::Byte && element.byte == byte)
        || (element.kind == Kind::Set && m_sets[size_t(element.index)].test(quint8(byte)));
}

// Only the last star is ever lengthened: whatever an earlier one took beyond its shortest could be taken by a later.
bool NamePattern::match(QByteArrayView name, QList<QByteArray>* taken) const
{
    std::vector<std::pair<qsizetype, qsizetype>> spans(taken ? size_t(m_placeholders.size()) : 0);
    qsizetype at = 0;
    size_t element = 0;
    size_t star = m_elements.size();
    qsizetype starEnd = 0;
    while (at < name.size() || element < m_elements.size()) {
        if (element < m_elements.size() && m_elements[element].kind == Kind::Star) {
            star = element++;
            starEnd = at;
            if (const int index = m_elements[star].index; taken && index >= 0)
                spans[size_t(index)] = { at - 1, at };
            if (element == m_elements.size())
                starEnd = at = name.size();
        } else if (element < m_elements.size() && at < name.size() && takes(m_elements[element], name[at])) {
            ++element;
            ++at;
            continue;
        } else if (star < m_elements.size() && starEnd < name.size()) {
            at = ++starEnd;
            element = star + 1;
        } else {
            return false;
        }
        if (const int index = m_elements[star].index; taken && index >= 0)
            spans[size_t(index)].second = starEnd;
    }
    if (taken) {
        taken->clear();
        for (const auto& [from, to] : spans)
            taken->append(name.sliced(from, to - from).toByteArray());
    }
    return true;
}

QByteArray NamePattern::glob() const
{
    QByteArray text;
    for (const Element& element : m_elements) {
        switch (element.kind) {
        case Kind::Byte:
            if (QByteArrayView("*?[]\\").contains(element.byte))
                text += '\\';
            text += element.byte;
            break;
        case Kind::AnyByte:
        case Kind::Set: // as exact as it has to be: what comes through is matched here again
            text += '?';
            break;
        case Kind::Star:
            text += '*';
            break;
        }
    }
    return text;
}

int NamePattern::literalBytes() const
{
    return int(std::count_if(
        m_elements.begin(), m_elements.end(), [](const Element& element) { return element.kind == Kind::Byte; }));
}

std::optional<NameTemplate> NameTemplate::parse(QByteArrayView text, const QList<QByteArray>& known, QString& fault)
{
    NameTemplate result;
    const auto literal = [&result](char byte) {
        if (result.m_parts.empty() || result.m_parts.back().isPlaceholder)
            result.m_parts.push_back({});
        result.m_parts.back().text.append(byte);
    };
    for (qsizetype at = 0; at < text.size();) {
        if (text[at] == '\\') {
            const std::optional<char> byte = escapedByte(text, at, fault);
            if (!byte)
                return {};
            literal(*byte);
        } else if (text[at] == '<') {
            const std::optional<QByteArray> name = placeholderName(text, at, fault);
            if (!name)
                return {};
            if (*name != "key" && !known.contains(*name)) {
                fault = fileText(
                    QT_TRANSLATE_NOOP("lockscope::FamilyFile",
                        "the placeholder <%1> is not in every key pattern of this family; there is always <key>"))
                            .arg(QString::fromLatin1(*name));
                return {};
            }
            result.m_parts.push_back({ *name, true });
        } else {
            literal(text[at++]);
        }
    }
    if (result.m_parts.empty()) {
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "a name is missing"));
        return {};
    }
    return result;
}

QByteArray NameTemplate::expand(
    const QByteArray& key, const QList<QByteArray>& placeholders, const QList<QByteArray>& taken) const
{
    QByteArray name;
    for (const Part& part : m_parts) {
        if (!part.isPlaceholder)
            name += part.text;
        else if (part.text == "key")
            name += key;
        else
            name += taken.value(placeholders.indexOf(part.text));
    }
    return name;
}

NamePattern NameTemplate::patternFor(const NamePattern& key) const
{
    NamePattern pattern;
    for (const Part& part : m_parts) {
        if (!part.isPlaceholder) {
            pattern.appendLiteral(part.text);
            continue;
        }
        if (part.text != "key") {
            pattern.appendPlaceholder(-1);
            continue;
        }
        const int sets = int(pattern.m_sets.size());
        pattern.m_sets.insert(pattern.m_sets.end(), key.m_sets.begin(), key.m_sets.end());
        for (NamePattern::Element element : key.m_elements) {
            if (element.kind == NamePattern::Kind::Set)
                element.index += sets;
            else
                element.index = -1;
            pattern.m_elements.push_back(element);
        }
    }
    return pattern;
}

bool NameTemplate::isKeyItself() const
{
    return m_parts.size() == 1 && m_parts.front().isPlaceholder && m_parts.front().text == "key";
}

} // namespace lockscope
