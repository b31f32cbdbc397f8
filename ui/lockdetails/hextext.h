// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope {

/// Sixteen bytes a line: offset, hexadecimal digits, and what is printable of them. `offset` is that of the first byte.
[[nodiscard]] QString hexText(QByteArrayView bytes, qint64 offset = 0);

} // namespace lockscope
