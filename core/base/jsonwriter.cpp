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
        // U+0080 to U+009F steer terminals as ESC does; in UTF-8 they are C2 80 to C2 9F.
        const bool isC1 = uchar(*at) == 0xC2 && at + 1 != utf8.end() && uchar(at[1]) < 0xA0;
        if (!needsEscape(*at) && !isC1)
            continue;
        append(QByteArrayView(plain, at - plain));
        if (*at == '"' || *at == '\\') {
            const char escaped[] = { '\\', *at };
            append(QByteArrayView(escaped, 2));
        } else {
            constexpr char digits[] = "0123456789abcdef";
            const auto code = uchar(isC1 ? *++at : *at);
            const char escaped[] = { '\\', 'u', '0', '0', digits[code >> 4], digits[code & 0xF] };
            append(QByteArrayView(escaped, 6));
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
