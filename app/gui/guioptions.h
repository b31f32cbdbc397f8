// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "connections/connectionchoice.h"
#include "deployment/connectionbook.h"
#include "watch/watchengine.h"

#include <QStringList>

#include <optional>

namespace lockscope {

/// What the command line of `lockscope` says (contract). A value.
struct GuiOptions {
    ConnectionChoice choice;
    std::optional<SavedConnection> saved; ///< by --connection; its URIs are in `choice`, too
    bool isAddressed = false; ///< by a URI, the sandbox or a saved connection; else the default server
    std::optional<ThemeMode> theme; ///< nothing: as remembered
    QString familiesFile; ///< empty: the standard one
    QString screenshotFile; ///< empty: an ordinary run
    bool environmentGiven = false; ///< by --environment or $LOCKSCOPE_ENVIRONMENT
    bool enableNotifications = false; ///< consent given beforehand
    bool listenGiven = false; ///< else as remembered
    int verifyRate = 0; ///< keys a second; 0: as remembered
    Pace pace = Pace::Auto;
    Milliseconds timeout { 5000 };
    /// `--help` or `--version` was asked for: print this and exit.
    QString message;
};

/// Reads `arguments` (the program's name first) with these environment values. Errors: Usage, Storage (the password
/// file), NotSupported; they never quote a secret.
[[nodiscard]] Result<GuiOptions> parseGuiOptions(
    const QStringList& arguments, const QByteArray& environmentUri, const QByteArray& environmentPassword);

} // namespace lockscope
