// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/respreader.h"

#include <hiredis/hiredis.h>

#include <charconv>
#include <string_view>
#include <vector>

namespace lockscope {

namespace {

#if HIREDIS_MAJOR >= 1
using ElementCount = size_t;
#else
using ElementCount = int;
#endif

struct ReaderDeleter {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

} // namespace

class RespReader::Private {
public:
    Private(qsizetype tail, size_t reply)
        : tailLimit(tail)
        , replyLimit(reply)
        , reader(redisReaderCreateWithFunctions(&objectFunctions()))
    {
        reader->privdata = this;
        // Between replies the buffer is kept up to this size instead of being given back and asked for again.
        reader->maxbuf = 1024 * 1024;
    }

    // The reader only passes these pointers around and asks whether they are null; the tokens are kept here.
    static void* made() { return &tokenMade; }
    void* refuse(const QString& why)
    {
        refusal = why;
        return nullptr;
    }
    void* append(const redisReadTask* task, ReplyKind kind, const char* bytes, size_t size);
    void* appendArray(const redisReadTask* task, ElementCount elements);
    void closeSpans();
    bool tailIsAcceptable();
    [[nodiscard]] int unfinishedType() const;
    Progress fail(const QString& why);

    static redisReplyObjectFunctions& objectFunctions();
    static Private* self(const redisReadTask* task) { return static_cast<Private*>(task->privdata); }
    static void* createString(const redisReadTask* task, char* bytes, size_t size);
    static void* createArray(const redisReadTask* task, ElementCount elements)
    {
        return self(task)->appendArray(task, elements);
    }
    static void* createInteger(const redisReadTask* task, long long value);
    static void* createNil(const redisReadTask* task);
    static void freeObject(void*) { }
#if HIREDIS_MAJOR >= 1
    static void* createDouble(const redisReadTask* task, double, char*, size_t) { return self(task)->refuseType(); }
    static void* createBool(const redisReadTask* task, int) { return self(task)->refuseType(); }
#endif
    void* refuseType() { return refuse(QStringLiteral("a RESP3 type although RESP2 is spoken")); }

    const qsizetype tailLimit;
    const size_t replyLimit;
    std::unique_ptr<redisReader, ReaderDeleter> reader;
    std::vector<ReplyToken> tokens;
    std::vector<char> arena;
    qsizetype promisedElements = 0;
    bool replyDelivered = false;
    QString refusal;
    Error error;

private:
    static inline char tokenMade = 0;
};

redisReplyObjectFunctions& RespReader::Private::objectFunctions()
{
    static redisReplyObjectFunctions functions = [] {
        redisReplyObjectFunctions made {};
        made.createString = &Private::createString;
        made.createArray = &Private::createArray;
        made.createInteger = &Private::createInteger;
        made.createNil = &Private::createNil;
        made.freeObject = &Private::freeObject;
#if HIREDIS_MAJOR >= 1
        made.createDouble = &Private::createDouble;
        made.createBool = &Private::createBool;
#endif
        return made;
    }();
    return functions;
}

void* RespReader::Private::createString(const redisReadTask* task, char* bytes, size_t size)
{
    switch (task->type) {
    case REDIS_REPLY_STRING:
        // The reader skips these two without a look; a wrong length would silently shift everything behind it.
        if (bytes[size] != '\r' || bytes[size + 1] != '\n')
            return self(task)->refuse(QStringLiteral("a string that is longer than its length says"));
        return self(task)->append(task, ReplyKind::Bulk, bytes, size);
    case REDIS_REPLY_STATUS:
        return self(task)->append(task, ReplyKind::Status, bytes, size);
    case REDIS_REPLY_ERROR:
        return self(task)->append(task, ReplyKind::Error, bytes, size);
    default:
        return self(task)->refuseType();
    }
}

void* RespReader::Private::createInteger(const redisReadTask* task, long long value)
{
    ReplyToken token;
    token.kind = ReplyKind::Integer;
    token.integer = value;
    self(task)->tokens.push_back(token);
    return made();
}

void* RespReader::Private::createNil(const redisReadTask* task)
{
    if (task->type == REDIS_REPLY_NIL)
        return self(task)->refuseType();
    self(task)->tokens.push_back(ReplyToken {});
    return made();
}

void* RespReader::Private::append(const redisReadTask*, ReplyKind kind, const char* bytes, size_t size)
{
    ReplyToken token;
    token.kind = kind;
    token.offset = quint32(arena.size());
    token.size = quint32(size);
    if (arena.size() + size > replyLimit)
        return refuse(QStringLiteral("a reply of more than %1 bytes").arg(replyLimit));
    arena.insert(arena.end(), bytes, bytes + size);
    tokens.push_back(token);
    return made();
}

void* RespReader::Private::appendArray(const redisReadTask* task, ElementCount elements)
{
    if (task->type != REDIS_REPLY_ARRAY)
        return refuseType();
    const auto count = qsizetype(elements);
    if (count < 0 || count > maxElementsPerArray)
        return refuse(QStringLiteral("an array of %1 elements").arg(count));
    promisedElements += count;
    if (promisedElements > maxElementsPerReply)
        return refuse(QStringLiteral("a reply of more than %1 elements").arg(maxElementsPerReply));
    int level = 1;
    for (const redisReadTask* above = task->parent; above; above = above->parent)
        ++level;
    if (level > maxArrayLevels)
        return refuse(QStringLiteral("arrays nested deeper than %1").arg(maxArrayLevels));
    ReplyToken token;
    token.kind = ReplyKind::Array;
    token.integer = count;
    tokens.push_back(token);
    return made();
}

// Spans are known only when everything below an array has come: walk back, so that children are done before their
// array.
void RespReader::Private::closeSpans()
{
    if (tokens.size() < 2)
        return;
    for (size_t i = tokens.size(); i-- > 0;) {
        if (tokens[i].kind != ReplyKind::Array)
            continue;
        quint32 span = 1;
        for (qint64 child = 0; child < tokens[i].integer; ++child)
            span += tokens[i + span].span;
        tokens[i].span = span;
    }
}

int RespReader::Private::unfinishedType() const
{
    if (reader->ridx < 0)
        return -1;
#if HIREDIS_MAJOR >= 1
    return reader->task[reader->ridx]->type;
#else
    return reader->rstack[reader->ridx].type;
#endif
}

// hiredis buffers without limit and rescans an unfinished line on every call. Its position stands behind the type byte
// of the unfinished element here, never inside a payload.
bool RespReader::Private::tailIsAcceptable()
{
    const char* tail = reader->buf + reader->pos;
    const auto size = qsizetype(reader->len - reader->pos);
    if (size == 0)
        return true;
    const qsizetype window = qMin(size, maxHeaderLine);
    const auto lineEnd = std::string_view(tail, size_t(window)).find("\r\n");
    if (lineEnd == std::string_view::npos) {
        if (size >= maxHeaderLine)
            refusal = QStringLiteral("a line without an end");
    } else if (unfinishedType() == REDIS_REPLY_STRING) {
        qint64 length = 0;
        std::from_chars(tail, tail + lineEnd, length);
        if (length > tailLimit)
            refusal = QStringLiteral("a string of %1 bytes").arg(length);
    }
    if (size > tailLimit)
        refusal = QStringLiteral("more than %1 bytes without an end").arg(tailLimit);
    return refusal.isEmpty();
}

RespReader::Progress RespReader::Private::fail(const QString& why)
{
    error = makeError(ErrorKind::Protocol, why);
    return Progress::Broken;
}

RespReader::RespReader(qsizetype tailLimit, size_t replyLimit)
    : d(std::make_unique<Private>(tailLimit, replyLimit))
{
}

RespReader::~RespReader() = default;

void RespReader::feed(QByteArrayView bytes)
{
    Q_ASSERT(bytes.size() <= maxFeed);
    redisReaderFeed(d->reader.get(), bytes.data(), size_t(bytes.size()));
}

RespReader::Progress RespReader::next()
{
    if (d->reader->err)
        return Progress::Broken;
    if (std::exchange(d->replyDelivered, false)) {
        d->tokens.clear();
        d->arena.clear();
        d->promisedElements = 0;
    }
    void* object = nullptr;
    if (redisReaderGetReply(d->reader.get(), &object) != REDIS_OK)
        return d->fail(d->refusal.isEmpty() ? QString::fromUtf8(d->reader->errstr) : d->refusal);
    if (object) {
        d->closeSpans();
        d->replyDelivered = true;
        return Progress::Reply;
    }
    if (d->tailIsAcceptable())
        return Progress::NeedMore;
    d->reader->err = REDIS_ERR_PROTOCOL;
    return d->fail(d->refusal);
}

ReplyView RespReader::reply() const
{
    return d->replyDelivered ? ReplyView(d->tokens.data(), d->arena.data()) : ReplyView();
}

const Error& RespReader::error() const { return d->error; }

} // namespace lockscope
