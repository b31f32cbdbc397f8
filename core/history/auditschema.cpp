// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditschema.h"

#include <QCryptographicHash>

#include <array>

namespace lockscope::auditschema {

namespace {

constexpr int firstFormColumns = 15;

struct Column {
    const char* name;
    const char* type;
    const char* absent; ///< what a row of version 1 has in its place; null: it was there from the beginning
};

constexpr std::array<Column, 27> table { { { "kind", "TEXT", nullptr }, { "intent_id", "INTEGER", nullptr },
    { "at_ms", "INTEGER", nullptr }, { "os_user", "TEXT", nullptr }, { "host", "TEXT", nullptr },
    { "redis_user", "TEXT", nullptr }, { "server", "TEXT", nullptr }, { "db", "INTEGER", nullptr },
    { "action", "TEXT", nullptr }, { "family", "TEXT", nullptr }, { "key", "BLOB", nullptr },
    { "token_fingerprint", "TEXT", nullptr }, { "reason", "TEXT", nullptr }, { "outcome", "TEXT", nullptr },
    { "error", "TEXT", nullptr }, { "form", "INTEGER", "1" }, { "ticket", "TEXT", "''" }, { "type", "TEXT", "''" },
    { "old_value", "BLOB", "X''" }, { "old_value_state", "TEXT", "'none'" }, { "ttl_ms", "INTEGER", "-2" },
    { "value_read_at", "INTEGER", "0" }, { "related_id", "INTEGER", "0" }, { "environment", "TEXT", "''" },
    { "nodes", "TEXT", "''" }, { "after_ms", "INTEGER", "-1" }, { "watched_ms", "INTEGER", "0" } } };

QString createFirstVersion()
{
    QStringList columns;
    for (const Column& column : table) {
        if (!column.absent)
            columns
                += QStringLiteral("%1 %2 NOT NULL").arg(QLatin1StringView(column.name), QLatin1StringView(column.type));
    }
    return QStringLiteral("CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, %1, "
                          "previous_hash BLOB NOT NULL, hash BLOB NOT NULL)")
        .arg(columns.join(QStringLiteral(", ")));
}

// NULL would break the chain's promise that every field is there: an empty text is bound as one.
QString present(const QString& text) { return text.isNull() ? QStringLiteral("") : text; }
QByteArray present(const QByteArray& bytes) { return bytes.isNull() ? QByteArray("") : bytes; }

} // namespace

QStringList statementsFrom(int earlier)
{
    QStringList statements;
    if (earlier < 1) {
        statements += createFirstVersion();
        for (const auto& [name, event] : { std::pair("changed", "UPDATE"), std::pair("deleted", "DELETE") })
            statements += QStringLiteral("CREATE TRIGGER entries_are_never_%1 BEFORE %2 ON entries "
                                         "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END")
                              .arg(QLatin1StringView(name), QLatin1StringView(event));
    }
    for (const Column& column : table) {
        if (column.absent)
            statements += QStringLiteral("ALTER TABLE entries ADD COLUMN %1 %2 NOT NULL DEFAULT %3")
                              .arg(QLatin1StringView(column.name), QLatin1StringView(column.type),
                                  QLatin1StringView(column.absent));
    }
    statements += QStringLiteral("CREATE INDEX entries_by_intent ON entries (intent_id, kind)");
    statements += QStringLiteral("CREATE INDEX entries_by_related ON entries (related_id) WHERE related_id <> 0");
    statements += QStringLiteral("PRAGMA user_version = %1").arg(version);
    return statements;
}

const QString& columns()
{
    static const QString text = [] {
        QStringList names;
        for (const Column& column : table)
            names += QLatin1StringView(column.name);
        return names.join(QStringLiteral(", "));
    }();
    return text;
}

int columnCount() { return int(table.size()); }

QString source(int version)
{
    QStringList names;
    for (const Column& column : table) {
        names += version < auditschema::version && column.absent
            ? QStringLiteral("%1 AS %2").arg(QLatin1StringView(column.absent), QLatin1StringView(column.name))
            : QString(QLatin1StringView(column.name));
    }
    return QStringLiteral("(SELECT id, %1, previous_hash, hash FROM entries)").arg(names.join(QStringLiteral(", ")));
}

QVariantList fieldsOf(const AuditRow& row)
{
    return { row.kind, row.intentId, row.atMs, present(row.osUser), present(row.host), present(row.redisUser),
        present(row.server), row.database, present(row.action), present(row.family), present(row.key),
        present(row.tokenFingerprint), present(row.reason), present(row.outcome), present(row.error), currentForm,
        present(row.ticket), present(row.type), present(row.oldValue), present(row.oldValueState), row.ttlMs,
        row.valueReadAt, row.relatedId, present(row.environment), present(row.nodes), row.afterMs, row.watchedMs };
}

QByteArray hashOf(const QVariantList& fields, const QByteArray& previousHash)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(previousHash);
    // `form` itself is hashed where it is not 1, so that no row can be passed off as one of the other form.
    const qsizetype count = fields.at(firstFormColumns).toInt() == 1 ? firstFormColumns : fields.size();
    for (qsizetype i = 0; i < count; ++i) {
        const QByteArray bytes = fields.at(i).toByteArray();
        hash.addData(QByteArray::number(bytes.size()));
        hash.addData(QByteArrayView(":"));
        hash.addData(bytes);
    }
    return hash.result();
}

} // namespace lockscope::auditschema
