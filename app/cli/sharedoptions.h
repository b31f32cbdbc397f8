// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/invocation.h"

class QCommandLineParser;

namespace lockscope::cli {

/// Reads what every command understands: servers and how they may be used, families, databases, how to watch, what to
/// print. The command's name is known by then. Loads the families file. Errors: as parseCommandLine().
[[nodiscard]] Status readSharedOptions(const QCommandLineParser& parser, Invocation& invocation);
/// An option that is a number of milliseconds. Errors: Usage.
[[nodiscard]] Result<Milliseconds> duration(
    const QCommandLineParser& parser, const char* option, qint64 smallest, qint64 largest);

} // namespace lockscope::cli
