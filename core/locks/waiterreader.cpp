// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/waiterreader.h"

#include <algorithm>

namespace lockscope {

namespace {

struct Look {
    WaiterReading reading;
    UniqueFunction<void(WaiterReading)> handler;
};

using LookPtr = std::shared_ptr<Look>;

/// What is sent later is answered later: the last answer of all ends the look.
void finishIf(bool isLast, const LookPtr& look)
{
    if (isLast)
        look->handler(std::move(look->reading));
}

void countAnswered(const Result<qint64>& count, const LookPtr& look)
{
    WaiterReading& reading = look->reading;
    if (count)
        reading.count = std::max<qint64>(reading.count, 0) + *count;
    else
        reading.error = count.error();
}

void readQueue(Connection& connection, const WaiterSource& source, int names, bool isLast, const LookPtr& look)
{
    const bool sorted = source.kind == WaiterSource::Kind::SortedSet;
    connection.send({ sorted ? "ZCARD" : "LLEN", source.name },
        [look, isLast = isLast && names <= 0](const Result<ReplyView>& reply) {
            countAnswered(reply.map([](ReplyView count) { return count.toInteger(); }), look);
            finishIf(isLast, look);
        });
    if (names <= 0)
        return;
    connection.send({ sorted ? "ZRANGE" : "LRANGE", source.name, "0", QByteArray::number(names - 1) },
        [look, isLast](const Result<ReplyView>& reply) {
            if (reply) {
                for (ReplyView waiter : *reply)
                    look->reading.first.append(
                        waiter.bytes().first(qMin(waiter.bytes().size(), maximumTokenBytes)).toByteArray());
            }
            finishIf(isLast, look);
        });
}

void readSubscribers(Connection& connection, const QByteArray& channel, const LookPtr& look)
{
    connection.send({ "PUBSUB", "NUMSUB", channel }, [look](const Result<ReplyView>& reply) {
        countAnswered(reply.map([](ReplyView counts) { return counts.at(1).toInteger(); }), look);
    });
    // Servers before 7.0 have no such channels.
    connection.send({ "PUBSUB", "SHARDNUMSUB", channel }, [look](const Result<ReplyView>& reply) {
        if (reply)
            countAnswered(reply->at(1).toInteger(), look);
        finishIf(true, look);
    });
}

} // namespace

void readWaiters(
    Connection& connection, const WaiterSource& source, int names, UniqueFunction<void(WaiterReading)> handler)
{
    const auto look = std::make_shared<Look>();
    look->handler = std::move(handler);
    switch (source.kind) {
    case WaiterSource::Kind::None:
        look->handler({});
        return;
    case WaiterSource::Kind::Channel:
        readSubscribers(connection, source.name, look);
        return;
    case WaiterSource::Kind::List:
    case WaiterSource::Kind::SortedSet:
        readQueue(connection, source, names, source.channel.isEmpty(), look);
        if (!source.channel.isEmpty())
            readSubscribers(connection, source.channel, look);
        return;
    }
}

} // namespace lockscope
