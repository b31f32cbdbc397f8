// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/familytable.h"

#include "locks/families/familyregistry.h"

namespace lockscope {

namespace {

constexpr const char* head = R"(# Lock families

What Lockscope recognises, what a family's locks look like in Redis, and what comes after a force-release. The target
`update_families` writes this file out of the families themselves.

| Family | Libraries | Keys | Token | Lease and renewal | After a force-release |
|---|---|---|---|---|---|
)";

} // namespace

QByteArray familyTable()
{
    QByteArray text = head;
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        const FamilyFacts facts = registry.family(registry.byName(name)).facts();
        text += "| `" + name + "` | " + facts.libraries + " | " + facts.keys + " | " + facts.token + " | "
            + facts.renewal + " | " + facts.afterwards + " |\n";
    }
    return text;
}

} // namespace lockscope
