// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

namespace lockscope {

/// What happened, in one translated phrase without the detail: "permission denied".
[[nodiscard]] QString errorTitle(ErrorKind kind);
/// Title, detail and endpoint in one line for a strip or standard error.
[[nodiscard]] QString errorMessage(const Error& error);
/// What the operator can do about it, one translated sentence; never empty.
[[nodiscard]] QString errorHint(const Error& error);

} // namespace lockscope
