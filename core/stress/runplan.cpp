// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/runplan.h"

namespace lockscope {

namespace {

constexpr int nonceDigits = 24;
constexpr int numberDigits = 8;

void writeHex(char* to, quint32 number)
{
    for (int i = numberDigits - 1; i >= 0; --i, number >>= 4)
        to[i] = "0123456789abcdef"[number & 15U];
}

} // namespace

QByteArray RunPlan::token(quint32 client, quint32 section) const
{
    QByteArray token(nonceDigits + 2 * numberDigits, Qt::Uninitialized);
    std::copy(nonce.begin(), nonce.end(), token.data());
    writeHex(token.data() + nonceDigits, client);
    writeHex(token.data() + nonceDigits + numberDigits, section);
    return token;
}

qint32 RunPlan::clientOf(QByteArrayView token) const
{
    if (token.size() != nonceDigits + 2 * numberDigits || !token.startsWith(nonce))
        return -1;
    bool ok = false;
    const uint client = token.sliced(nonceDigits, numberDigits).toByteArray().toUInt(&ok, 16);
    return ok ? qint32(client) : -1;
}

} // namespace lockscope
