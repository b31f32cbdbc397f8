// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/structurereader.h"

#include <algorithm>
#include <cmath>

namespace lockscope {

namespace {

struct StructureCommands {
    Command size;
    Command elements;
};

StructureCommands commandsFor(const QByteArray& key, KeyType type)
{
    static const QByteArray most = QByteArray::number(maximumSampleElements);
    static const QByteArray last = QByteArray::number(maximumSampleElements - 1);
    switch (type) {
    case KeyType::Hash:
        return { { "HLEN", key }, { "HSCAN", key, "0", "COUNT", most } };
    case KeyType::Set:
        return { { "SCARD", key }, { "SSCAN", key, "0", "COUNT", most } };
    case KeyType::SortedSet:
        return { { "ZCARD", key }, { "ZRANGE", key, "0", last, "WITHSCORES" } };
    default:
        return { { "LLEN", key }, { "LRANGE", key, "0", last } };
    }
}

double scoreOf(QByteArrayView text)
{
    // What toDouble() reads otherwise than Redis writes it.
    if (text == "inf" || text == "-inf")
        return text.startsWith('-') ? -HUGE_VAL : HUGE_VAL;
    return text.toByteArray().toDouble();
}

/// Names, with what follows each where the type has pairs. Nothing if one of them is longer than a token can be.
std::vector<KeyElement> elementsOf(KeyType type, ReplyView list)
{
    const bool pairs = type == KeyType::Hash || type == KeyType::SortedSet;
    std::vector<KeyElement> result;
    result.reserve(size_t(std::min<qsizetype>(list.size() / (pairs ? 2 : 1), maximumSampleElements)));
    bool isName = true;
    for (ReplyView item : list) {
        if (item.bytes().size() > maximumTokenBytes)
            return {};
        if (isName && result.size() == size_t(maximumSampleElements))
            break;
        if (isName)
            result.push_back({ item.toByteArray() });
        else if (type == KeyType::Hash)
            result.back().value = item.toByteArray();
        else
            result.back().score = scoreOf(item.bytes());
        isName = !pairs || !isName;
    }
    return result;
}

struct Look {
    StructureReading reading;
    UniqueFunction<void(StructureReading)> handler;

    bool accept(const Result<ReplyView>& reply)
    {
        if (!reply && !reading.error)
            reading.error = reply.error();
        return reply.has_value();
    }
};

} // namespace

void sendAsking(Connection& connection)
{
    connection.send({ "ASKING" }, [](const Result<ReplyView>& /*reply*/) {});
}

void readKeyKind(
    Connection& connection, const QByteArray& key, bool askMemory, UniqueFunction<void(KeyKind)> handler, bool asking)
{
    const auto kind = std::make_shared<KeyKind>();
    const auto send = [&connection, asking](const Command& command, ReplyHandler receive) {
        if (asking)
            sendAsking(connection);
        connection.send(command, std::move(receive));
    };
    if (askMemory) {
        send({ "MEMORY", "USAGE", key }, [kind](const Result<ReplyView>& reply) {
            kind->tooLarge = reply && reply->toInteger() > maximumLockBytes;
            const bool isElsewhere
                = !reply && (reply.error().serverCode == "MOVED" || reply.error().serverCode == "ASK");
            kind->memoryRefused = !reply && !isElsewhere
                && (reply.error().kind == ErrorKind::Permission || reply.error().kind == ErrorKind::Server
                    || reply.error().kind == ErrorKind::ReadOnly);
        });
    }
    send({ "TYPE", key }, [kind, handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
        if (reply) {
            kind->type = keyTypeByName(reply->bytes());
            kind->exists = reply->bytes() != "none";
        } else {
            kind->error = reply.error();
        }
        handler(std::move(*kind));
    });
}

void readStructure(Connection& connection, const QByteArray& key, KeyType type,
    UniqueFunction<void(StructureReading)> handler, bool asking)
{
    Q_ASSERT(type != KeyType::String && type != KeyType::Other);
    const StructureCommands commands = commandsFor(key, type);
    const auto look = std::make_shared<Look>();
    look->handler = std::move(handler);
    const auto send = [&connection, asking](const Command& command, ReplyHandler receive) {
        if (asking)
            sendAsking(connection);
        connection.send(command, std::move(receive));
    };
    send(commands.size, [look](const Result<ReplyView>& reply) {
        if (look->accept(reply))
            look->reading.size = quint64(std::max<qint64>(reply->toInteger(), 0));
    });
    send(commands.elements, [look, type](const Result<ReplyView>& reply) {
        if (!look->accept(reply) || look->reading.size > maximumLockElements)
            return;
        const bool scanned = type == KeyType::Hash || type == KeyType::Set;
        look->reading.elements = elementsOf(type, scanned ? reply->at(1) : *reply);
    });
    send({ "PTTL", key }, [look](const Result<ReplyView>& reply) {
        if (look->accept(reply))
            look->reading.ttlMs = reply->toInteger();
        look->handler(std::move(look->reading));
    });
}

} // namespace lockscope
