// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lockscope {

/// The whole program `lockscope`: options, theme, window, event loop. Answers the exit status.
[[nodiscard]] int runGui(int argc, char** argv);

} // namespace lockscope
