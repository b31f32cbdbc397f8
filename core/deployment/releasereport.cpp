// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/releasereport.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/jsonwriter.h"
#include "locks/families/familyregistry.h"

#include <QDateTime>

namespace lockscope {

namespace {

QString fingerprintOf(const QByteArray& token) { return token.isEmpty() ? QString() : tokenFingerprint(token); }

QByteArray csvField(const QString& text)
{
    QString field = displayText(text.toUtf8());
    // A spreadsheet would take it for a formula.
    if (!field.isEmpty() && QStringLiteral("=+-@\t\r").contains(field.front()))
        field.prepend(QLatin1Char('\''));
    field.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return '"' + field.toUtf8() + '"';
}

/// `NODE=released; NODE=refused (cannot connect)`
QString nodesText(const QList<NodeRelease>& nodes)
{
    QStringList parts;
    for (const NodeRelease& node : nodes) {
        QString part = node.node + QLatin1Char('=') + releaseOutcomeName(node.outcome);
        if (node.error)
            part += QStringLiteral(" (") + errorTitle(node.error->kind) + QLatin1Char(')');
        parts += part;
    }
    return parts.join(QStringLiteral("; "));
}

void writeNodes(JsonWriter& json, const QList<NodeRelease>& nodes)
{
    json.name("nodes");
    json.beginArray();
    for (const NodeRelease& node : nodes) {
        json.beginObject();
        json.name("node");
        json.string(node.node);
        json.name("outcome");
        json.string(releaseOutcomeName(node.outcome));
        json.name("found_fingerprint");
        node.token.isEmpty() ? json.null() : json.string(fingerprintOf(node.token));
        json.name("error");
        json.stringOrNull(node.error ? errorMessage(*node.error) : QString());
        json.endObject();
    }
    json.endArray();
}

} // namespace

QByteArray releaseReportCsv(const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results)
{
    QByteArray csv
        = "key,family,act,outcome,expected_fingerprint,found_fingerprint,next,next_fingerprint,next_after_ms,"
          "error,reason,ticket,nodes\r\n";
    for (const ForceReleaseResult& result : results) {
        const QLatin1StringView family = FamilyRegistry::instance().name(result.target.family);
        const NextHolder* next = result.next ? &*result.next : nullptr;
        QList<QByteArray> fields { csvField(displayText(result.target.key)), csvField(family),
            csvField(lockActName(result.target.act)), csvField(releaseOutcomeName(result.outcome)),
            csvField(fingerprintOf(result.target.expectedToken)), csvField(fingerprintOf(result.token)),
            csvField(next ? nextHolderName(next->kind) : QString()),
            csvField(next ? fingerprintOf(next->token) : QString()),
            next && next->afterMs >= 0 ? QByteArray::number(next->afterMs) : QByteArray(),
            csvField(result.error ? errorMessage(*result.error) : QString()), csvField(request.reason),
            csvField(request.ticket), csvField(nodesText(result.nodes)) };
        csv += fields.join(',') + "\r\n";
    }
    return csv;
}

QByteArray releaseReportJson(const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results)
{
    JsonWriter json;
    const auto text = [&json](const char* name, const QString& value) {
        json.name(name);
        json.stringOrNull(value);
    };
    json.beginObject();
    json.name("at");
    json.time(QDateTime::currentMSecsSinceEpoch());
    text("reason", request.reason);
    text("ticket", request.ticket);
    json.name("results");
    json.beginArray();
    for (const ForceReleaseResult& result : results) {
        json.beginObject();
        json.bytes("key", result.target.key);
        text("family", FamilyRegistry::instance().name(result.target.family));
        text("act", lockActName(result.target.act));
        text("outcome", releaseOutcomeName(result.outcome));
        text("expected_fingerprint", fingerprintOf(result.target.expectedToken));
        text("found_fingerprint", fingerprintOf(result.token));
        text("error", result.error ? errorMessage(*result.error) : QString());
        text("next", result.next ? QString(nextHolderName(result.next->kind)) : QString());
        text("next_fingerprint", result.next ? fingerprintOf(result.next->token) : QString());
        json.name("next_after_ms");
        json.integerOrNull(
            result.next && result.next->afterMs >= 0 ? std::optional(result.next->afterMs) : std::nullopt);
        writeNodes(json, result.nodes);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.take() + '\n';
}

} // namespace lockscope
