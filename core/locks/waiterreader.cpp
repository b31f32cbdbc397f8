// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/waiterreader.h"

namespace lockscope {

namespace {

struct Look {
    WaiterReading reading;
    UniqueFunction<void(WaiterReading)> handler;
};

void readQueue(Connection& connection, const WaiterSource& source, int names, const std::shared_ptr<Look>& look)
{
    const bool sorted = source.kind == WaiterSource::Kind::SortedSet;
    const auto countAnswered = [look, names](const Result<ReplyView>& reply) {
        if (reply)
            look->reading.count = reply->toInteger();
        else
            look->reading.error = reply.error();
        if (names <= 0)
            look->handler(std::move(look->reading));
    };
    connection.send({ sorted ? "ZCARD" : "LLEN", source.name }, countAnswered);
    if (names <= 0)
        return;
    connection.send({ sorted ? "ZRANGE" : "LRANGE", source.name, "0", QByteArray::number(names - 1) },
        [look](const Result<ReplyView>& reply) {
            if (reply) {
                for (ReplyView waiter : *reply)
                    look->reading.first.append(
                        waiter.bytes().first(qMin(waiter.bytes().size(), maximumTokenBytes)).toByteArray());
            }
            look->handler(std::move(look->reading));
        });
}

void readSubscribers(Connection& connection, const WaiterSource& source, const std::shared_ptr<Look>& look)
{
    connection.send({ "PUBSUB", "NUMSUB", source.name }, [look](const Result<ReplyView>& reply) {
        if (reply)
            look->reading.count = reply->at(1).toInteger();
        else
            look->reading.error = reply.error();
    });
    // Servers before 7.0 have no such channels.
    connection.send({ "PUBSUB", "SHARDNUMSUB", source.name }, [look](const Result<ReplyView>& reply) {
        if (reply && look->reading.count >= 0)
            look->reading.count += reply->at(1).toInteger();
        look->handler(std::move(look->reading));
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
        readSubscribers(connection, source, look);
        return;
    case WaiterSource::Kind::List:
    case WaiterSource::Kind::SortedSet:
        readQueue(connection, source, names, look);
        return;
    }
}

} // namespace lockscope
