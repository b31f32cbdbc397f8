// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/command.h"

#include <QVarLengthArray>

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
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

} // namespace

Command::Command(std::initializer_list<QByteArrayView> arguments)
{
    QVarLengthArray<const char*, 16> pointers;
    QVarLengthArray<size_t, 16> lengths;
    for (const QByteArrayView argument : arguments) {
        pointers.append(argument.data());
        lengths.append(size_t(argument.size()));
    }
    encode(pointers.constData(), lengths.constData(), int(pointers.size()));
}

Command::Command(const QList<QByteArray>& arguments)
{
    QVarLengthArray<const char*, 16> pointers;
    QVarLengthArray<size_t, 16> lengths;
    for (const QByteArray& argument : arguments) {
        pointers.append(argument.constData());
        lengths.append(size_t(argument.size()));
    }
    encode(pointers.constData(), lengths.constData(), int(pointers.size()));
}

void Command::encode(const char* const* arguments, const size_t* lengths, int count)
{
    if (count == 0)
        return;
    m_name = QByteArray(arguments[0], qsizetype(lengths[0])).toUpper();
    if (count > 1 && isContainer(m_name))
        m_name += ' ' + QByteArray(arguments[1], qsizetype(lengths[1])).toUpper();

    char* wire = nullptr;
    const auto size = redisFormatCommandArgv(&wire, count, const_cast<const char**>(arguments), lengths);
    if (size < 0)
        qBadAlloc();
    m_wire = QByteArray(wire, qsizetype(size));
    redisFreeCommand(wire);
}

} // namespace lockscope
