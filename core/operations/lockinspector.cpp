// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockinspector.h"

#include "locks/families/familyregistry.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

struct Look {
    LockInspection seen;
    std::optional<Error> error;

    /// Keeps the first failure; a key of another type answers WRONGTYPE to string reads, which is no failure.
    bool accept(const Result<ReplyView>& reply)
    {
        if (reply)
            return true;
        if (reply.error().serverCode != "WRONGTYPE" && !error)
            error = reply.error();
        return false;
    }
};

void recognise(LockInspection& seen)
{
    if (!seen.hasToken)
        return;
    KeySample sample { seen.key, seen.token, seen.ttlMs, false };
    FamilyMatch match = FamilyRegistry::instance().recognise(sample);
    if (match.id == FamilyId::None) {
        // Somebody asked for this very key: that is evidence, too, but the weakest.
        sample.explicitMatch = true;
        match = FamilyRegistry::instance().recognise(sample);
    }
    seen.family = match.id;
    seen.confidence = match.recognition.confidence;
    seen.rule = QCoreApplication::translate("lockscope::Rules", match.recognition.rule);
    if (match.id != FamilyId::None)
        seen.owner = FamilyRegistry::instance().family(match.id).ownerHints(seen.token);
}

Result<LockInspection> conclude(Look& look, const Clock& clock)
{
    if (look.error)
        return tl::unexpected(*look.error);
    LockInspection& seen = look.seen;
    seen.at = clock.now();
    seen.atMs = clock.wallNow().toMSecsSinceEpoch();
    seen.exists = seen.type != "none" && seen.ttlMs != -2;
    if (!seen.exists) {
        seen.type = "none";
        seen.ttlMs = -1;
        seen.token.clear();
        seen.valueBytes = 0;
    }
    seen.hasToken = seen.type == "string" && seen.valueBytes <= maximumTokenBytes;
    if (!seen.hasToken)
        seen.token.clear();
    recognise(seen);
    return std::move(seen);
}

} // namespace

void inspectLock(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<LockInspection>)> handler)
{
    const auto look = std::make_shared<Look>();
    look->seen.key = key;
    look->seen.database = connection.spec().database;
    look->seen.node = connection.spec().endpoint().text();
    // First, because reading the value resets it; LFU policies refuse it.
    connection.send({ "OBJECT", "IDLETIME", key }, [look](const Result<ReplyView>& reply) {
        if (reply && reply->kind() == ReplyKind::Integer)
            look->seen.idleSeconds = reply->toInteger(-1);
    });
    connection.send({ "TYPE", key }, [look](const Result<ReplyView>& reply) {
        if (look->accept(reply))
            look->seen.type = reply->toByteArray();
    });
    connection.send({ "STRLEN", key }, [look](const Result<ReplyView>& reply) {
        if (look->accept(reply))
            look->seen.valueBytes = reply->toInteger();
    });
    connection.send(
        { "GETRANGE", key, "0", QByteArray::number(maximumTokenBytes - 1) }, [look](const Result<ReplyView>& reply) {
            if (look->accept(reply))
                look->seen.token = reply->toByteArray();
        });
    connection.send(
        { "PTTL", key }, [look, &clock, handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
            if (look->accept(reply))
                look->seen.ttlMs = reply->toInteger(-1);
            handler(conclude(*look, clock));
        });
}

} // namespace lockscope
