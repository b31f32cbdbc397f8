// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

enum Kind : quint8 { Digit = 1, HexLetter = 2, Letter = 4, Base64Mark = 8, UrlMark = 16 };

constexpr std::array<quint8, 256> makeKinds()
{
    std::array<quint8, 256> kinds {};
    for (size_t c = '0'; c <= '9'; ++c)
        kinds[c] = Digit;
    for (size_t c = 'a'; c <= 'z'; ++c)
        kinds[c] = Letter;
    for (size_t c = 'A'; c <= 'Z'; ++c)
        kinds[c] = Letter;
    for (size_t c = 'a'; c <= 'f'; ++c)
        kinds[c] |= HexLetter;
    for (const uchar c : { '+', '/' })
        kinds[c] = Base64Mark;
    for (const uchar c : { '-', '_' })
        kinds[c] = UrlMark;
    return kinds;
}

constexpr std::array<quint8, 256> kinds = makeKinds();

bool consistsOf(QByteArrayView bytes, int allowed)
{
    return !bytes.isEmpty()
        && std::all_of(bytes.begin(), bytes.end(), [allowed](char c) { return kinds[quint8(c)] & allowed; });
}

bool isVariant(char c) { return c == '8' || c == '9' || c == 'a' || c == 'b'; }

} // namespace

bool isDecimal(QByteArrayView bytes) { return consistsOf(bytes, Digit); }

bool isLowerHex(QByteArrayView bytes) { return consistsOf(bytes, Digit | HexLetter); }

bool isLetters(QByteArrayView bytes) { return consistsOf(bytes, Letter); }

bool isAlphanumeric(QByteArrayView bytes) { return consistsOf(bytes, Letter | Digit); }

bool isBase64(QByteArrayView bytes) { return consistsOf(bytes, Letter | Digit | Base64Mark); }

bool isBase64Url(QByteArrayView bytes) { return consistsOf(bytes, Letter | Digit | UrlMark); }

bool isUuidV4(QByteArrayView bytes)
{
    return bytes.size() == 36 && bytes[14] == '4' && isVariant(bytes[19]) && bytes[8] == '-' && bytes[13] == '-'
        && bytes[18] == '-' && bytes[23] == '-' && isLowerHex(bytes.first(8)) && isLowerHex(bytes.sliced(9, 4))
        && isLowerHex(bytes.sliced(15, 3)) && isLowerHex(bytes.sliced(20, 3)) && isLowerHex(bytes.sliced(24));
}

bool isUuidHex(QByteArrayView bytes, char version)
{
    return bytes.size() == 32 && bytes[12] == version && isVariant(bytes[16]) && isLowerHex(bytes);
}

bool hasRawBytes(QByteArrayView bytes)
{
    return std::any_of(bytes.begin(), bytes.end(), [](char c) { return c < ' ' || c > '~'; });
}

QByteArrayView lastPart(QByteArrayView key) { return key.sliced(key.lastIndexOf(':') + 1); }

} // namespace lockscope
