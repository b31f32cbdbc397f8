// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/granttext.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/jsonwriter.h"

namespace lockscope::cli {

namespace {

/// `votes: 2 of 3 (10.0.0.3:6379: no answer in time)`; nothing for a lock on one server.
QByteArray votesText(const AcquireGrant& grant)
{
    if (grant.nodes.isEmpty())
        return {};
    qsizetype yes = 0;
    QStringList others;
    for (const NodeAnswer& node : grant.nodes) {
        if (node.vote == NodeVote::Yes)
            ++yes;
        else
            others += node.node + QStringLiteral(": ")
                + (node.error ? errorTitle(node.error->kind) : QString(nodeVoteName(node.vote)));
    }
    QString text = QStringLiteral("votes: %1 of %2").arg(yes).arg(grant.nodes.size());
    if (!others.isEmpty())
        text += QStringLiteral(" (") + others.join(QStringLiteral(", ")) + QLatin1Char(')');
    return text.toUtf8() + '\n';
}

/// Node → token or null, as in the JSON of a lock.
void writeVotes(JsonWriter& writer, const AcquireGrant& grant)
{
    writer.name("votes");
    writer.beginObject();
    for (const NodeAnswer& node : grant.nodes) {
        writer.name(node.node.toUtf8());
        if (node.vote == NodeVote::Yes && isUtf8(grant.token))
            writer.string(QByteArrayView(grant.token));
        else
            writer.null();
    }
    writer.endObject();
}

} // namespace

QByteArray grantText(const AcquireGrant& grant, bool json)
{
    const QByteArray validity = QByteArray::number(qint64(grant.validity.count()));
    if (!json) {
        const QByteArray fence = grant.fence ? QByteArray::number(*grant.fence) : QByteArray("none");
        return "token: " + displayText(grant.token).toUtf8() + "\nvalidity: " + validity + " ms\nfence: " + fence + '\n'
            + votesText(grant);
    }
    JsonWriter writer;
    writer.beginObject();
    writer.bytes("key", grant.key);
    writer.bytes("token", grant.token);
    writer.name("ttl_ms");
    writer.integer(grant.ttl.count());
    writer.name("validity_ms");
    writer.integer(grant.validity.count());
    writer.name("valid_until");
    writer.time(wallTimeOf(grant.validUntil, SystemClock::instance()).toMSecsSinceEpoch());
    writer.name("fence");
    writer.integerOrNull(grant.fence);
    if (!grant.nodes.isEmpty())
        writeVotes(writer, grant);
    writer.endObject();
    return writer.take() + '\n';
}

} // namespace lockscope::cli
