// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope {

void copyText(const QString& text);
/// Keys and tokens: the exact text where they are UTF-8 (nothing escaped: it is to be pasted), else quoted as redis-cli
/// reads it.
void copyBytes(const QByteArray& bytes);

} // namespace lockscope
