// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/hextext.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qsizetype lineBytes = 16;
constexpr int offsetDigits = 8;

void appendHex(QString& text, quint64 value, int digits)
{
    text += QString::number(value, 16).rightJustified(digits, QLatin1Char('0'));
}

} // namespace

QString hexText(QByteArrayView bytes, qint64 offset)
{
    QString text;
    text.reserve(bytes.size() * 5);
    for (qsizetype begin = 0; begin < bytes.size(); begin += lineBytes) {
        const QByteArrayView line = bytes.sliced(begin, std::min(lineBytes, bytes.size() - begin));
        if (begin > 0)
            text += QLatin1Char('\n');
        appendHex(text, quint64(offset + begin), offsetDigits);
        text += QStringLiteral("  ");
        for (qsizetype i = 0; i < lineBytes; ++i) {
            if (i < line.size())
                appendHex(text, uchar(line[i]), 2);
            else
                text += QStringLiteral("  ");
            text += i == lineBytes / 2 - 1 ? QStringLiteral("  ") : QStringLiteral(" ");
        }
        text += QLatin1Char(' ');
        for (const char c : line)
            text += c >= 0x20 && c < 0x7f ? QLatin1Char(c) : QLatin1Char('.');
    }
    return text;
}

} // namespace lockscope
