// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/tokenshape.h"

#include <QTimeZone>

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool isHex(QByteArrayView bytes) { return !bytes.isEmpty() && std::all_of(bytes.begin(), bytes.end(), isHexDigit); }

bool isPid(QByteArrayView bytes)
{
    return !bytes.isEmpty() && bytes.size() <= 8 && bytes[0] != '0' && std::all_of(bytes.begin(), bytes.end(), isDigit);
}

/// A host name or an IPv4 address: something that nobody would take for a random string or a plain word with a number.
bool isHost(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.size() > 253 || isDashedUuid(bytes))
        return false;
    if (bytes.size() >= 16 && isHex(bytes))
        return false;
    const bool allowed = std::all_of(bytes.begin(), bytes.end(),
        [](char c) { return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_'; });
    const bool named
        = std::any_of(bytes.begin(), bytes.end(), isLetter) || std::count(bytes.begin(), bytes.end(), '.') == 3;
    return allowed && named && isHexDigit(bytes[0]) + isLetter(bytes[0]) > 0;
}

bool isBase64Of16(QByteArrayView bytes)
{
    if (bytes.size() == 24 && bytes.endsWith("=="))
        bytes.chop(2);
    if (bytes.size() != 22)
        return false;
    const bool alphabet = std::all_of(bytes.begin(), bytes.end(),
        [](char c) { return isLetter(c) || isDigit(c) || c == '+' || c == '/' || c == '-' || c == '_'; });
    // 128 bits leave four zero bits in the last digit: it can only be one of these.
    constexpr std::array lastDigits { 'A', 'Q', 'g', 'w' };
    return alphabet && std::find(lastDigits.begin(), lastDigits.end(), bytes.back()) != lastDigits.end();
}

QByteArray withoutDashes(QByteArrayView token)
{
    QByteArray hex = token.toByteArray();
    if (isDashedUuid(token))
        hex.replace('-', QByteArrayView());
    return hex;
}

/// Two shapes that put the process last or in the middle: `pid@host` and `host_pid_<32 hex>…`.
std::optional<HostAndPid> decodeRareHostAndPid(QByteArrayView token)
{
    const qsizetype at = token.indexOf('@');
    if (at > 0 && isPid(token.first(at)) && isHost(token.sliced(at + 1)))
        return HostAndPid { token.sliced(at + 1).toByteArray(), token.first(at).toByteArray(), {} };
    const qsizetype last = token.lastIndexOf('_');
    if (last <= 0 || token.size() - last - 1 != 32 || !isHex(token.sliced(last + 1)))
        return {};
    const QByteArrayView head = token.first(last);
    const qsizetype middle = head.lastIndexOf('_');
    if (middle > 0 && isHost(head.first(middle)) && isPid(head.sliced(middle + 1)))
        return HostAndPid { head.first(middle).toByteArray(), head.sliced(middle + 1).toByteArray(), {} };
    return {};
}

} // namespace

bool isDashedUuid(QByteArrayView bytes)
{
    if (bytes.size() != 36)
        return false;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? bytes[i] != '-' : !isHexDigit(bytes[i]))
            return false;
    }
    return true;
}

std::optional<TimeUuid> decodeTimeUuid(QByteArrayView token)
{
    // The version digit first: nearly all tokens are random, and a million of them come along here.
    const bool dashed = token.size() == 36;
    if ((!dashed && token.size() != 32) || token[dashed ? 14 : 12] != '1')
        return {};
    if (dashed ? !isDashedUuid(token) : !isHex(token))
        return {};
    const QByteArray hex = withoutDashes(token).toLower();
    const bool rfcVariant = QByteArrayView("89ab").contains(hex[16]);
    if (!rfcVariant)
        return {};
    const QByteArray ticksHex = hex.mid(13, 3) + hex.mid(8, 4) + hex.left(8);
    const quint64 ticks = ticksHex.toULongLong(nullptr, 16); // of 100 ns since 1582-10-15
    constexpr quint64 epochOffset = 0x01b21dd213814000ULL;
    const qint64 ms = qint64(ticks / 10000) - qint64(epochOffset / 10000);
    constexpr qint64 year2000 = 946684800000;
    constexpr qint64 year2100 = 4102444800000;
    if (ms < year2000 || ms >= year2100)
        return {};
    TimeUuid result { QDateTime::fromMSecsSinceEpoch(ms).toUTC(), {} };
    const QByteArray node = QByteArray::fromHex(hex.mid(20));
    if (!(quint8(node[0]) & 1)) // the multicast bit marks a random node
        result.node = node.toHex(':');
    return result;
}

std::optional<HostAndPid> decodeHostAndPid(QByteArrayView token)
{
    if (token.size() > maximumShapeBytes)
        return {};
    const qsizetype colon = token.indexOf(':');
    if (colon <= 0)
        return decodeRareHostAndPid(token);
    const QByteArrayView rest = token.sliced(colon + 1);
    const qsizetype next = rest.indexOf(':');
    const QByteArrayView pid = next < 0 ? rest : rest.first(next);
    if (!isHost(token.first(colon)) || !isPid(pid))
        return {};
    HostAndPid result { token.first(colon).toByteArray(), pid.toByteArray(), {} };
    if (next < 0)
        return result;
    QByteArrayView thread = rest.sliced(next + 1);
    if (const qsizetype end = thread.indexOf(':'); end >= 0)
        thread = thread.first(end);
    // What follows the process may be its thread or just random: only a short, readable word is worth showing.
    const bool random = tokenShape(thread) != TokenShape::None || thread.size() > 40;
    if (!random)
        result.thread = thread.toByteArray();
    return result;
}

TokenShape tokenShape(QByteArrayView token)
{
    if (token.size() < 4 || token.size() > maximumShapeBytes)
        return TokenShape::None;
    if (token.size() >= 36 && isDashedUuid(token.first(36))) {
        if (token.size() == 36)
            return decodeTimeUuid(token) ? TokenShape::TimeUuid : TokenShape::Uuid;
        return token[36] == ':' || token[36] == '-' || token[36] == '_' ? TokenShape::Uuid : TokenShape::None;
    }
    if ((token.size() == 32 || token.size() == 40 || token.size() == 64) && isHex(token))
        return decodeTimeUuid(token) ? TokenShape::TimeUuid : TokenShape::Hex;
    if (isBase64Of16(token))
        return TokenShape::Base64;
    if (token.front() == '{' && token.back() == '}')
        return TokenShape::Json;
    return decodeHostAndPid(token) ? TokenShape::HostAndPid : TokenShape::None;
}

} // namespace lockscope
