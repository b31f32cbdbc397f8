// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/audittext.h"

#include "base/bytetext.h"
#include "base/clock.h"
#include "base/jsonwriter.h"
#include "deployment/lockjson.h"

namespace lockscope {

namespace {

void writeText(JsonWriter& json, QByteArrayView name, const QString& text)
{
    json.name(name);
    json.string(text);
}

void writeTextOrNull(JsonWriter& json, QByteArrayView name, const QString& text)
{
    json.name(name);
    json.stringOrNull(text);
}

void writeTimeOrNull(JsonWriter& json, QByteArrayView name, qint64 ms)
{
    json.name(name);
    if (ms > 0)
        json.time(ms);
    else
        json.null();
}

void writeNumberOrNull(JsonWriter& json, QByteArrayView name, qint64 value, bool known)
{
    json.name(name);
    json.integerOrNull(known ? std::optional(value) : std::nullopt);
}

void writeNodes(JsonWriter& json, const QList<AuditNodeResult>& nodes)
{
    json.name("nodes");
    json.beginArray();
    for (const AuditNodeResult& node : nodes) {
        json.beginObject();
        writeText(json, "node", node.node);
        writeText(json, "outcome", QString::fromUtf8(node.outcome));
        writeTextOrNull(json, "error", node.error);
        json.endObject();
    }
    json.endArray();
}

void writeAftermath(JsonWriter& json, const std::optional<AuditAftermath>& aftermath)
{
    json.name("next_holder");
    if (!aftermath)
        return json.null();
    json.beginObject();
    writeTextOrNull(json, "token_fingerprint", aftermath->nextFingerprint);
    writeNumberOrNull(json, "after_ms", aftermath->afterMs, aftermath->afterMs >= 0);
    json.name("watched_ms");
    json.integer(aftermath->watchedMs);
    json.endObject();
}

void writeWhoAndWhere(JsonWriter& json, const AuditEntry& entry)
{
    json.name("id");
    json.integer(entry.id);
    writeTimeOrNull(json, "at", entry.atMs);
    writeText(json, "os_user", entry.osUser);
    writeText(json, "host", entry.host);
    writeText(json, "redis_user", entry.redisUser);
    writeTextOrNull(json, "environment", entry.environment);
    writeText(json, "server", entry.server);
    json.name("db");
    json.integer(entry.database);
}

void writeOutcome(JsonWriter& json, const AuditEntry& entry)
{
    writeTextOrNull(json, "outcome", entry.outcome);
    writeTimeOrNull(json, "outcome_at", entry.outcomeAtMs);
    writeTextOrNull(json, "outcome_fingerprint", entry.outcomeFingerprint);
    writeTextOrNull(json, "error", entry.error);
    writeNodes(json, entry.nodes);
    writeAftermath(json, entry.aftermath);
    writeNumberOrNull(json, "restored_by", entry.restoredBy, entry.restoredBy > 0);
}

QString timeText(qint64 ms) { return ms > 0 ? rfc3339(QDateTime::fromMSecsSinceEpoch(ms)) : QString(); }

QString numberText(qint64 value, bool known) { return known ? QString::number(value) : QString(); }

QString nodesText(const QList<AuditNodeResult>& nodes)
{
    QStringList texts;
    for (const AuditNodeResult& node : nodes)
        texts += node.node + QLatin1Char('=') + QString::fromUtf8(node.outcome);
    return texts.join(QLatin1Char(' '));
}

QByteArray csvCell(QString text)
{
    static const QString formulaStarts = QStringLiteral("=+-@\t\r");
    if (!text.isEmpty() && formulaStarts.contains(text.front()))
        text.prepend(QLatin1Char('\''));
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return '"' + text.toUtf8() + '"';
}

QByteArray csvLine(const AuditEntry& entry)
{
    const bool hasNext = entry.aftermath.has_value();
    const QStringList cells { QString::number(entry.id), timeText(entry.atMs), entry.osUser, entry.host,
        entry.redisUser, entry.environment, entry.server, QString::number(entry.database), entry.action, entry.family,
        displayText(entry.key), entry.tokenFingerprint, entry.type, numberText(entry.ttlMs, entry.ttlMs >= -1),
        QString(oldValueStateName(entry.oldValueState)), entry.reason, entry.ticket,
        numberText(entry.relatedId, entry.relatedId > 0), entry.outcome, timeText(entry.outcomeAtMs),
        entry.outcomeFingerprint, entry.error, nodesText(entry.nodes),
        hasNext ? entry.aftermath->nextFingerprint : QString(),
        numberText(hasNext ? entry.aftermath->afterMs : -1, hasNext && entry.aftermath->afterMs >= 0),
        numberText(entry.restoredBy, entry.restoredBy > 0) };
    QByteArrayList line;
    for (const QString& cell : cells)
        line += csvCell(cell);
    return line.join(',') + "\r\n";
}

} // namespace

QByteArray auditEntryToJson(const AuditEntry& entry)
{
    JsonWriter json;
    json.beginObject();
    writeWhoAndWhere(json, entry);
    writeText(json, "action", entry.action);
    writeTextOrNull(json, "family", entry.family);
    json.bytes("key", entry.key);
    writeTextOrNull(json, "token_fingerprint", entry.tokenFingerprint);
    writeTextOrNull(json, "type", entry.type);
    writeNumberOrNull(json, "ttl_ms", entry.ttlMs, entry.ttlMs >= 0);
    writeText(json, "old_value", oldValueStateName(entry.oldValueState));
    writeTimeOrNull(json, "value_read_at", entry.valueReadAt);
    writeText(json, "reason", entry.reason);
    writeTextOrNull(json, "ticket", entry.ticket);
    writeNumberOrNull(json, "related_id", entry.relatedId, entry.relatedId > 0);
    writeOutcome(json, entry);
    json.endObject();
    return json.take();
}

QByteArray auditVerdictToJson(const AuditVerdict& verdict)
{
    JsonWriter json;
    json.beginObject();
    json.name("whole");
    json.boolean(verdict.whole);
    json.name("rows");
    json.integer(verdict.rows);
    json.name("entries");
    json.integer(verdict.entries);
    writeTextOrNull(json, "head", QString::fromLatin1(verdict.head));
    writeNumberOrNull(json, "bad_row", verdict.badRow, verdict.badRow > 0);
    writeTextOrNull(json, "fault", verdict.fault);
    json.endObject();
    return json.take();
}

QByteArray restoreResultToJson(const RestoreResult& result)
{
    JsonWriter json;
    json.beginObject();
    json.name("audit_id");
    json.integer(result.auditId);
    writeNumberOrNull(json, "restore_id", result.restoreId, result.restoreId > 0);
    json.bytes("key", result.key);
    writeText(json, "server", result.server);
    json.name("db");
    json.integer(result.database);
    writeText(json, "outcome", restoreOutcomeName(result.outcome));
    writeTextOrNull(json, "token_fingerprint", result.tokenFingerprint);
    writeNumberOrNull(json, "ttl_ms", result.ttlMs, result.ttlMs >= 0);
    QByteArray text = json.take();
    // errorToJson() is the contract's form of an error: an object with the one field that belongs here.
    const QByteArray error = result.error ? errorToJson(*result.error) : QByteArray("{\"error\":null}");
    return text + ',' + error.mid(1);
}

QByteArray auditJson(const QList<AuditEntry>& entries)
{
    QByteArray text = "{\"entries\":[";
    for (qsizetype i = 0; i < entries.size(); ++i)
        text += (i > 0 ? ",\n" : "\n") + auditEntryToJson(entries.at(i));
    return text + "\n]}\n";
}

QByteArray auditCsv(const QList<AuditEntry>& entries)
{
    QByteArray text = "id,at,os_user,host,redis_user,environment,server,db,action,family,key,token_fingerprint,type,"
                      "ttl_ms,old_value,reason,ticket,related_id,outcome,outcome_at,outcome_fingerprint,error,nodes,"
                      "next_fingerprint,next_after_ms,restored_by\r\n";
    for (const AuditEntry& entry : entries)
        text += csvLine(entry);
    return text;
}

} // namespace lockscope
