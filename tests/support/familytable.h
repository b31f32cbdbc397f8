// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lockscope {

/// resources/families.md: what every family says of itself (LockFamily::facts), as one Markdown table.
[[nodiscard]] QByteArray familyTable();

} // namespace lockscope
