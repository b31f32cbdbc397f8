// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lockscope {

/// A fresh lock token: 160 bits of the system's random source as 40 hexadecimal digits. Never derived from a clock, a
/// counter or a seed, so that two clients never present the same one.
[[nodiscard]] QByteArray randomToken();

} // namespace lockscope
