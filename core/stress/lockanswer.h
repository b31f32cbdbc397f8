// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// An answer of a server, reduced to what a lock strategy looks at: small enough to wait while its client is paused.
struct LockAnswer {
    enum class Kind : quint8 { Nil, Ok, Integer, OwnToken, OtherText, Failed };
    Kind kind = Kind::Nil;
    ErrorKind error = ErrorKind::Internal; ///< Failed
    bool scriptMissing = false; ///< Failed with NOSCRIPT: nothing ran
    qint64 integer = 0;

    /// A write that may have happened.
    [[nodiscard]] bool isUnknown() const { return kind == Kind::Failed && error == ErrorKind::OutcomeUnknown; }
    [[nodiscard]] bool isFailed() const { return kind == Kind::Failed; }
    [[nodiscard]] static LockAnswer of(const Result<ReplyView>& reply, QByteArrayView ownToken);
};

inline LockAnswer LockAnswer::of(const Result<ReplyView>& reply, QByteArrayView ownToken)
{
    LockAnswer answer;
    if (!reply) {
        answer.kind = Kind::Failed;
        answer.error = reply.error().kind;
        answer.scriptMissing = reply.error().serverCode == "NOSCRIPT";
        return answer;
    }
    switch (reply->kind()) {
    case ReplyKind::Integer:
        answer.kind = Kind::Integer;
        answer.integer = reply->toInteger();
        break;
    case ReplyKind::Status:
        answer.kind = Kind::Ok;
        break;
    case ReplyKind::Bulk:
        answer.kind = reply->bytes() == ownToken ? Kind::OwnToken : Kind::OtherText;
        break;
    default:
        answer.kind = Kind::Nil;
        break;
    }
    return answer;
}

} // namespace lockscope
