// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace lockscope {

namespace {

// Commands whose first argument decides what they do.
constexpr std::array<std::string_view, 16> containers { "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG",
    "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SENTINEL", "SLOWLOG", "XINFO" };

bool isContainer(const QByteArray& name)
{
    return std::ranges::find(containers, std::string_view(name.constData(), size_t(name.size()))) != containers.end();
}

constexpr qsizetype longestCount = 20; // digits of a length
constexpr qsizetype frame = longestCount + 5; // what surrounds an argument: `$`, its length and two line ends

char* appendCount(char* to, char kind, qsizetype count)
{
    *to++ = kind;
    to = std::to_chars(to, to + longestCount, count).ptr;
    *to++ = '\r';
    *to++ = '\n';
    return to;
}

} // namespace

Command::Command(std::initializer_list<QByteArrayView> arguments) { encode(arguments); }

Command::Command(const QList<QByteArray>& arguments) { encode(arguments); }

void Command::assign(std::span<const QByteArrayView> arguments) { encode(arguments); }

template <typename Arguments> void Command::encode(const Arguments& arguments)
{
    const auto count = qsizetype(arguments.size());
    if (count == 0)
        return;
    qsizetype room = frame;
    for (const QByteArrayView argument : arguments)
        room += argument.size() + frame;
    m_wire.resize(room);
    char* const begin = m_wire.data();
    char* to = appendCount(begin, '*', count);
    for (const QByteArrayView argument : arguments) {
        to = appendCount(to, '$', argument.size());
        to = std::copy(argument.begin(), argument.end(), to);
        *to++ = '\r';
        *to++ = '\n';
    }
    m_wire.resize(to - begin);

    const QByteArrayView first = *arguments.begin();
    if (QByteArrayView(m_name) == first && !isContainer(m_name))
        return;
    m_name = first.toByteArray().toUpper();
    if (count > 1 && isContainer(m_name))
        m_name += ' ' + QByteArrayView(*(arguments.begin() + 1)).toByteArray().toUpper();
}

} // namespace lockscope
