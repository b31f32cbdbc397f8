// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lockscope {

/// Whether it is an IPv6 address, maybe with the interface behind a `%`. QHostAddress alone takes any characters behind
/// either, NUL and those of a shell included.
[[nodiscard]] bool isIpv6Literal(const QString& text);

} // namespace lockscope
