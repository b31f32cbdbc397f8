// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/randomtoken.h"

#include <QRandomGenerator>

#include <array>

namespace lockscope {

QByteArray randomToken()
{
    std::array<quint32, 5> words {};
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    return QByteArray(reinterpret_cast<const char*>(words.data()), sizeof(words)).toHex();
}

} // namespace lockscope
