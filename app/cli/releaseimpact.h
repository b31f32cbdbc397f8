// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonwriter.h"
#include "operations/lockoperation.h"

namespace lockscope::cli {

/// The impact statement for people, a line a fact, with the exact command of `target`.
[[nodiscard]] QByteArray impactText(const ReleaseImpact& impact, const ForceReleaseTarget& target);
/// The member `impact` of a plan: `{"alive":…,"connections":…,"clients":[{id, address, name, why}…],"waiters":…,
/// "fence":…,"afterwards":…,"missing_rights":[…] or null,"other_slots":[…],"command":…}`.
void writeImpactJson(JsonWriter& json, const ReleaseImpact& impact, const ForceReleaseTarget& target);

} // namespace lockscope::cli
