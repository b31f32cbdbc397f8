// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/keytemplate.h"

#include "base/bytetext.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr QByteArrayView separators = ":/|._-#";
constexpr QByteArrayView globSpecials = "*?[\\";
/// What may stand between two parts of one identifier: dates, base64, composed numbers.
constexpr QByteArrayView joiners = "+-_./=";
constexpr qsizetype uuidLength = 36;
constexpr qsizetype shortestHex = 8;
constexpr qsizetype shortestMixed = 10;
constexpr qsizetype shortestIdentifier = 16;
constexpr qsizetype shortestLetters = 20;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLetter(char c) { return isLower(c) || isUpper(c); }
bool isHigh(char c) { return uchar(c) >= 0x80; }
bool isControl(char c) { return uchar(c) < 0x20 || c == 0x7f; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isWordByte(char c) { return isLetter(c) || isDigit(c) || isHigh(c) || isControl(c); }

bool isUuidAt(QByteArrayView text, qsizetype at)
{
    if (text.size() - at < uuidLength || (at > 0 && isWordByte(text[at - 1])))
        return false;
    for (qsizetype i = 0; i < uuidLength; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[at + i] != '-' : !isHex(text[at + i]))
            return false;
    }
    return at + uuidLength == text.size() || !isWordByte(text[at + uuidLength]);
}

/// Whether a word is an identifier by its looks: nobody has to see others of its kind.
bool isIdentifier(QByteArrayView word, bool isText)
{
    const auto count = [word](bool (*is)(char)) { return std::count_if(word.begin(), word.end(), is); };
    const qsizetype high = count(isHigh);
    if (count(isControl) > 0 || (high > 0 && !isText))
        return true;
    if (high > 0)
        return false;
    const qsizetype digits = count(isDigit);
    if (digits == word.size() || (digits > 0 && word.size() >= shortestIdentifier))
        return true;
    if (digits > 0 && word.size() >= shortestHex && count(isHex) == word.size())
        return true;
    const bool bothCases = count(isUpper) >= 2 && count(isLower) >= 2;
    if (!bothCases)
        return false;
    if (digits >= 2 && word.size() >= shortestMixed)
        return true;
    qsizetype capitals = 0; // behind a small letter: five words in one name are rare, in base64 they are usual
    for (qsizetype i = 1; i < word.size(); ++i)
        capitals += isUpper(word[i]) && isLower(word[i - 1]) ? 1 : 0;
    return word.size() >= shortestLetters && capitals >= 5;
}

/// A glob in the making; stars that stand beside each other, or have only a joiner between them, are one.
class GlobText {
public:
    void add(char c)
    {
        if (globSpecials.contains(c))
            m_text += '\\';
        m_text += c;
    }
    void addStar()
    {
        if (m_starEnd > 0 && m_starEnd == m_text.size() - 1 && joiners.contains(m_text.back()))
            m_text.chop(1);
        if (m_starEnd == 0 || m_starEnd != m_text.size())
            m_text += '*';
        m_starEnd = m_text.size();
    }
    [[nodiscard]] bool endsInStar() const { return m_starEnd > 0 && m_starEnd == m_text.size(); }
    [[nodiscard]] const QByteArray& text() const { return m_text; }

private:
    QByteArray m_text;
    qsizetype m_starEnd = 0; ///< 0: none yet
};

QByteArray segmentGlob(QByteArrayView segment, bool isText)
{
    GlobText glob;
    for (qsizetype at = 0; at < segment.size();) {
        if (isUuidAt(segment, at)) {
            glob.addStar();
            at += uuidLength;
            continue;
        }
        if (!isWordByte(segment[at])) {
            if (segment[at] != '=' || !glob.endsInStar()) // the padding of base64
                glob.add(segment[at]);
            ++at;
            continue;
        }
        const qsizetype start = at;
        while (at < segment.size() && isWordByte(segment[at]))
            ++at;
        const QByteArrayView word = segment.sliced(start, at - start);
        if (isIdentifier(word, isText)) {
            glob.addStar();
        } else {
            for (char c : word)
                glob.add(c);
        }
    }
    return glob.text();
}

/// Calls for each byte that is not within a UUID.
template <typename Function> void forEachOutsideUuid(QByteArrayView key, Function function)
{
    for (qsizetype at = 0; at < key.size(); ++at) {
        if (isUuidAt(key, at))
            at += uuidLength - 1;
        else
            function(at);
    }
}

char separatorOf(QByteArrayView key)
{
    qsizetype best = separators.size();
    forEachOutsideUuid(key, [&](qsizetype at) {
        const qsizetype rank = separators.indexOf(key[at]);
        best = rank >= 0 ? std::min(best, rank) : best;
    });
    return best < separators.size() ? separators[best] : separators[0];
}

} // namespace

QByteArray KeyTemplate::glob() const
{
    QByteArray text = segments.front();
    for (size_t i = 1; i < segments.size(); ++i)
        text += separator + segments[i];
    return text;
}

KeyTemplate keyTemplateOf(QByteArrayView key)
{
    const bool isText = isUtf8(key);
    KeyTemplate result;
    result.separator = separatorOf(key);
    qsizetype start = 0;
    forEachOutsideUuid(key, [&](qsizetype at) {
        if (key[at] != result.separator)
            return;
        result.segments.push_back(segmentGlob(key.sliced(start, at - start), isText));
        start = at + 1;
    });
    result.segments.push_back(segmentGlob(key.sliced(start), isText));
    return result;
}

QByteArray segmentStem(const QByteArray& segment)
{
    QByteArray stem;
    for (char c : segment) {
        const char kept = isDigit(c) ? '*' : c;
        const bool literalStar = stem.size() >= 2 && stem.at(stem.size() - 2) == '\\';
        if (kept != '*' || !stem.endsWith('*') || literalStar)
            stem += kept;
    }
    return stem;
}

QByteArray globEscaped(QByteArrayView bytes)
{
    GlobText glob;
    for (char c : bytes)
        glob.add(c);
    return glob.text();
}

bool globNamesSomething(QByteArrayView glob)
{
    return std::any_of(glob.begin(), glob.end(), [](char c) { return isLetter(c) || isHigh(c); });
}

QByteArray identifierGlob(QByteArrayView key)
{
    if (key.size() == uuidLength && isUuidAt(key, 0))
        return QByteArray(8, '?') + QByteArray("-\?\?\?\?").repeated(3) + '-' + QByteArray(12, '?');
    if (!key.isEmpty() && std::all_of(key.begin(), key.end(), isDigit))
        return "[0-9]*";
    return globEscaped(key);
}

} // namespace lockscope
