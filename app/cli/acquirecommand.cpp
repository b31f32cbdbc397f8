// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/granttext.h"
#include "cli/lockedchild.h"

using namespace std::chrono_literals;

namespace lockscope::cli {

namespace {

/// Nobody can use this lock: it is given back before we go.
void giveBack(Session& session, const AcquireGrant& grant)
{
    // Where this fails, the lease ends by itself; there is nobody to tell.
    const Status released = session.await(session.deployment().release({ grant.key, grant.token }), 0ms, false);
    Q_UNUSED(released)
}

} // namespace

Result<int> runAcquire(Session& session)
{
    const Invocation& invocation = session.invocation();
    session.invocation().deployment.watchLocks = false;
    session.signalWatcher().catchUserSignals();
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    AcquireRequest request;
    request.key = invocation.key();
    request.token = invocation.token.value_or(QByteArray());
    // As redsync has it, where redsync may hold the same lock.
    constexpr Milliseconds redlockTtl { 8000 };
    const bool isRedlock = session.deployment().quorumMasters() > 1;
    request.ttl = invocation.ttl.value_or(isRedlock ? redlockTtl : request.ttl);
    request.fence = invocation.fence;
    request.wait = invocation.wait;
    request.audit = auditReason(invocation);
    const Result<AcquireGrant> grant = session.awaitWrite(session.deployment().acquire(request));
    if (!grant)
        return fail(grant.error());
    if (session.interrupted()) {
        giveBack(session, *grant);
        return session.exitStatus(0);
    }
    if (!invocation.child.isEmpty())
        return LockedChild(session, *grant).run(invocation.child);
    session.write(grantText(*grant, invocation.json));
    if (session.outputClosed()) {
        giveBack(session, *grant);
        return fail(ErrorKind::Storage, QStringLiteral("standard output is closed: nobody got the token"));
    }
    return 0;
}

} // namespace lockscope::cli
