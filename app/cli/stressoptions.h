// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/invocation.h"

class QCommandLineParser;

namespace lockscope::cli {

/// Reads the options of `stress` into `invocation.stress`. Errors: Usage.
[[nodiscard]] Status readStressOptions(const QCommandLineParser& parser, Invocation& invocation);
/// What `stress --help` tells beside the options: strategies and faults.
[[nodiscard]] QString stressHelp();

} // namespace lockscope::cli
