// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionbook.h"

namespace lockscope {

/// One connection of another program's export.
struct ImportedConnection {
    SavedConnection connection; ///< with an id of its own; `specs` without passwords
    Secret password;
    QStringList notes; ///< what could not be taken over, for people
    bool isUsable = false; ///< else `notes` says why not, and `specs` may be empty
};

/// What an export holds.
struct ConnectionImport {
    QString program; ///< whose export it is
    QList<ImportedConnection> connections;
};

/// Reads an export of RedisInsight (JSON; that of the older Redis Desktop Manager too) or of Another Redis Desktop
/// Manager (`.ano`: the same in base64), or a list of Lockscope itself. Tolerates missing and odd fields; any bytes are
/// safe. Errors: Usage (neither of these), NotSupported (more than 10 000 connections).
[[nodiscard]] Result<ConnectionImport> parseConnectionExport(const QByteArray& bytes);

} // namespace lockscope
