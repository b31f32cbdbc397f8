// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <bitset>
#include <optional>
#include <vector>

namespace lockscope {

/// Names of keys as a families file declares them: Redis' glob (`*`, `?`, `[a-z]`, `\` before what is meant literally)
/// and `<placeholder>`, which takes one byte or more and can be used in templates. Of several wildcards each takes as
/// little as it can, the last one the rest. Matching takes at most length times length of the pattern.
class NamePattern {
public:
    /// Null with a reason in `fault` (English, for the file's error).
    [[nodiscard]] static std::optional<NamePattern> parse(QByteArrayView text, QString& fault);

    [[nodiscard]] bool matches(QByteArrayView name) const { return match(name, nullptr); }
    /// With what each placeholder took, in the order of placeholders().
    [[nodiscard]] bool matches(QByteArrayView name, QList<QByteArray>& taken) const { return match(name, &taken); }
    [[nodiscard]] const QList<QByteArray>& placeholders() const { return m_placeholders; }
    /// As SCAN MATCH takes it; lets through at least what this matches.
    [[nodiscard]] QByteArray glob() const;
    /// Bytes that have to be there exactly.
    [[nodiscard]] int literalBytes() const;

private:
    friend class NameTemplate;
    enum class Kind : quint8 { Byte, AnyByte, Set, Star };
    struct Element {
        Kind kind = Kind::Byte;
        char byte = 0;
        int index = -1; ///< Set: which; Star: of which placeholder, or -1
    };

    [[nodiscard]] bool match(QByteArrayView name, QList<QByteArray>* taken) const;
    [[nodiscard]] bool takes(const Element& element, char byte) const;
    [[nodiscard]] bool parseSet(QByteArrayView text, qsizetype& at);
    void appendLiteral(QByteArrayView bytes);
    void appendPlaceholder(int index);

    std::vector<Element> m_elements;
    std::vector<std::bitset<256>> m_sets;
    QList<QByteArray> m_placeholders;
};

/// The name of something beside a lock: text with `<key>` and the placeholders of the key's pattern.
class NameTemplate {
public:
    /// Null with a reason in `fault`. `known`: the placeholders that may be used.
    [[nodiscard]] static std::optional<NameTemplate> parse(
        QByteArrayView text, const QList<QByteArray>& known, QString& fault);

    [[nodiscard]] QByteArray expand(
        const QByteArray& key, const QList<QByteArray>& placeholders, const QList<QByteArray>& taken) const;
    /// Every name that it can become for keys of this pattern, and maybe some more.
    [[nodiscard]] NamePattern patternFor(const NamePattern& key) const;
    /// Whether it is nothing but `<key>`.
    [[nodiscard]] bool isKeyItself() const;

private:
    struct Part {
        QByteArray text; ///< literal, or the placeholder's name
        bool isPlaceholder = false;
    };
    std::vector<Part> m_parts;
};

/// Undoes `\n`, `\t`, `\xHH` and `\` before any other byte. Null with a reason in `fault`.
[[nodiscard]] std::optional<QByteArray> unescapedBytes(QByteArrayView text, QString& fault);

} // namespace lockscope
