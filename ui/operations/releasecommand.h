// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

#include <QString>

namespace lockscope {

/// What a force-release of this family does to the key and to those who wait, in sentences.
[[nodiscard]] QString releaseExplanation(FamilyId family);
/// The commands that a force-release sends, one a target, as they could be typed into redis-cli.
[[nodiscard]] QString releaseCommands(const QList<ForceReleaseTarget>& targets);

} // namespace lockscope
