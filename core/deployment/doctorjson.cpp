// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/doctorjson.h"

#include "base/jsonwriter.h"

namespace lockscope {

namespace {

void writeText(JsonWriter& json, const char* name, const QString& text)
{
    json.name(name);
    json.stringOrNull(text);
}

void writeTexts(JsonWriter& json, const char* name, const QStringList& texts)
{
    json.name(name);
    json.beginArray();
    for (const QString& text : texts)
        json.string(text);
    json.endArray();
}

void writeFinding(JsonWriter& json, const Finding& finding)
{
    json.beginObject();
    json.name("check");
    json.string(QByteArrayView(finding.check));
    json.name("severity");
    json.string(severityName(finding.severity));
    writeTexts(json, "nodes", finding.nodes);
    writeText(json, "title", finding.title);
    writeText(json, "evidence", finding.evidence);
    writeText(json, "why", finding.why);
    writeText(json, "mend", finding.mend);
    writeTexts(json, "commands", finding.commands);
    writeText(json, "source", finding.source);
    json.endObject();
}

void writeNode(JsonWriter& json, const NodeCapabilities& node)
{
    json.beginObject();
    writeText(json, "node", node.node);
    writeText(json, "flavour", QString::fromUtf8(node.flavour));
    writeText(json, "version", QString::fromUtf8(node.version));
    writeText(json, "role", QString::fromUtf8(node.role));
    json.name("probe_ms");
    json.integer(node.took.count());
    json.name("capabilities");
    json.beginArray();
    for (const Capability& capability : node.capabilities) {
        json.beginObject();
        json.name("name");
        json.string(QByteArrayView(capability.name));
        json.name("state");
        json.string(capabilityStateName(capability.state));
        writeText(json, "reason", capability.reason);
        writeText(json, "consequence", capability.consequence);
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

} // namespace

QByteArray doctorToJson(const DoctorReport& report)
{
    JsonWriter json;
    json.beginObject();
    json.name("verdict");
    json.string(severityName(report.worst()));
    json.name("counts");
    json.beginObject();
    for (int severity = severityCount - 1; severity >= 0; --severity) {
        json.name(severityName(Severity(severity)).data());
        json.integer(report.counts()[size_t(severity)]);
    }
    json.endObject();
    json.name("findings");
    json.beginArray();
    for (const Finding& finding : report.findings)
        writeFinding(json, finding);
    json.endArray();
    json.name("capabilities");
    json.beginArray();
    for (const NodeCapabilities& node : report.nodes)
        writeNode(json, node);
    json.endArray();
    json.name("took_ms");
    json.integer(report.took.count());
    json.name("taken_at");
    json.time(report.takenAtMs);
    json.endObject();
    return json.take();
}

} // namespace lockscope
