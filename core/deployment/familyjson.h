// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/discovery.h"
#include "locks/families/familyfile.h"
#include "locks/families/familyregistry.h"

namespace lockscope {

/// What `lockscope-cli families` knows of the families and of the file that declares some of them.
struct FamilyOverview {
    std::shared_ptr<const FamilyRegistry>
        registry; ///< built-in and declared ones; only built-in ones while there are faults
    QString file;
    bool fileExists = false;
    QList<FamilyFileFault> faults;
    std::optional<DiscoveryReport> preview; ///< where a server was asked
};

/// `{"families":[{name, declared, line, type, libraries, keys, token, renewal, afterwards}…],"file":…,"file_exists":…,
/// "faults":[{line, message}…],"preview":{"matches":[{key, family, recognised, taken_by, objection, type, token,
/// holders, owner, ttl_ms, confidence}…],"complete":…,"keys_scanned":…,"keys_expected":…,"keys_read":…}}`, `preview`
/// null without one. Compact, without a line end.
[[nodiscard]] QByteArray familiesToJson(const FamilyOverview& overview);

} // namespace lockscope
