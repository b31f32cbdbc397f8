// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/valuereader.h"

#include <algorithm>

namespace lockscope {

namespace {

/// A page of structures should bring no more than this.
constexpr qint64 wantedPageBytes = 1024 * 1024;

class Look : public std::enable_shared_from_this<Look> {
public:
    Look(Connection& connection, const ValueRequest& request, UniqueFunction<void(Result<ValuePage>)> handler)
        : m_connection(connection)
        , m_request(request)
        , m_handler(std::move(handler))
    {
        m_page.key = request.key;
        m_page.from = std::max<qint64>(0, request.from);
    }
    void readKind();

private:
    void readSize();
    void readPage();
    [[nodiscard]] Command sizeCommand() const;
    [[nodiscard]] Command pageCommand() const;
    [[nodiscard]] qint64 elementsWanted() const;
    void takePage(ReplyView reply);
    void takePairs(ReplyView reply);
    void add(QByteArrayView name, QByteArrayView value, double score);
    [[nodiscard]] QByteArray bounded(QByteArrayView bytes);
    void finish() { m_handler(std::move(m_page)); }
    void refuse(const Error& error)
    {
        if (!m_error)
            m_error = error;
    }

    Connection& m_connection;
    const ValueRequest m_request;
    UniqueFunction<void(Result<ValuePage>)> m_handler;
    ValuePage m_page;
    KeyType m_type = KeyType::Other;
    std::optional<Error> m_error;
};

void Look::readKind()
{
    const auto self = shared_from_this();
    m_connection.send({ "MEMORY", "USAGE", m_page.key }, [self](const Result<ReplyView>& reply) {
        if (reply && reply->kind() == ReplyKind::Integer)
            self->m_page.memoryBytes = reply->toInteger(-1);
    });
    m_connection.send({ "PTTL", m_page.key }, [self](const Result<ReplyView>& reply) {
        if (reply)
            self->m_page.ttlMs = std::max<qint64>(-1, reply->toInteger(-1));
    });
    m_connection.send({ "TYPE", m_page.key }, [self](const Result<ReplyView>& reply) {
        if (!reply)
            return self->m_handler(fail(reply.error()));
        self->m_page.type = reply->toByteArray();
        self->m_type = keyTypeByName(self->m_page.type);
        if (self->m_type == KeyType::Other)
            self->finish();
        else
            self->readSize();
    });
}

Command Look::sizeCommand() const
{
    switch (m_type) {
    case KeyType::Hash:
        return { "HLEN", m_page.key };
    case KeyType::List:
        return { "LLEN", m_page.key };
    case KeyType::Set:
        return { "SCARD", m_page.key };
    case KeyType::SortedSet:
        return { "ZCARD", m_page.key };
    case KeyType::String:
    case KeyType::Other:
        break;
    }
    return { "STRLEN", m_page.key };
}

void Look::readSize()
{
    m_connection.send(sizeCommand(), [self = shared_from_this()](const Result<ReplyView>& reply) {
        if (!reply)
            return self->m_handler(fail(reply.error()));
        self->m_page.size = reply->toInteger();
        if (self->m_request.sizeOnly)
            self->finish();
        else
            self->readPage();
    });
}

// By the average size of the elements: a hundred large ones would be too much for one page.
qint64 Look::elementsWanted() const
{
    if (m_page.memoryBytes <= 0 || m_page.size <= 0)
        return ValueRequest::pageElements;
    const qint64 each = std::max<qint64>(1, m_page.memoryBytes / m_page.size);
    return std::clamp<qint64>(wantedPageBytes / each, 1, ValueRequest::pageElements);
}

Command Look::pageCommand() const
{
    const QByteArray first = QByteArray::number(m_page.from);
    const qint64 count = elementsWanted();
    const QByteArray last = QByteArray::number(m_page.from + count - 1);
    switch (m_type) {
    case KeyType::Hash:
        return { "HSCAN", m_page.key, m_request.cursor, "COUNT", QByteArray::number(count) };
    case KeyType::List:
        return { "LRANGE", m_page.key, first, last };
    case KeyType::Set:
        return { "SSCAN", m_page.key, m_request.cursor, "COUNT", QByteArray::number(count) };
    case KeyType::SortedSet:
        return { "ZRANGE", m_page.key, first, last, "WITHSCORES" };
    case KeyType::String:
    case KeyType::Other:
        break;
    }
    return { "GETRANGE", m_page.key, first, QByteArray::number(m_page.from + ValueRequest::pageBytes - 1) };
}

void Look::readPage()
{
    m_connection.send(pageCommand(), [self = shared_from_this()](const Result<ReplyView>& reply) {
        if (!reply)
            return self->m_handler(fail(reply.error()));
        self->takePage(*reply);
        self->finish();
    });
}

void Look::takePage(ReplyView reply)
{
    switch (m_type) {
    case KeyType::String:
        m_page.bytes = reply.toByteArray();
        return;
    case KeyType::List:
        for (ReplyView element : reply)
            add(element.bytes(), {}, 0);
        return;
    case KeyType::SortedSet:
        takePairs(reply);
        return;
    case KeyType::Hash:
    case KeyType::Set:
    case KeyType::Other:
        break;
    }
    m_page.nextCursor = reply.at(0).toByteArray();
    if (m_page.nextCursor == "0")
        m_page.nextCursor.clear();
    if (m_type == KeyType::Hash) {
        takePairs(reply.at(1));
        return;
    }
    for (ReplyView element : reply.at(1))
        add(element.bytes(), {}, 0);
}

void Look::takePairs(ReplyView reply)
{
    QByteArrayView name;
    bool isName = true;
    for (ReplyView element : reply) {
        if (isName)
            name = element.bytes();
        else if (m_type == KeyType::Hash)
            add(name, element.bytes(), 0);
        else
            add(name, {}, element.toByteArray().toDouble());
        isName = !isName;
    }
}

void Look::add(QByteArrayView name, QByteArrayView value, double score)
{
    m_page.elements.push_back({ bounded(name), bounded(value), score });
}

QByteArray Look::bounded(QByteArrayView bytes)
{
    m_page.elementsCut = m_page.elementsCut || bytes.size() > ValuePage::maximumElementBytes;
    return bytes.first(std::min(bytes.size(), ValuePage::maximumElementBytes)).toByteArray();
}

} // namespace

void readValue(Connection& connection, const ValueRequest& request, UniqueFunction<void(Result<ValuePage>)> handler)
{
    std::make_shared<Look>(connection, request, std::move(handler))->readKind();
}

} // namespace lockscope
