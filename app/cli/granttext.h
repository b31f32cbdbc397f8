// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

namespace lockscope::cli {

/// What acquire and extend print: a JSON object, or one `name: value` a line.
[[nodiscard]] QByteArray grantText(const AcquireGrant& grant, bool json);

} // namespace lockscope::cli
