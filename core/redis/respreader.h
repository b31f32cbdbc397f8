// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "redis/reply.h"

#include <QByteArray>

#include <memory>

namespace lockscope {

/// Turns bytes of RESP2 into flat replies, one at a time, in memory that is used again for the next one. What passes
/// the limits is an error before anything is allocated for it. After an error the reader is dead. Not thread-safe.
class RespReader {
public:
    static constexpr qsizetype maxFeed = 64 * 1024; ///< bytes of one feed()
    static constexpr qsizetype maxHeaderLine = 64 * 1024; ///< bytes of a line without its CR LF
    static constexpr qsizetype maxElementsPerArray = 1'000'000;
    static constexpr qsizetype maxElementsPerReply = 4'000'000;
    static constexpr int maxArrayLevels = 8;
    static constexpr size_t maxReplyBytes = size_t(256) * 1024 * 1024;
    static constexpr qsizetype commandTailLimit = 64 * 1024 * 1024;
    static constexpr qsizetype subscriberTailLimit = 1024 * 1024;

    enum class Progress : quint8 {
        Reply, ///< reply() shows the next one
        NeedMore, ///< feed() first
        Broken, ///< error() tells why; only destruction is left
    };

    /// `tailLimit`: how many bytes of an unfinished element may wait for their rest; `replyLimit`: how many all strings
    /// of one reply may have.
    explicit RespReader(qsizetype tailLimit = commandTailLimit, size_t replyLimit = maxReplyBytes);
    ~RespReader();

    /// Takes at most `maxFeed` bytes; the views of the last reply stay valid until next().
    void feed(QByteArrayView bytes);
    [[nodiscard]] Progress next();
    /// The reply that next() announced, valid until the next call of next().
    [[nodiscard]] ReplyView reply() const;
    [[nodiscard]] const Error& error() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
