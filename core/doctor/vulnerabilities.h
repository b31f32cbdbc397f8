// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <array>
#include <optional>

namespace lockscope {

/// Major, minor, patch.
using ServerVersion = std::array<int, 3>;
/// Nothing where it is no version; what follows the third number does not count.
[[nodiscard]] std::optional<ServerVersion> parseServerVersion(const QByteArray& text);
[[nodiscard]] QByteArray versionText(const ServerVersion& version);

/// A published security fault and the releases that mend it.
struct Vulnerability {
    const char* name; ///< `CVE-2025-49844`
    const char* effect; ///< translatable, context lockscope::Doctor
    ServerVersion introduced;
    QList<ServerVersion> redis; ///< the first good release of each branch
    bool redisIsWhole; ///< every branch that was mended is in `redis`: an older one without an entry stays faulty
    QList<ServerVersion> valkey; ///< never taken for whole
    const char* source;
    bool onlyWithTls = false; ///< servers that do not listen for TLS are not concerned
};
/// What was verified, the oldest first.
[[nodiscard]] const QList<Vulnerability>& knownVulnerabilities();

struct VulnerabilityMatch {
    const Vulnerability* vulnerability = nullptr;
    std::optional<ServerVersion> mended; ///< the release of the same branch; none: no release of it has the fix
};
/// Those that concern a version of `redis` or `valkey`; distributions mend them without changing the version.
[[nodiscard]] QList<VulnerabilityMatch> vulnerabilitiesOf(const QByteArray& flavour, const ServerVersion& version);

} // namespace lockscope
