// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditreader.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlError>
#include <QSqlQuery>

#include <algorithm>

namespace lockscope {

namespace {

/// WHERE of a query, and what is bound to it.
struct Condition {
    QString text = QStringLiteral("i.kind = 'intent'");
    QVariantList values;

    void add(const QString& term, const QVariantList& bound)
    {
        text += QStringLiteral(" AND ") + term;
        values += bound;
    }
};

QString likePattern(QString text)
{
    for (const char special : { '\\', '%', '_' })
        text.replace(QLatin1Char(special), QLatin1Char('\\') + QString(QLatin1Char(special)));
    return QLatin1Char('%') + text + QLatin1Char('%');
}

Condition conditionOf(const AuditQuery& query)
{
    Condition condition;
    if (query.id > 0)
        condition.add(QStringLiteral("i.id = ?"), { query.id });
    if (query.sinceMs)
        condition.add(QStringLiteral("i.at_ms >= ?"), { *query.sinceMs });
    if (query.untilMs)
        condition.add(QStringLiteral("i.at_ms < ?"), { *query.untilMs });
    if (!query.keyGlob.isEmpty())
        condition.add(QStringLiteral("CAST(i.key AS TEXT) GLOB ?"), { QString::fromUtf8(query.keyGlob) });
    if (!query.user.isEmpty())
        condition.add(QStringLiteral("(i.os_user = ? OR i.redis_user = ?)"), { query.user, query.user });
    if (!query.action.isEmpty())
        condition.add(QStringLiteral("i.action = ?"), { query.action });
    if (query.outcome == QLatin1StringView("unfinished"))
        condition.add(QStringLiteral("o.id IS NULL"), {});
    else if (!query.outcome.isEmpty())
        condition.add(QStringLiteral("o.outcome = ?"), { query.outcome });
    if (!query.text.isEmpty()) {
        const QString pattern = likePattern(query.text);
        condition.add(QStringLiteral("(CAST(i.key AS TEXT) LIKE ? ESCAPE '\\' OR i.reason LIKE ? ESCAPE '\\' "
                                     "OR i.ticket LIKE ? ESCAPE '\\' OR i.os_user LIKE ? ESCAPE '\\' "
                                     "OR i.host LIKE ? ESCAPE '\\' OR i.server LIKE ? ESCAPE '\\')"),
            QVariantList(6, pattern));
    }
    return condition;
}

/// Intents with their first outcome and aftermath.
QString joined(const QString& source)
{
    const auto first = [&source](QChar alias, QLatin1StringView kind) {
        return QStringLiteral(" LEFT JOIN %1 %2 ON %2.id = (SELECT min(id) FROM entries WHERE intent_id = i.id AND "
                              "kind = '%3')")
            .arg(source, alias, kind);
    };
    return QStringLiteral(" FROM %1 i").arg(source) + first(QLatin1Char('o'), QLatin1StringView("outcome"))
        + first(QLatin1Char('a'), QLatin1StringView("aftermath"));
}

std::optional<AuditAftermath> aftermathOf(qint64 id, const QString& fingerprint, qint64 afterMs, qint64 watchedMs)
{
    if (afterMs < 0 && watchedMs <= 0)
        return std::nullopt;
    return AuditAftermath { id, fingerprint, afterMs, watchedMs };
}

const QString& entryColumns()
{
    static const QString text = QStringLiteral(
        "i.id, i.at_ms, i.os_user, i.host, i.redis_user, i.server, i.db, i.action, i.family, i.key, "
        "i.token_fingerprint, i.reason, i.ticket, i.type, i.old_value_state, i.ttl_ms, i.value_read_at, i.related_id, "
        "i.environment, o.outcome, o.at_ms, o.token_fingerprint, o.error, o.nodes, a.token_fingerprint, a.after_ms, "
        "a.watched_ms");
    return text;
}

AuditEntry entryOf(const QSqlQuery& row)
{
    int column = 0;
    const auto next = [&row, &column] { return row.value(column++); };
    AuditEntry entry;
    entry.id = next().toLongLong();
    entry.atMs = next().toLongLong();
    entry.osUser = next().toString();
    entry.host = next().toString();
    entry.redisUser = next().toString();
    entry.server = next().toString();
    entry.database = next().toInt();
    entry.action = next().toString();
    entry.family = next().toString();
    entry.key = next().toByteArray();
    entry.tokenFingerprint = next().toString();
    entry.reason = next().toString();
    entry.ticket = next().toString();
    entry.type = next().toString();
    entry.oldValueState = oldValueStateByName(next().toString());
    entry.ttlMs = next().toLongLong();
    entry.valueReadAt = next().toLongLong();
    entry.relatedId = next().toLongLong();
    entry.environment = next().toString();
    entry.outcome = next().toString();
    entry.outcomeAtMs = next().toLongLong();
    entry.outcomeFingerprint = next().toString();
    entry.error = next().toString();
    entry.nodes = nodesFromText(next().toString());
    const QString nextFingerprint = next().toString();
    const QVariant afterMs = next();
    const qint64 watchedMs = next().toLongLong();
    entry.aftermath = aftermathOf(entry.id, nextFingerprint, afterMs.isNull() ? -1 : afterMs.toLongLong(), watchedMs);
    entry.restoredBy = next().toLongLong();
    return entry;
}

void bindAll(QSqlQuery& query, const QVariantList& values)
{
    for (const QVariant& value : values)
        query.addBindValue(value);
}

} // namespace

void AuditIntent::setOldValue(const OldValue& old)
{
    type = old.type == "none" ? QByteArray() : old.type;
    oldValue = old.payload;
    oldValueState = old.state;
    ttlMs = old.ttlMs;
    valueReadAt = old.readAtMs;
}

QString nodesToText(const QList<AuditNodeResult>& nodes)
{
    QJsonArray array;
    for (const AuditNodeResult& node : nodes)
        array.append(QJsonObject { { QStringLiteral("node"), node.node },
            { QStringLiteral("outcome"), QString::fromUtf8(node.outcome) }, { QStringLiteral("error"), node.error } });
    return array.isEmpty() ? QString() : QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

QList<AuditNodeResult> nodesFromText(const QString& text)
{
    QList<AuditNodeResult> nodes;
    if (text.isEmpty())
        return nodes;
    const QJsonArray array = QJsonDocument::fromJson(text.toUtf8()).array();
    for (const QJsonValue& value : array)
        nodes.append({ value[QLatin1StringView("node")].toString(),
            value[QLatin1StringView("outcome")].toString().toUtf8(), value[QLatin1StringView("error")].toString() });
    return nodes;
}

Result<QList<AuditEntry>> AuditReader::entries(const AuditQuery& query)
{
    Condition condition = conditionOf(query);
    if (query.beforeId > 0)
        condition.add(QStringLiteral("i.id < ?"), { query.beforeId });
    const QString source = m_database.source();
    // A restore counts only if it says that it did.
    const QString restoredBy = QStringLiteral(
        "(SELECT min(r.id) FROM %1 r JOIN entries ro ON ro.intent_id = r.id AND ro.kind = 'outcome' AND "
        "ro.outcome = 'restored' WHERE r.related_id = i.id AND r.related_id <> 0 AND r.action = 'restore')")
                                   .arg(source);
    QSqlQuery rows(m_database.handle());
    rows.setForwardOnly(true);
    rows.prepare(QStringLiteral("SELECT %1, %2%3 WHERE %4 ORDER BY i.id DESC LIMIT %5")
                     .arg(entryColumns(), restoredBy, joined(source), condition.text)
                     .arg(query.limit));
    bindAll(rows, condition.values);
    if (!rows.exec())
        return m_database.failure(rows.lastError().text());
    QList<AuditEntry> entries;
    while (rows.next())
        entries.append(entryOf(rows));
    if (rows.lastError().isValid())
        return m_database.failure(rows.lastError().text());
    std::reverse(entries.begin(), entries.end());
    return entries;
}

Result<qint64> AuditReader::count(const AuditQuery& query)
{
    const Condition condition = conditionOf(query);
    // The outcome is looked up only where it is asked for.
    const QString from
        = query.outcome.isEmpty() ? QStringLiteral(" FROM %1 i").arg(m_database.source()) : joined(m_database.source());
    QSqlQuery rows(m_database.handle());
    rows.prepare(QStringLiteral("SELECT count(*)%1 WHERE %2").arg(from, condition.text));
    bindAll(rows, condition.values);
    if (!rows.exec() || !rows.next())
        return m_database.failure(rows.lastError().text());
    return rows.value(0).toLongLong();
}

Result<QByteArray> AuditReader::payload(qint64 id)
{
    QSqlQuery rows(m_database.handle());
    rows.prepare(QStringLiteral("SELECT old_value FROM %1 WHERE id = ? AND kind = 'intent'").arg(m_database.source()));
    rows.addBindValue(id);
    if (!rows.exec())
        return m_database.failure(rows.lastError().text());
    return rows.next() ? rows.value(0).toByteArray() : QByteArray();
}

Result<QByteArray> AuditReader::hashOf(qint64 row)
{
    QSqlQuery rows(m_database.handle());
    rows.prepare(QStringLiteral("SELECT hash FROM entries WHERE id = ?"));
    rows.addBindValue(row);
    if (!rows.exec())
        return m_database.failure(rows.lastError().text());
    return rows.next() ? rows.value(0).toByteArray().toHex() : QByteArray();
}

} // namespace lockscope
