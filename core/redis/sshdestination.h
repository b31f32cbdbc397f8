// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QString>
#include <QStringList>

namespace lockscope {

/// Where `ssh` goes to: `[user@]host[:port]`, the host an alias of the user's ssh configuration, a name or an address.
/// Nothing in it can be taken for an option of ssh, or for more than one word by a shell that the user's configuration
/// starts.
struct SshDestination {
    QString user; ///< empty: what the configuration says
    QString host; ///< without brackets
    quint16 port = 0; ///< 0: what the configuration says

    /// As the URI has it, an IPv6 address in brackets.
    [[nodiscard]] QString text() const;
    /// What stands at the end of a command line of ssh.
    [[nodiscard]] QStringList arguments() const;
    friend bool operator==(const SshDestination&, const SshDestination&) = default;
};

/// Errors: Usage, without the text of what is wrong.
[[nodiscard]] Result<SshDestination> parseSshDestination(const QString& text);

} // namespace lockscope
