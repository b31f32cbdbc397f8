// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <QString>

namespace lockscope {

/// The icon of a lock family, for themedIcon() and tintedPixmap(): by the language of its libraries, a padlock for the
/// plain pattern.
[[nodiscard]] QString familyIcon(FamilyId family);

} // namespace lockscope
