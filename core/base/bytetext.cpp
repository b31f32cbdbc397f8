// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"

#include <QCryptographicHash>
#include <QStringDecoder>

namespace lockscope {

namespace {

// Marks that reorder, hide or fake text: Unicode bidirectional controls, zero-width characters, separators, tags.
bool isMisleading(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_NotAssigned:
    case QChar::Other_PrivateUse:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

// Length in bytes of the valid UTF-8 sequence that `bytes` begins with, 0 if there is none (RFC 3629).
int sequenceLength(QByteArrayView bytes, char32_t& codePoint)
{
    const auto at = [&](qsizetype i) { return uchar(bytes[i]); };
    const uchar first = at(0);
    if (first < 0x80) {
        codePoint = first;
        return 1;
    }
    const int length = first >= 0xF0 && first <= 0xF4 ? 4
        : first >= 0xE0 && first <= 0xEF              ? 3
        : first >= 0xC2 && first <= 0xDF              ? 2
                                                      : 0;
    if (length == 0 || bytes.size() < length)
        return 0;
    char32_t value = first & (0xFF >> (length + 1));
    for (int i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80)
            return 0;
        value = (value << 6) | (at(i) & 0x3F);
    }
    constexpr char32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    codePoint = value;
    return length;
}

void appendHexByte(QString& text, uchar byte)
{
    text += QStringLiteral("\\x") + QString::number(byte, 16).rightJustified(2, QLatin1Char('0'));
}

} // namespace

QString displayText(QByteArrayView bytes, int maxCharacters)
{
    QString text;
    text.reserve(bytes.size());
    while (!bytes.isEmpty()) {
        char32_t codePoint = 0;
        const int length = sequenceLength(bytes, codePoint);
        if (length == 0 || (length == 1 && isMisleading(codePoint)))
            appendHexByte(text, uchar(bytes[0]));
        else if (isMisleading(codePoint))
            text += QStringLiteral("\\u{") + QString::number(uint(codePoint), 16) + QLatin1Char('}');
        else
            text += QString::fromUcs4(&codePoint, 1);
        bytes = bytes.sliced(qMax(1, length));
    }
    if (maxCharacters > 0 && text.size() > maxCharacters) {
        const qsizetype head = (maxCharacters - 1) * 2 / 3;
        text = text.left(head) + QChar(0x2026) + text.right(maxCharacters - 1 - head);
    }
    return text;
}

bool isUtf8(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder(bytes);
    Q_UNUSED(decoded)
    return !decoder.hasError();
}

QString redisCliQuoted(QByteArrayView bytes)
{
    QString text(QLatin1Char('"'));
    for (const char c : bytes) {
        const auto byte = uchar(c);
        if (byte == '"' || byte == '\\')
            text += QLatin1Char('\\') + QLatin1Char(c);
        else if (byte < 0x20 || byte >= 0x7F)
            appendHexByte(text, byte);
        else
            text += QLatin1Char(c);
    }
    return text + QLatin1Char('"');
}

QString tokenFingerprint(QByteArrayView token)
{
    return QString::fromLatin1(
        QCryptographicHash::hash(token.toByteArray(), QCryptographicHash::Sha256).toHex().left(8));
}

} // namespace lockscope
