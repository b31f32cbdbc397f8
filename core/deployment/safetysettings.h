// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lockscope {

/// Limits that only a file can change, never a click: section `[safety]` of the settings file that window and command
/// line share.
struct SafetySettings {
    int maximumLocksPerAct = 10; ///< `maximum-locks-per-act`, 1 or more

    /// The file as it is now; what is missing or no number keeps its default. Empty: the standard file.
    [[nodiscard]] static SafetySettings read(const QString& file = {});
    /// `~/.config/lockscope/lockscope.ini` or where $XDG_CONFIG_HOME says.
    [[nodiscard]] static QString standardFile();
};

} // namespace lockscope
