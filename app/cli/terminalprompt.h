// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/session.h"

namespace lockscope::cli {

/// Asks the person at the terminal: prompt on standard error, answer from standard input. The terminal's settings come
/// back whatever happens.
class TerminalPrompt {
public:
    enum class Echo : quint8 { On, Off };

    /// Both standard input and standard error are a terminal.
    [[nodiscard]] static bool isPossible();
    /// One line without its end; nothing where input ended or a signal came.
    [[nodiscard]] std::optional<QByteArray> ask(Session& session, const QString& question, Echo echo);
};

} // namespace lockscope::cli
