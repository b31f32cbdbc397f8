// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/jsonwriter.h"
#include "deployment/lockjson.h"
#include "deployment/serverjson.h"

#include <cmath>

// What a search for locks has found.

namespace lockscope {

namespace {

/// To three digits: more are noise.
double rounded(double share) { return std::round(share * 1000) / 1000; }

void writeProposal(JsonWriter& json, const PatternProposal& proposal)
{
    json.beginObject();
    json.bytes("match", proposal.match);
    writeFamily(json, proposal.family);
    json.name("confidence");
    json.number(rounded(double(proposal.confidence)));
    json.name("count");
    json.integer(qint64(proposal.count));
    json.name("no_ttl");
    json.integer(qint64(proposal.noTtl));
    json.name("purity");
    json.number(rounded(double(proposal.purity)));
    json.name("share");
    json.number(rounded(proposal.share));
    json.name("examples");
    json.beginArray();
    for (const QByteArray& key : proposal.examples) {
        if (isUtf8(key)) {
            json.string(QByteArrayView(key));
            continue;
        }
        json.beginObject();
        json.bytes("key", key);
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

} // namespace

QByteArray discoveryToJson(const DiscoveryReport& report)
{
    const Completeness& whole = report.server.completeness;
    JsonWriter json;
    json.beginObject();
    json.name("proposals");
    json.beginArray();
    for (const PatternProposal& proposal : report.proposals)
        writeProposal(json, proposal);
    json.endArray();
    writeServer(json, report.server, { report.takenAt, report.takenAtMs });
    json.name("complete");
    json.boolean(whole.complete);
    json.name("keys_scanned");
    json.integer(qint64(whole.keysScanned));
    json.name("keys_expected");
    json.integer(qint64(whole.keysExpected));
    json.name("keys_read");
    json.integer(qint64(report.keysRead));
    json.name("taken_at");
    json.time(report.takenAtMs);
    json.endObject();
    return json.take();
}

} // namespace lockscope
