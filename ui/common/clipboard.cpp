// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/clipboard.h"

#include "base/bytetext.h"

#include <QClipboard>
#include <QGuiApplication>

namespace lockscope {

void copyText(const QString& text) { QGuiApplication::clipboard()->setText(text); }

void copyBytes(const QByteArray& bytes)
{
    copyText(isUtf8(bytes) && !bytes.contains('\0') ? QString::fromUtf8(bytes) : redisCliQuoted(bytes));
}

} // namespace lockscope
