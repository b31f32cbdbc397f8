// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonwriter.h"
#include "cli/commands.h"
#include "cli/optiontable.h"

namespace lockscope::cli {

Result<int> runRelease(Session& session)
{
    const Invocation& invocation = session.invocation();
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    const ReleaseRequest request { invocation.key(), *invocation.token, {}, auditReason(invocation) };
    const Status released = session.awaitWrite(session.deployment().release(request));
    if (!released)
        return fail(released.error());
    if (!invocation.json) {
        session.writeLine(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "released")));
        return 0;
    }
    JsonWriter json;
    json.beginObject();
    json.bytes("key", invocation.key());
    json.name("outcome");
    json.string(QByteArrayView("released"));
    json.endObject();
    session.write(json.take() + '\n');
    return 0;
}

} // namespace lockscope::cli
