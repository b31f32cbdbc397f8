// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope::cli {

// Keys and tokens are bytes, the command line may hold any but NUL, and QString holds text: bytes that are no UTF-8
// travel as lone low surrogates U+DC80 to U+DCFF (as PEP 383 has it), which no valid text contains, and come back as
// they were.

[[nodiscard]] QString argumentText(QByteArrayView bytes);
[[nodiscard]] QByteArray argumentBytes(const QString& text);

} // namespace lockscope::cli
