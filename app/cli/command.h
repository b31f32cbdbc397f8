// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIODevice>
#include <QStringList>

namespace lockscope::cli {

/// The streams of a command; tests pass buffers.
struct Streams {
    QIODevice* out = nullptr;
    QIODevice* err = nullptr;
    bool outIsTerminal = false;
};

/// Runs `lockscope-cli` with these arguments (without the program name) and returns its exit status. The only place
/// that runs an event loop for the CLI; needs a QCoreApplication.
[[nodiscard]] int run(const QStringList& arguments, const Streams& streams);

} // namespace lockscope::cli
