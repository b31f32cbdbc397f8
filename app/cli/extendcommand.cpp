// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/granttext.h"

namespace lockscope::cli {

Result<int> runExtend(Session& session)
{
    const Invocation& invocation = session.invocation();
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    const ExtendRequest request { invocation.key(), *invocation.token, *invocation.ttl, {}, auditReason(invocation) };
    const Result<AcquireGrant> grant = session.awaitWrite(session.deployment().extend(request));
    if (!grant)
        return fail(grant.error());
    session.write(grantText(*grant, invocation.json));
    return 0;
}

} // namespace lockscope::cli
