// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lockscope {

/// For a tool tip: as it stands, whatever looks like markup in it, and broken where it is too long.
[[nodiscard]] QString plainTip(const QString& text);

} // namespace lockscope
