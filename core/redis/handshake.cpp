// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/handshake.h"

#include "base/logging.h"

#include <array>
#include <initializer_list>

namespace lockscope::handshake {

using State = Connection::State;

namespace {

constexpr quint16 bits(std::initializer_list<State> states)
{
    quint16 mask = 0;
    for (const State state : states)
        mask = quint16(mask | 1u << unsigned(state));
    return mask;
}

constexpr quint16 ending = bits({ State::BackingOff, State::Closed });

// In the order of State: where a link may go from there.
constexpr std::array<quint16, 10> transitions {
    bits({ State::Connecting, State::Closed }), // Idle
    bits({ State::Securing, State::Authenticating, State::Selecting, State::Naming, State::Probing })
        | ending, // Connecting
    bits({ State::Authenticating, State::Selecting, State::Naming, State::Probing }) | ending, // Securing
    bits({ State::Selecting, State::Naming, State::Probing }) | ending, // Authenticating
    bits({ State::Naming, State::Probing }) | ending, // Selecting
    bits({ State::Probing }) | ending, // Naming
    bits({ State::Ready }) | ending, // Probing
    ending, // Ready
    bits({ State::Connecting, State::Closed }), // BackingOff
    bits({ State::Connecting }), // Closed
};

bool isNeeded(State state, const ConnectionSpec& spec, const ConnectionOptions& options)
{
    switch (state) {
    case State::Securing:
        return spec.link == LinkKind::Tls;
    case State::Authenticating:
        return !spec.password.isEmpty() || !spec.user.isEmpty();
    case State::Selecting:
        return spec.database != 0;
    case State::Naming:
        return !options.clientName.isEmpty();
    default:
        return true;
    }
}

bool saysThatNoPasswordIsSet(QByteArrayView reply)
{
    // Redis 6 and later; Redis 5 and earlier.
    return reply.startsWith("ERR AUTH <password> called without any password")
        || reply.startsWith("ERR Client sent AUTH, but no password is set");
}

} // namespace

State next(State state, const ConnectionSpec& spec, const ConnectionOptions& options)
{
    Q_ASSERT(state >= State::Connecting && state < State::Ready);
    do
        state = State(int(state) + 1);
    while (!isNeeded(state, spec, options));
    return state;
}

Command command(State state, const ConnectionSpec& spec, const ConnectionOptions& options)
{
    switch (state) {
    case State::Authenticating:
        if (spec.user.isEmpty())
            return { "AUTH", spec.password.reveal() };
        return { "AUTH", spec.user.toUtf8(), spec.password.reveal() };
    case State::Selecting:
        return { "SELECT", QByteArray::number(spec.database) };
    case State::Naming:
        return { "CLIENT", "SETNAME", options.clientName };
    case State::Probing:
        return { "PING" };
    default:
        return {};
    }
}

Status judge(State state, ReplyView reply, const QString& endpoint)
{
    if (!reply.isError())
        return {};
    if (state == State::Naming)
        return {};
    // A server whose saves fail answers even PING so. It is there, and what it holds can be read.
    if (state == State::Probing && reply.bytes().startsWith("MISCONF"))
        return {};
    if (state == State::Authenticating && saysThatNoPasswordIsSet(reply.bytes())) {
        qCWarning(logRedis).noquote() << endpoint << "has no password set; going on without";
        return {};
    }
    return fail(errorFromReply(reply.toByteArray(), endpoint));
}

bool isPermanent(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Authentication:
    case ErrorKind::Permission:
    case ErrorKind::Tls:
    case ErrorKind::Ssh:
    case ErrorKind::Protocol:
    case ErrorKind::Server:
    case ErrorKind::NotSupported:
    case ErrorKind::ReadOnly:
    case ErrorKind::NotArmed:
        return true;
    default:
        return false;
    }
}

bool isAllowed(State from, State to) { return transitions[size_t(from)] & (1u << unsigned(to)); }

} // namespace lockscope::handshake
