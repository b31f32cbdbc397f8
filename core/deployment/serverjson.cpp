// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/serverjson.h"

#include "base/errortext.h"
#include "locks/families/familyregistry.h"
#include "locks/listenmode.h"

#include <cmath>

namespace lockscope {

void writeFamily(JsonWriter& json, FamilyId family)
{
    json.name("family");
    if (family == FamilyId::None)
        json.null();
    else
        json.string(FamilyRegistry::instance().name(family));
}

void writeToken(JsonWriter& json, const char* name, bool known, const QByteArray& token)
{
    if (known)
        return json.bytes(name, token);
    json.name(name);
    json.null();
}

std::optional<qint64> ttlOrNull(qint64 ttlMs)
{
    return ttlMs >= 0 ? std::optional(std::min(ttlMs, maximumTtlMs)) : std::nullopt;
}

void writeOptionalTime(JsonWriter& json, const char* name, std::optional<qint64> epochMs)
{
    json.name(name);
    if (epochMs)
        json.time(*epochMs);
    else
        json.null();
}

namespace {

void writeListening(JsonWriter& json, const WatchStatus& status)
{
    json.name("listening");
    json.string(listenModeName(status.listening));
    json.name("listen");
    json.string(listenChoiceName(status.listenChoice));
    json.name("blind_spots");
    json.beginArray();
    for (const BlindSpot spot : blindSpots(status.listening))
        json.string(blindSpotName(spot));
    json.endArray();
    const auto count = [&json](const char* name, quint64 value) {
        json.name(name);
        json.integer(qint64(value));
    };
    count("events_total", status.eventsTotal);
    count("events_merged", status.eventsMerged);
    count("events_deferred", status.eventsDeferred);
    count("verify_backlog", status.verifyBacklog);
    json.name("budget_keys_per_s");
    json.integerOrNull(status.budgetKeysPerSecond > 0 ? std::optional(qint64(std::llround(status.budgetKeysPerSecond)))
                                                      : std::nullopt);
}

void writeCompleteness(JsonWriter& json, const WatchStatus& status, const JsonInstant& now)
{
    const Completeness& whole = status.completeness;
    json.name("complete");
    json.boolean(whole.complete);
    writeOptionalTime(
        json, "completed_at", whole.completedAt ? std::optional(now.wallOf(*whole.completedAt)) : std::nullopt);
    json.name("pass_ms");
    json.integer(whole.passTime.count());
    json.name("keys_scanned");
    json.integer(qint64(whole.keysScanned));
    json.name("keys_expected");
    json.integer(qint64(whole.keysExpected));
    writeOptionalTime(json, "gap_since", status.gapOpen ? std::optional(status.gapSinceMs) : std::nullopt);
}

void writeFingerprints(JsonWriter& json, const QList<FoundFingerprint>& fingerprints)
{
    json.name("fingerprints");
    json.beginArray();
    for (const FoundFingerprint& found : fingerprints) {
        json.beginObject();
        writeFamily(json, found.family);
        json.name("script");
        json.string(QString::fromUtf8(found.script));
        json.name("version");
        json.string(QString::fromUtf8(found.version));
        json.endObject();
    }
    json.endArray();
}

QLatin1StringView linkName(LinkState link)
{
    switch (link) {
    case LinkState::Connecting:
        return QLatin1StringView("connecting");
    case LinkState::Ready:
        return QLatin1StringView("ready");
    case LinkState::Lost:
        return QLatin1StringView("lost");
    case LinkState::Closed:
        break;
    }
    return QLatin1StringView("closed");
}

void writeDatabases(JsonWriter& json, const WatchStatus& status)
{
    json.name("dbs");
    json.beginArray();
    if (status.databases.isEmpty())
        json.integer(status.database);
    for (const qint32 database : status.databases)
        json.integer(database);
    json.endArray();
}

void writeScan(JsonWriter& json, const ScanSource& scan)
{
    json.name("scan");
    json.beginObject();
    json.name("wanted");
    json.string(scan.wanted ? QLatin1StringView("replica") : QLatin1StringView("master"));
    json.name("replica");
    json.stringOrNull(scan.replica);
    json.name("lag_bytes");
    json.integerOrNull(scan.lagBytes);
    json.name("lag_s");
    json.integerOrNull(scan.lagSeconds);
    json.name("master_silent_s");
    json.integerOrNull(scan.silentSeconds);
    json.name("why_master");
    json.stringOrNull(scan.whyMaster);
    json.endObject();
}

void writeNodeState(JsonWriter& json, const NodeStatus& node)
{
    json.beginObject();
    json.name("node");
    json.string(node.name);
    json.name("link");
    json.string(linkName(node.link));
    json.name("complete");
    json.boolean(node.completeness.complete);
    json.name("listening");
    json.string(listenModeName(node.listening));
    json.name("flavour");
    json.string(QString::fromUtf8(node.flavour));
    json.name("version");
    json.string(QString::fromUtf8(node.version));
    json.name("role");
    json.string(QString::fromUtf8(node.role));
    writeScan(json, node.scan);
    json.name("clock_offset_ms");
    json.integerOrNull(node.clockOffset ? std::optional(qint64(node.clockOffset->count())) : std::nullopt);
    json.name("error");
    json.stringOrNull(node.error ? errorMessage(*node.error) : QString());
    json.endObject();
}

void writeNodeStates(JsonWriter& json, const WatchStatus& status)
{
    json.name("node_states");
    json.beginArray();
    for (const NodeStatus& node : status.nodes) {
        if (node.isMember)
            writeNodeState(json, node);
    }
    json.endArray();
}

} // namespace

void writeServer(JsonWriter& json, const WatchStatus& status, const JsonInstant& now)
{
    json.name("server");
    json.beginObject();
    json.name("nodes");
    json.beginArray();
    for (const NodeStatus& node : status.nodes) {
        if (node.isMember)
            json.string(node.name);
    }
    json.endArray();
    json.name("db");
    json.integer(status.database);
    writeDatabases(json, status);
    json.name("quorum");
    json.integerOrNull(status.quorum > 0 ? std::optional(qint64(status.quorum)) : std::nullopt);
    writeNodeStates(json, status);
    json.name("flavour");
    json.string(QString::fromUtf8(status.serverFlavour));
    json.name("version");
    json.string(QString::fromUtf8(status.serverVersion));
    json.name("role");
    json.string(QString::fromUtf8(status.serverRole));
    writeListening(json, status);
    writeScan(json, status.scan);
    json.name("read_only");
    json.boolean(status.readOnly);
    writeFingerprints(json, status.fingerprints);
    writeCompleteness(json, status, now);
    json.endObject();
}

} // namespace lockscope
