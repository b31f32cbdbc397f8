// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/oldvaluereader.h"

namespace lockscope {

namespace {

struct Reading {
    OldValue value;
    bool readable = true;
    UniqueFunction<void(OldValue)> handler;

    void finish(OldValueState state)
    {
        value.state = state;
        handler(std::move(value));
    }
};

void takeDump(Reading& reading, const Result<ReplyView>& reply)
{
    if (!reply)
        return reading.finish(OldValueState::Unreadable);
    if (reply->isNil())
        return reading.finish(OldValueState::None);
    if (reply->bytes().size() > maximumOldValueBytes)
        return reading.finish(OldValueState::TooLarge);
    reading.value.payload = reply->toByteArray();
    reading.finish(OldValueState::Kept);
}

} // namespace

void readOldValue(
    Connection& connection, const Clock& clock, const QByteArray& key, UniqueFunction<void(OldValue)> handler)
{
    auto reading = std::make_shared<Reading>();
    reading->handler = std::move(handler);
    connection.send({ "TYPE", key }, [reading](const Result<ReplyView>& reply) {
        reading->readable = reply.has_value();
        if (reply)
            reading->value.type = reply->toByteArray();
    });
    connection.send({ "PTTL", key }, [reading, &clock](const Result<ReplyView>& reply) {
        if (reply)
            reading->value.ttlMs = reply->toInteger();
        reading->value.readAtMs = clock.wallNow().toMSecsSinceEpoch();
    });
    // The size decides whether it is asked for at all: a lock is small, and a dump blocks the server.
    connection.send({ "MEMORY", "USAGE", key }, [reading, &connection, key](const Result<ReplyView>& reply) {
        if (!reading->readable)
            return reading->finish(OldValueState::Unreadable);
        if (reading->value.type == "none")
            return reading->finish(OldValueState::None);
        if (!reply)
            return reading->finish(OldValueState::Unreadable);
        constexpr qint64 overhead = 4; // a structure takes several times its serialised size
        if (reply->toInteger() > overhead * maximumOldValueBytes)
            return reading->finish(OldValueState::TooLarge);
        connection.send({ "DUMP", key }, [reading](const Result<ReplyView>& dump) { takeDump(*reading, dump); });
    });
}

} // namespace lockscope
