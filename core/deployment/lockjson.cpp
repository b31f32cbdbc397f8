// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/lockjson.h"

#include "base/bytetext.h"
#include "base/jsonwriter.h"
#include "deployment/serverjson.h"
#include "locks/families/familyregistry.h"
#include "locks/fencing.h"
#include "locks/lockholders.h"
#include "locks/suspicion.h"

#include <QJsonDocument>

#include <algorithm>

namespace lockscope {

namespace {

constexpr qsizetype chunkBytes = 256 * 1024;

bool isCount(const QByteArray& name, const QString& value)
{
    if (name != "pid" && name != "thread")
        return false;
    return !value.isEmpty() && value.size() <= 15
        && std::all_of(value.begin(), value.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

void writeOwner(JsonWriter& json, const QList<OwnerHint>& hints)
{
    json.name("owner");
    json.beginObject();
    for (const OwnerHint& hint : hints) {
        json.name(hint.name);
        if (isCount(hint.name, hint.value))
            json.integer(hint.value.toLongLong());
        else
            json.string(hint.value);
    }
    json.endObject();
}

QList<OwnerHint> hintsOf(FamilyId family, bool hasToken, const QByteArray& token)
{
    return hasToken ? FamilyRegistry::instance().ownerHints(family, token) : QList<OwnerHint>();
}

QLatin1StringView contractState(const LockRecord& record)
{
    const LockState alive = record.extras->votes ? LockState::Quorum : LockState::Held;
    return lockStateName(record.state == LockState::Due ? alive : record.state);
}

void writeWhere(JsonWriter& json, const QByteArray& key, int database, const QString& node)
{
    json.bytes("key", key);
    json.name("db");
    json.integer(database);
    json.name("node");
    json.string(node);
}

void writeRhythm(JsonWriter& json, const LockRhythm* rhythm, const JsonInstant& now)
{
    const bool isKnown = rhythm && rhythm->periodMs > 0;
    json.name("renewal_period_ms");
    json.integerOrNull(isKnown ? std::optional(qint64(rhythm->periodMs)) : std::nullopt);
    writeOptionalTime(json, "last_renewal", rhythm ? std::optional(now.wallOf(rhythm->lastBeat)) : std::nullopt);
    json.name("missed_beats");
    json.integer(rhythm ? rhythm->missed : 0);
}

void writeTimes(JsonWriter& json, const LockRecord& record, const JsonInstant& now)
{
    const bool mortal = record.hasDeadline();
    json.name("ttl_ms");
    json.integerOrNull(mortal ? std::optional(qint64(record.remaining(now.steady).count())) : std::nullopt);
    writeOptionalTime(json, "expires_at", mortal ? std::optional(now.wallOf(record.deadline)) : std::nullopt);
    writeOptionalTime(json, "first_seen", now.wallOf(record.firstSeen));
    writeOptionalTime(json, "acquired_at",
        record.acquiredAt != unknownTime ? std::optional(now.wallOf(record.acquiredAt)) : std::nullopt);
    json.name("held_ms");
    json.integer(qMax<qint64>(0, now.wallMs - now.wallOf(record.heldSince())));
    json.name("renewals");
    json.integer(record.renewals);
    writeRhythm(json, record.extras->rhythm.get(), now);
}

void writeSuspicions(JsonWriter& json, const LockRecord& record, const JsonInstant& now)
{
    json.name("suspicions");
    json.beginArray();
    for (const Suspicion& suspicion : suspicionsOf(record)) {
        json.beginObject();
        json.name("kind");
        json.string(suspicionName(suspicion.kind));
        json.name("score");
        json.number(suspicion.score / 100.0);
        json.name("evidence");
        json.string(suspicionEvidence(record, suspicion.kind, now.steady));
        json.endObject();
    }
    json.endArray();
}

void writeQueue(JsonWriter& json, std::optional<qint64> waiters, std::optional<qint64> fence)
{
    json.name("waiters");
    json.integerOrNull(waiters);
    json.name("fence");
    json.integerOrNull(fence);
}

/// A token that is no text is `{"token_base64":…}`; of a master that keeps its holder from us, `{}`.
void writeVote(JsonWriter& json, const LockVote& vote)
{
    if (!vote.exists)
        return json.null();
    if (vote.hasToken && isUtf8(vote.token))
        return json.string(QByteArrayView(vote.token));
    json.beginObject();
    if (vote.hasToken)
        json.bytes("token", vote.token);
    json.endObject();
}

void writeVotes(JsonWriter& json, const LockVotes* votes = nullptr, const WatchStatus& status = {})
{
    json.name("votes");
    json.beginObject();
    for (size_t i = 0; votes && i < votes->byNode.size(); ++i) {
        json.name(status.nodeName(quint16(i)).toUtf8());
        writeVote(json, votes->byNode[i]);
    }
    json.endObject();
}

/// The same of a look.
void writeVotes(JsonWriter& json, const QList<NodeLook>& nodes)
{
    json.name("votes");
    json.beginObject();
    for (const NodeLook& node : nodes) {
        json.name(node.node.toUtf8());
        writeVote(json, { node.exists && !node.error, node.hasToken, false, node.token });
    }
    json.endObject();
}

void writeNature(JsonWriter& json, FamilyId family, float confidence, const QByteArray& type, LockMode mode)
{
    writeFamily(json, family);
    json.name("confidence");
    json.number(double(confidence));
    json.name("type");
    json.string(QByteArrayView(type));
    json.name("mode");
    json.string(lockModeName(mode));
}

/// `ttlMs` is that of the whole lock, for holders without one of their own; `passed` what has gone by since they were
/// read.
void writeHolders(JsonWriter& json, const std::vector<LockHolder>& holders, std::optional<qint64> ttlMs, qint64 passed)
{
    json.name("holders");
    json.beginArray();
    for (const LockHolder& holder : holders) {
        json.beginObject();
        json.bytes("token", holder.token);
        json.name("ttl_ms");
        json.integerOrNull(holder.ttlMs < 0 ? ttlMs : std::optional(qMax<qint64>(0, holder.ttlMs - passed)));
        json.name("count");
        json.integer(holder.count);
        json.endObject();
    }
    json.endArray();
}

std::optional<qint64> countOrNull(qint64 count) { return count >= 0 ? std::optional(count) : std::nullopt; }

QByteArray typeName(KeyType type)
{
    const QLatin1StringView name = keyTypeName(type);
    return { name.data(), name.size() };
}

void writeLockFields(JsonWriter& json, const LockRecord& record, const WatchStatus& status, const JsonInstant& now)
{
    writeWhere(json, record.key, record.database, status.nodeName(record.node));
    writeNature(json, record.family, record.confidence, typeName(record.type), record.mode);
    writeToken(json, "token", record.hasToken, record.token);
    const auto left = record.hasDeadline() ? std::optional(qint64(record.remaining(now.steady).count())) : std::nullopt;
    const auto passed = std::chrono::duration_cast<Milliseconds>(now.steady - record.verifiedAt);
    writeHolders(json, listedHolders(record), left, passed.count());
    writeOwner(json, hintsOf(record.family, record.hasToken, record.token));
    writeTimes(json, record, now);
    writeQueue(json, countOrNull(record.waiters), record.hasToken ? fenceOfToken(record.token) : std::nullopt);
    json.name("state");
    json.string(contractState(record));
    writeVotes(json, record.extras->votes.get(), status);
    writeSuspicions(json, record, now);
}

/// What one look tells of a lock's habits: nothing but whether it ends by itself.
LockRecord seenOnce(const LockInspection& seen)
{
    LockRecord record;
    record.mode = seen.mode;
    record.confidence = seen.confidence;
    record.hasToken = seen.hasToken;
    record.firstSeen = seen.at;
    record.deadline = seen.ttlMs < 0 && seen.exists ? noDeadline : seen.at;
    return record;
}

void writeInspectedFields(JsonWriter& json, const LockInspection& seen)
{
    writeWhere(json, seen.key, seen.database, seen.node);
    writeNature(json, seen.family, seen.confidence, seen.type, seen.mode);
    writeToken(json, "token", seen.hasToken, seen.token);
    const auto ttl = ttlOrNull(seen.ttlMs);
    writeHolders(json, seen.holders, ttl, 0);
    writeOwner(json, seen.owner);
    json.name("ttl_ms");
    json.integerOrNull(ttl);
    writeOptionalTime(json, "expires_at", ttl ? std::optional(seen.atMs + *ttl) : std::nullopt);
    writeOptionalTime(json, "first_seen", seen.atMs);
    writeOptionalTime(json, "acquired_at", std::nullopt);
    json.name("held_ms");
    json.integer(0);
    json.name("renewals");
    json.integer(0);
    writeRhythm(json, nullptr, {});
    writeQueue(json, countOrNull(seen.waiters), seen.fence);
    json.name("state");
    json.string(lockStateName(lookedState(seen)));
    writeVotes(json, seen.nodes);
    writeSuspicions(json, seenOnce(seen), { seen.at, seen.atMs });
}

void writeWaiters(JsonWriter& json, const LockInspection& seen)
{
    json.name("waiters_reason");
    json.stringOrNull(seen.waiters >= 0 ? QString() : seen.waitersReason);
    json.name("first_waiters");
    json.beginArray();
    for (const QByteArray& waiter : seen.firstWaiters) {
        json.beginObject();
        json.bytes("token", waiter);
        json.endObject();
    }
    json.endArray();
    json.name("free_permits");
    json.integerOrNull(seen.freePermits);
    json.name("held");
    json.boolean(seen.exists && seen.held);
}

void writeAuxiliaryFacts(JsonWriter& json, const LockInspection& seen)
{
    json.name("exists");
    json.boolean(seen.exists);
    json.name("value_bytes");
    json.integer(seen.valueBytes);
    json.name("idle_s");
    json.integerOrNull(ttlOrNull(seen.idleSeconds));
    json.name("rule");
    json.string(seen.rule);
    writeWaiters(json, seen);
    json.name("auxiliary");
    json.beginArray();
    for (const AuxiliaryFound& found : seen.auxiliary) {
        json.beginObject();
        json.bytes("key", found.key);
        json.name("role");
        json.string(found.role);
        json.name("type");
        json.string(QByteArrayView(found.type));
        json.name("ttl_ms");
        json.integerOrNull(ttlOrNull(found.ttlMs));
        json.endObject();
    }
    json.endArray();
}

} // namespace

QJsonObject lockToJson(const LockRecord& record, const WatchStatus& status, const Clock& clock)
{
    JsonWriter json;
    json.beginObject();
    writeLockFields(json, record, status, { clock.now(), clock.wallNow().toMSecsSinceEpoch() });
    json.endObject();
    return QJsonDocument::fromJson(json.take()).object();
}

void writeSnapshotJson(const LockSnapshot& snapshot, const std::function<void(const QByteArray&)>& sink)
{
    const JsonInstant now { snapshot.takenAt, snapshot.takenAtMs };
    JsonWriter json;
    json.beginObject();
    json.name("locks");
    json.beginArray();
    for (const LockRecord& record : snapshot.locks) {
        json.beginObject();
        writeLockFields(json, record, snapshot.status, now);
        json.endObject();
        if (json.size() > chunkBytes)
            sink(json.take());
    }
    json.endArray();
    writeServer(json, snapshot.status, now);
    json.name("taken_at");
    json.time(snapshot.takenAtMs);
    json.endObject();
    sink(json.take());
}

QByteArray eventToJson(const LockEvent& event, const WatchStatus& status)
{
    const bool ofLock = event.kind != LockEventKind::Gap;
    JsonWriter json;
    json.beginObject();
    json.name("at");
    json.time(event.atMs);
    json.name("event");
    json.string(lockEventName(event.kind));
    if (!ofLock) {
        json.name("since");
        json.time(event.sinceMs);
    }
    writeToken(json, "key", ofLock, event.key);
    json.name("db");
    json.integer(event.database);
    json.name("node");
    json.string(status.nodeName(event.node));
    writeFamily(json, event.family);
    writeToken(json, "token", event.hasToken, event.token);
    writeToken(json, "previous_token", event.hasPreviousToken, event.previousToken);
    json.name("ttl_ms");
    json.integerOrNull(ttlOrNull(event.ttlMs));
    json.name("source");
    json.string(lockEventSourceName(event.source));
    json.name("certain");
    json.boolean(event.certain);
    json.endObject();
    return json.take();
}

QByteArray inspectionToJson(const LockInspection& inspection)
{
    JsonWriter json;
    json.beginObject();
    writeInspectedFields(json, inspection);
    writeAuxiliaryFacts(json, inspection);
    json.endObject();
    return json.take();
}

} // namespace lockscope
