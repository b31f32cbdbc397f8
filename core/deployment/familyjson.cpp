// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/familyjson.h"

#include "base/jsonwriter.h"
#include "locks/families/declaredfamily.h"

namespace lockscope {

namespace {

void writeText(JsonWriter& json, const char* name, const char* utf8)
{
    json.name(name);
    json.string(QByteArrayView(utf8));
}

void writeFamily(JsonWriter& json, const FamilyRegistry& registry, FamilyId id)
{
    const LockFamily& family = registry.family(id);
    const DeclaredFamily* declared = registry.declared(id);
    const FamilyFacts facts = family.facts();
    json.beginObject();
    json.name("name");
    json.string(family.name());
    json.name("declared");
    json.boolean(declared);
    json.name("line");
    json.integerOrNull(declared ? std::optional<qint64>(declared->declaration().line) : std::nullopt);
    json.name("type");
    if (const std::optional<KeyType> type = family.keyType())
        json.string(keyTypeName(*type));
    else
        json.null();
    writeText(json, "libraries", facts.libraries);
    // A pattern may hold any bytes.
    json.name("keys");
    json.string(QString::fromUtf8(facts.keys));
    json.name("token");
    json.string(QString::fromUtf8(facts.token));
    writeText(json, "renewal", facts.renewal);
    writeText(json, "afterwards", facts.afterwards);
    json.endObject();
}

void writeSighting(JsonWriter& json, const FamilyRegistry& registry, const FamilySighting& sighting)
{
    json.beginObject();
    json.bytes("key", sighting.key);
    json.name("family");
    json.string(registry.name(sighting.family));
    json.name("recognised");
    json.boolean(sighting.recognised);
    json.name("taken_by");
    if (sighting.takenBy == FamilyId::None)
        json.null();
    else
        json.string(registry.name(sighting.takenBy));
    json.name("objection");
    if (*sighting.objection)
        json.string(QByteArrayView(sighting.objection));
    else
        json.null();
    json.name("type");
    json.string(keyTypeName(sighting.type));
    if (sighting.holders > 0) {
        json.bytes("token", sighting.token);
    } else {
        json.name("token");
        json.null();
    }
    json.name("holders");
    json.integer(qint64(sighting.holders));
    json.name("owner");
    json.string(sighting.owner);
    json.name("ttl_ms");
    json.integerOrNull(sighting.ttlMs >= 0 ? std::optional(sighting.ttlMs) : std::nullopt);
    json.name("confidence");
    json.number(double(sighting.confidence));
    json.endObject();
}

void writePreview(JsonWriter& json, const FamilyOverview& overview)
{
    json.name("preview");
    if (!overview.preview)
        return json.null();
    const DiscoveryReport& report = *overview.preview;
    const Completeness& whole = report.server.completeness;
    json.beginObject();
    json.name("matches");
    json.beginArray();
    for (const FamilySighting& sighting : report.sightings)
        writeSighting(json, *overview.registry, sighting);
    json.endArray();
    json.name("complete");
    json.boolean(whole.complete && report.sightings.size() < mostSightings);
    json.name("keys_scanned");
    json.integer(qint64(whole.keysScanned));
    json.name("keys_expected");
    json.integer(qint64(whole.keysExpected));
    json.name("keys_read");
    json.integer(qint64(report.keysRead));
    json.endObject();
}

} // namespace

QByteArray familiesToJson(const FamilyOverview& overview)
{
    JsonWriter json;
    json.beginObject();
    json.name("families");
    json.beginArray();
    for (const QByteArray& name : overview.registry->names())
        writeFamily(json, *overview.registry, overview.registry->byName(name));
    json.endArray();
    json.name("file");
    json.string(overview.file);
    json.name("file_exists");
    json.boolean(overview.fileExists);
    json.name("faults");
    json.beginArray();
    for (const FamilyFileFault& fault : overview.faults) {
        json.beginObject();
        json.name("line");
        json.integer(fault.line);
        json.name("message");
        json.string(fault.message);
        json.endObject();
    }
    json.endArray();
    writePreview(json, overview);
    json.endObject();
    return json.take();
}

} // namespace lockscope
