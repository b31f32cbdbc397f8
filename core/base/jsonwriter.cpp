// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonwriter.h"

#include "base/bytetext.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

namespace lockscope {

namespace {

bool needsEscape(char c)
{
    const auto byte = uchar(c);
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
}

bool isPlainAscii(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return uchar(c) < 0x80; });
}

constexpr qsizetype firstGrowth = 4096;

// The length of what stands at the beginning, if a terminal obeys it (C1 controls) or it turns or hides text
// (bidirectional and zero-width marks, line separators, tags); 0 for everything else.
qsizetype markLength(QByteArrayView utf8)
{
    const auto at = [&utf8](qsizetype i) { return i < utf8.size() ? uchar(utf8[i]) : uchar(0); };
    switch (at(0)) {
    case 0xC2: // U+0080 to U+009F, U+00AD
        return at(1) < 0xA0 || at(1) == 0xAD ? 2 : 0;
    case 0xD8: // U+0600 to U+0605, U+061C
        return at(1) <= 0x85 || at(1) == 0x9C ? 2 : 0;
    case 0xE1: // U+180E
        return at(1) == 0xA0 && at(2) == 0x8E ? 3 : 0;
    case 0xE2: // U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F
        return (at(1) == 0x80 && ((at(2) >= 0x8B && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE)))
                || (at(1) == 0x81 && at(2) >= 0xA0 && at(2) <= 0xAF)
            ? 3
            : 0;
    case 0xEF: // U+FEFF, U+FFF9 to U+FFFB
        return (at(1) == 0xBB && at(2) == 0xBF) || (at(1) == 0xBF && at(2) >= 0xB9 && at(2) <= 0xBB) ? 3 : 0;
    case 0xF3: // U+E0000 to U+E007F
        return at(1) == 0xA0 && (at(2) == 0x80 || at(2) == 0x81) ? 4 : 0;
    default:
        return 0;
    }
}

QByteArray escapeOf(char16_t unit)
{
    constexpr char digits[] = "0123456789abcdef";
    const char escaped[]
        = { '\\', 'u', digits[unit >> 12], digits[unit >> 8 & 0xF], digits[unit >> 4 & 0xF], digits[unit & 0xF] };
    return { escaped, sizeof escaped };
}

} // namespace

QByteArray JsonWriter::take()
{
    m_buffer.truncate(m_size);
    m_size = 0;
    return std::exchange(m_buffer, {});
}

void JsonWriter::grow(qsizetype needed) { m_buffer.resize(std::max(2 * needed, firstGrowth)); }

void JsonWriter::appendPadded(int value, int width)
{
    char digits[4] = {};
    for (int i = width - 1; i >= 0; --i) {
        digits[i] = char('0' + value % 10);
        value /= 10;
    }
    append(QByteArrayView(digits, width));
}

void JsonWriter::separate()
{
    if (!m_first)
        append(',');
    m_first = false;
}

void JsonWriter::open(char bracket)
{
    separate();
    append(bracket);
    m_first = true;
}

void JsonWriter::close(char bracket)
{
    append(bracket);
    m_first = false;
}

void JsonWriter::literal(QByteArrayView text)
{
    separate();
    append(text);
}

void JsonWriter::name(QByteArrayView name)
{
    separate();
    append('"');
    append(name);
    append(QByteArrayView("\":"));
    m_first = true;
}

void JsonWriter::string(QByteArrayView utf8)
{
    separate();
    append('"');
    const char* plain = utf8.begin();
    for (const char* at = utf8.begin(); at != utf8.end(); ++at) {
        const qsizetype mark = uchar(*at) < 0x80 ? 0 : markLength(QByteArrayView(at, utf8.end() - at));
        if (!needsEscape(*at) && mark == 0)
            continue;
        append(QByteArrayView(plain, at - plain));
        if (mark > 0) {
            // Not by QString::fromUtf8(), which takes U+FEFF for a mark of the encoding.
            char32_t point = uchar(*at) & (0xFF >> (mark + 1));
            for (qsizetype i = 1; i < mark; ++i)
                point = (point << 6) | (uchar(at[i]) & 0x3F);
            for (const QChar unit : QChar::fromUcs4(point))
                append(escapeOf(unit.unicode()));
            at += mark - 1;
        } else if (*at == '"' || *at == '\\') {
            const char escaped[] = { '\\', *at };
            append(QByteArrayView(escaped, 2));
        } else {
            append(escapeOf(uchar(*at)));
        }
        plain = at + 1;
    }
    append(QByteArrayView(plain, utf8.end() - plain));
    append('"');
}

void JsonWriter::integer(qint64 value)
{
    char digits[24];
    const auto result = std::to_chars(std::begin(digits), std::end(digits), value);
    literal(QByteArrayView(digits, result.ptr - digits));
}

void JsonWriter::number(double value)
{
    char digits[40];
    // Shortest form that reads back to two decimals: confidences and rates need no more.
    const auto result = std::to_chars(std::begin(digits), std::end(digits), std::round(value * 100) / 100);
    literal(QByteArrayView(digits, result.ptr - digits));
}

void JsonWriter::integerOrNull(std::optional<qint64> value)
{
    if (value)
        integer(*value);
    else
        null();
}

void JsonWriter::stringOrNull(const QString& text)
{
    if (text.isEmpty())
        null();
    else
        string(text);
}

void JsonWriter::time(qint64 epochMs)
{
    using namespace std::chrono;
    const sys_time<milliseconds> instant { milliseconds(epochMs) };
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss clock(instant - day);
    separate();
    append('"');
    appendPadded(std::clamp(int(date.year()), 0, 9999), 4);
    append('-');
    appendPadded(int(unsigned(date.month())), 2);
    append('-');
    appendPadded(int(unsigned(date.day())), 2);
    append('T');
    appendPadded(int(clock.hours().count()), 2);
    append(':');
    appendPadded(int(clock.minutes().count()), 2);
    append(':');
    appendPadded(int(clock.seconds().count()), 2);
    append('.');
    appendPadded(int(clock.subseconds().count()), 3);
    append(QByteArrayView("Z\""));
}

void JsonWriter::bytes(QByteArrayView fieldName, QByteArrayView bytes)
{
    if (isPlainAscii(bytes) || isUtf8(bytes)) {
        name(fieldName);
        string(bytes);
        return;
    }
    const QByteArray encodedName = fieldName.toByteArray() + "_base64";
    name(encodedName);
    const QByteArray encoded = bytes.toByteArray().toBase64();
    string(QByteArrayView(encoded));
}

} // namespace lockscope
