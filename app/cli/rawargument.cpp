// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/rawargument.h"

#include "base/bytetext.h"

#include <algorithm>

namespace lockscope::cli {

namespace {

constexpr char16_t escapeBase = 0xDC00;
constexpr qsizetype longestSequence = 4; // of UTF-8

/// Bytes of the character that begins at `at`; 0 where none does.
qsizetype characterLength(QByteArrayView bytes, qsizetype at)
{
    for (qsizetype length = 1; length <= std::min(longestSequence, bytes.size() - at); ++length) {
        if (isUtf8(bytes.sliced(at, length)))
            return length;
    }
    return 0;
}

bool isEscape(QChar c) { return c.unicode() >= escapeBase + 0x80 && c.unicode() <= escapeBase + 0xFF; }

} // namespace

QString argumentText(QByteArrayView bytes)
{
    if (isUtf8(bytes))
        return QString::fromUtf8(bytes);
    QString text;
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype length = characterLength(bytes, at);
        if (length == 0)
            text += QChar(char16_t(escapeBase + uchar(bytes[at])));
        else
            text += QString::fromUtf8(bytes.sliced(at, length));
        at += std::max<qsizetype>(length, 1);
    }
    return text;
}

QByteArray argumentBytes(const QString& text)
{
    QByteArray bytes;
    qsizetype plainFrom = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool isLone = isEscape(text[i]) && (i == 0 || !text[i - 1].isHighSurrogate());
        if (!isLone)
            continue;
        bytes += text.mid(plainFrom, i - plainFrom).toUtf8();
        bytes += char(text[i].unicode() - escapeBase);
        plainFrom = i + 1;
    }
    return bytes + text.mid(plainFrom).toUtf8();
}

} // namespace lockscope::cli
