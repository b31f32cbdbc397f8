// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/errortext.h"
#include "base/jsonwriter.h"
#include "deployment/lockjson.h"
#include "deployment/serverjson.h"

// What an act on a lock came to, and why something did not.

namespace lockscope {

namespace {

void writeError(JsonWriter& json, const Error& error)
{
    json.name("error");
    json.beginObject();
    json.name("code");
    json.string(errorName(error.kind));
    json.name("message");
    json.string(errorMessage(error));
    json.name("hint");
    json.string(errorHint(error));
    json.endObject();
}

/// What a look found after an outcome that stayed unknown.
void writeAfterwards(JsonWriter& json, const std::optional<LockInspection>& seen)
{
    json.name("afterwards");
    if (!seen)
        return json.null();
    json.beginObject();
    json.name("exists");
    json.boolean(seen->exists);
    writeToken(json, "token", seen->exists && seen->hasToken, seen->token);
    json.name("ttl_ms");
    json.integerOrNull(ttlOrNull(seen->ttlMs));
    json.endObject();
}

void writeActDetails(JsonWriter& json, const ForceReleaseResult& result)
{
    const bool leased = result.outcome == ReleaseOutcome::Done || result.outcome == ReleaseOutcome::Unneeded;
    json.name("old_ttl_ms");
    json.integerOrNull(leased && result.oldTtlMs >= 0 ? std::optional(result.oldTtlMs) : std::nullopt);
    if (result.target.act == LockAct::TakeOver)
        writeToken(json, "operator_token", result.outcome == ReleaseOutcome::Done, result.target.newToken);
}

/// Keys of other slots that were left alone: only where there are some.
void writeLeft(JsonWriter& json, const QList<QByteArray>& keys)
{
    if (keys.isEmpty())
        return;
    json.name("left");
    json.beginArray();
    for (const QByteArray& key : keys) {
        json.beginObject();
        json.bytes("key", key);
        json.endObject();
    }
    json.endArray();
}

void writeNext(JsonWriter& json, const std::optional<NextHolder>& next)
{
    json.name("next_holder");
    if (!next)
        return json.null();
    json.beginObject();
    json.name("kind");
    json.string(nextHolderName(next->kind));
    writeToken(json, "token", !next->token.isEmpty(), next->token);
    json.name("after_ms");
    json.integerOrNull(next->afterMs >= 0 ? std::optional(next->afterMs) : std::nullopt);
    json.name("watched_ms");
    json.integer(next->watchedMs);
    json.endObject();
}

/// Of independent masters: what each one said.
void writeNodeResults(JsonWriter& json, const QList<NodeRelease>& nodes)
{
    if (nodes.isEmpty())
        return;
    json.name("nodes");
    json.beginArray();
    for (const NodeRelease& node : nodes) {
        json.beginObject();
        json.name("node");
        json.string(node.node);
        json.name("outcome");
        json.string(releaseOutcomeName(node.outcome));
        writeToken(json, "token", !node.token.isEmpty(), node.token);
        json.name("error");
        json.stringOrNull(node.error ? errorMessage(*node.error) : QString());
        json.endObject();
    }
    json.endArray();
}

} // namespace

QByteArray releaseResultToJson(const ForceReleaseResult& result)
{
    JsonWriter json;
    json.beginObject();
    json.bytes("key", result.target.key);
    writeFamily(json, result.target.family);
    json.name("outcome");
    json.string(releaseOutcomeName(result.outcome));
    const bool tokenKnown = result.outcome == ReleaseOutcome::Released || result.outcome == ReleaseOutcome::Done
        || result.outcome == ReleaseOutcome::Unneeded || result.outcome == ReleaseOutcome::HolderChanged;
    writeToken(json, "token", tokenKnown, result.token);
    json.name("act");
    json.string(lockActName(result.target.act));
    if (result.target.act != LockAct::Release)
        writeActDetails(json, result);
    writeLeft(json, result.left);
    writeNodeResults(json, result.nodes);
    writeNext(json, result.next);
    writeAfterwards(json, result.afterwards);
    json.name("audit_id");
    json.integerOrNull(result.auditId > 0 ? std::optional(result.auditId) : std::nullopt);
    if (result.error) {
        writeError(json, *result.error);
    } else {
        json.name("error");
        json.null();
    }
    json.endObject();
    return json.take();
}

QByteArray errorToJson(const Error& error)
{
    JsonWriter json;
    json.beginObject();
    writeError(json, error);
    json.endObject();
    return json.take();
}

} // namespace lockscope
