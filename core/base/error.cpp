// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <array>
#include <utility>

namespace lockscope {

namespace {

struct KindFacts {
    const char* name;
    int status;
};

// In the order of ErrorKind. Statuses: contract section 2 (1 lock not obtained or lost, 2 usage, 3 no connection or
// refused).
constexpr std::array<KindFacts, errorKindCount> facts { {
    { "usage", 2 },
    { "resolve", 3 },
    { "connect", 3 },
    { "tls", 3 },
    { "authentication", 3 },
    { "permission", 3 },
    { "timeout", 3 },
    { "connection_lost", 3 },
    { "protocol", 3 },
    { "server", 3 },
    { "read_only", 3 },
    { "not_armed", 3 },
    { "server_read_only", 3 },
    { "loading", 3 },
    { "busy", 3 },
    { "out_of_memory", 3 },
    { "not_supported", 2 },
    { "not_held", 1 },
    { "no_such_key", 1 },
    { "taken", 1 },
    { "expired", 1 },
    { "no_quorum", 3 },
    { "outcome_unknown", 1 },
    { "cancelled", 130 },
    { "storage", 3 },
    { "unreadable", 3 },
    { "internal", 3 },
} };

ErrorKind kindOfReply(const QByteArray& code, const QByteArray& reply)
{
    static constexpr std::pair<const char*, ErrorKind> table[] = {
        { "NOAUTH", ErrorKind::Authentication },
        { "WRONGPASS", ErrorKind::Authentication },
        { "DENIED", ErrorKind::Authentication },
        { "NOPERM", ErrorKind::Permission },
        { "READONLY", ErrorKind::ServerReadOnly },
        { "NOREPLICAS", ErrorKind::ServerReadOnly },
        { "LOADING", ErrorKind::Loading },
        { "MASTERDOWN", ErrorKind::Loading },
        { "CLUSTERDOWN", ErrorKind::Loading },
        { "TRYAGAIN", ErrorKind::Loading },
        { "BUSY", ErrorKind::Busy },
        { "OOM", ErrorKind::OutOfMemory },
    };
    for (const auto& [word, kind] : table) {
        if (code == word)
            return kind;
    }
    // A script that an ACL rule stopped answers with ERR (redis-facts 9.1).
    if (reply.startsWith("ERR The user executing the script") || reply.contains("ACL failure in script"))
        return ErrorKind::Permission;
    if (reply.startsWith("ERR max number of clients"))
        return ErrorKind::Connect;
    if (reply.startsWith("ERR unknown command") || reply.startsWith("ERR unknown subcommand"))
        return ErrorKind::NotSupported;
    return ErrorKind::Server;
}

} // namespace

Error makeError(ErrorKind kind, const QString& detail, const QString& endpoint)
{
    return Error { kind, detail, {}, endpoint };
}

Error errorFromReply(const QByteArray& reply, const QString& endpoint)
{
    const QByteArray code = reply.left(reply.indexOf(' ') < 0 ? reply.size() : reply.indexOf(' '));
    return Error { kindOfReply(code, reply), QString::fromUtf8(reply.left(500)), code, endpoint };
}

QLatin1StringView errorName(ErrorKind kind) { return QLatin1StringView(facts[size_t(kind)].name); }

int exitStatus(ErrorKind kind) { return facts[size_t(kind)].status; }

} // namespace lockscope
