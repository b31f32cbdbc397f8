// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/releaseimpact.h"

#include "base/bytetext.h"
#include "cli/optiontable.h"
#include "deployment/acttext.h"
#include "locks/families/familyregistry.h"

namespace lockscope::cli {

namespace {

QLatin1StringView aliveName(HolderEvidence::Verdict verdict)
{
    switch (verdict) {
    case HolderEvidence::Verdict::Connected:
        return QLatin1StringView("connected");
    case HolderEvidence::Verdict::NotSeen:
        return QLatin1StringView("not_seen");
    case HolderEvidence::Verdict::Undecidable:
        return QLatin1StringView("undecidable");
    case HolderEvidence::Verdict::NotPermitted:
        return QLatin1StringView("not_permitted");
    case HolderEvidence::Verdict::Unasked:
        break;
    }
    return QLatin1StringView("unasked");
}

void writeStrings(JsonWriter& json, const char* name, const QStringList& texts)
{
    json.name(name);
    json.beginArray();
    for (const QString& text : texts)
        json.string(text);
    json.endArray();
}

void writeClients(JsonWriter& json, const HolderEvidence& evidence)
{
    json.name("clients");
    json.beginArray();
    for (const ClientSeen& client : evidence.clients) {
        json.beginObject();
        json.name("id");
        json.integer(client.id);
        json.bytes("address", client.address);
        json.bytes("name", client.name);
        json.name("why");
        json.string(client.why);
        json.endObject();
    }
    json.endArray();
}

} // namespace

QByteArray impactText(const ReleaseImpact& impact, const ForceReleaseTarget& target)
{
    QString text;
    for (const ImpactLine& line : impactLines(impact))
        text += QStringLiteral("  %1: %2\n").arg(line.subject, line.text);
    if (const QString missing = missingRightsText(impact, target.act); !missing.isEmpty())
        text += QStringLiteral("  %1\n").arg(missing);
    text += QStringLiteral("  %1\n").arg(actExplanation(target.family, target.act));
    text += QStringLiteral("  > %1\n").arg(actCommands({ target }));
    return text.toUtf8();
}

void writeImpactJson(JsonWriter& json, const ReleaseImpact& impact, const ForceReleaseTarget& target)
{
    json.name("impact");
    json.beginObject();
    json.name("alive");
    json.string(aliveName(impact.evidence.verdict));
    json.name("connections");
    json.integer(impact.evidence.connections);
    writeClients(json, impact.evidence);
    json.name("waiters");
    json.integerOrNull(impact.seen.waiters >= 0 ? std::optional(impact.seen.waiters) : std::nullopt);
    json.name("fence");
    json.integerOrNull(impact.seen.fence);
    for (const ImpactLine& line : impactLines(impact).mid(3, 1)) {
        json.name("afterwards");
        json.string(line.text);
    }
    if (impact.rightsKnown) {
        writeStrings(json, "missing_rights", impact.missingRights.value(target.act));
    } else {
        json.name("missing_rights");
        json.null();
    }
    QStringList others;
    for (const QByteArray& key : impact.otherSlots)
        others.append(displayText(key));
    writeStrings(json, "other_slots", others);
    json.name("command");
    json.string(actCommands({ target }));
    json.endObject();
}

} // namespace lockscope::cli
