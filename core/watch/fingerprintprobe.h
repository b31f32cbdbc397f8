// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"
#include "locks/watchstatus.h"
#include "redis/connection.h"

namespace lockscope {

/// Which lock libraries a server has served, by the scripts that it remembers.
struct ServedLibraries {
    FamilySet families;
    QList<FoundFingerprint> fingerprints;
    bool refused = false; ///< the server does not let us ask
};
/// One SCRIPT EXISTS for the scripts of all families; answered at once where none is known. A lost link answers with
/// nothing found.
void probeFingerprints(
    Connection& connection, const FamilyRegistry& registry, UniqueFunction<void(const ServedLibraries&)> handler);

} // namespace lockscope
