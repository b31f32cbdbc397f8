// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lockscope {

/// Writes `***` over the passwords in `--uri URI` and `--uri=URI` where the kernel keeps the command line, so that
/// everybody's `ps` shows them no longer. Call it as soon as the arguments are read. What follows a lone `--` is a
/// command of somebody else's and stays.
void maskUriPasswords(int argc, char** argv);

} // namespace lockscope
