// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace lockscope {

/// The first line of a small file without its line end, for --password-file and --token-file; `-` is standard input.
/// Blocks while it reads. Errors: Storage, with the file's name.
[[nodiscard]] Result<Secret> readSecretFile(const QString& path);

} // namespace lockscope
