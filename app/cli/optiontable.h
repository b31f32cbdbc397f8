// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace lockscope::cli {

/// One command of this version.
struct CommandFacts {
    const char* name;
    const char* synopsis; ///< what follows the name
    const char* summary; ///< translatable, context lockscope::Cli
    bool takesKey; ///< exactly one argument, a KEY or an AUDIT_ID (force-release: or --match)
};

/// One option, as parser and help see it.
struct OptionFacts {
    const char* name; ///< without dashes
    const char* valueName; ///< empty: a switch
    const char* commands; ///< blank-separated; empty: every command
    const char* summary; ///< translatable, context lockscope::Cli
};

[[nodiscard]] const std::vector<CommandFacts>& commandTable();
[[nodiscard]] const std::vector<OptionFacts>& optionTable();
/// Null if there is none.
[[nodiscard]] const CommandFacts* findCommand(const QString& name);
[[nodiscard]] bool optionBelongsTo(const OptionFacts& option, const QString& command);
/// Commands of the contract that a later version brings.
[[nodiscard]] bool isCommandOfLaterVersion(const QString& name);
[[nodiscard]] QString cliText(const char* text);
/// What is wrong with the command line.
[[nodiscard]] inline tl::unexpected<Error> usage(const QString& detail) { return fail(ErrorKind::Usage, detail); }

} // namespace lockscope::cli
