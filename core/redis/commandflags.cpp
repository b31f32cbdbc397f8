// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/commandflags.h"

#include "base/logging.h"
#include "redis/linkoptions.h"

#include <algorithm>

namespace lockscope {

namespace {

bool isWrite(ReplyView entry)
{
    for (const ReplyView flag : entry.at(2)) {
        if (flag.bytes() == QByteArrayView("write"))
            return true;
    }
    return false;
}

} // namespace

CommandFlagsReader::CommandFlagsReader(
    const ConnectionSpec& spec, std::shared_ptr<CommandGate> gate, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_gate(std::move(gate))
    , m_names(CommandGate::knownReads().values())
    , m_connection(spec, m_gate, oneTryOptions("lockscope-flags", timeout))
{
    std::sort(m_names.begin(), m_names.end());
    connect(&m_connection, &Connection::ready, this, &CommandFlagsReader::ask);
    connect(&m_connection, &Connection::lost, this, &CommandFlagsReader::finish);
}

void CommandFlagsReader::start() { m_connection.open(); }

void CommandFlagsReader::ask()
{
    QList<QByteArray> words { "COMMAND", "INFO" };
    for (const QByteArray& name : std::as_const(m_names))
        words += name.toLower().replace(' ', '|');
    m_connection.send(Command(words), [this](const Result<ReplyView>& reply) {
        if (reply)
            take(*reply);
        // From within its own handler the connection must not be closed.
        QMetaObject::invokeMethod(this, &CommandFlagsReader::finish, Qt::QueuedConnection);
    });
}

void CommandFlagsReader::take(ReplyView reply)
{
    // One entry a name, in the order of asking; nil for what the server does not know.
    QSet<QByteArray> writes;
    qsizetype index = 0;
    for (const ReplyView entry : reply) {
        if (index < m_names.size() && isWrite(entry))
            writes += m_names.at(index);
        ++index;
    }
    if (writes.isEmpty())
        return;
    qCInfo(logRedis).noquote() << m_connection.spec().endpoint().text() << "flags as writes" << writes.values();
    m_gate->refuseAlso(writes);
}

void CommandFlagsReader::finish()
{
    if (std::exchange(m_finished, true))
        return;
    m_connection.close();
    Q_EMIT finished();
}

} // namespace lockscope
