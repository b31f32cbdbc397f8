// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope {

/// What went wrong, as far as a caller may want to branch on it. Every kind has a text and a remedy (errortext.h), a
/// stable name for JSON and an exit status; a test walks the enumeration.
enum class ErrorKind : quint8 {
    Usage, ///< the request itself makes no sense
    Resolve, ///< the host name is unknown
    Connect, ///< nobody answered, or the connection was refused
    Tls, ///< the TLS handshake or the certificate check failed
    Authentication, ///< NOAUTH, WRONGPASS, DENIED
    Permission, ///< NOPERM, or a script that the ACL stopped
    Timeout, ///< no answer within the deadline, and nothing was written that could have changed the server
    ConnectionLost, ///< the link died; the command was a read or was never sent
    Protocol, ///< bytes that are no RESP, or that pass our limits
    Server, ///< any other error reply
    ReadOnly, ///< refused here, before a byte was sent: the connection is read-only
    NotArmed, ///< refused here, before a byte was sent: production, and writes are not armed
    ServerReadOnly, ///< READONLY, NOREPLICAS: this server takes no writes
    Loading, ///< LOADING, MASTERDOWN, CLUSTERDOWN, TRYAGAIN: later it may work
    Busy, ///< BUSY: a script blocks the server
    OutOfMemory, ///< OOM
    NotSupported, ///< the server, or this version of Lockscope, cannot do it
    NotHeld, ///< the lock is not held, or not with that token
    NoSuchKey, ///< there is nothing under this key
    Taken, ///< somebody else holds the lock
    Expired, ///< the lease was over before the answer, or before the release
    NoQuorum, ///< too few of the independent masters answered: neither held nor taken
    OutcomeUnknown, ///< a write was sent and its answer was lost: it may or may not have happened; never sent again
    Cancelled, ///< the caller or the shutdown ended it
    Storage, ///< a file or database of ours could not be written or used
    Unreadable, ///< a file that somebody named could not be read
    Internal, ///< a fault of Lockscope itself
};
inline constexpr int errorKindCount = int(ErrorKind::Internal) + 1;

/// A failure as a value: a kind for programs, a detail for people. Never holds a secret.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    QString detail; ///< what exactly happened, for people; may quote the server
    QByteArray serverCode; ///< first word of the server's error reply (`NOAUTH`, `NOPERM`…), else empty
    QString endpoint; ///< `host:port` or the socket path, where one is known

    friend bool operator==(const Error&, const Error&) = default;
};

/// Makes an Error without a server's word in it.
[[nodiscard]] Error makeError(ErrorKind kind, const QString& detail = {}, const QString& endpoint = {});
/// Classifies an error reply by its first word (redis-facts 9.2): `reply` without the leading `-`.
[[nodiscard]] Error errorFromReply(const QByteArray& reply, const QString& endpoint = {});

/// Stable snake_case name of a kind for `{"error":{"code":…}}`.
[[nodiscard]] QLatin1StringView errorName(ErrorKind kind);
/// Exit status of lockscope-cli for a kind (contract, section 2).
[[nodiscard]] int exitStatus(ErrorKind kind);

} // namespace lockscope
