// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/blockingclient.h"

#include <QFile>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace lockscope {

BlockingClient::BlockingClient(const QString& socketPath)
    : m_path(socketPath)
{
    reconnect();
}

BlockingClient::~BlockingClient() { disconnect(); }

void BlockingClient::disconnect()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
    m_in.clear();
    m_out.clear();
    m_position = 0;
}

void BlockingClient::reconnect()
{
    disconnect();
    m_descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(m_path);
    std::strncpy(address.sun_path, path.constData(), sizeof address.sun_path - 1);
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        disconnect();
}

void BlockingClient::queue(const QList<QByteArray>& arguments)
{
    m_out += '*' + QByteArray::number(arguments.size()) + "\r\n";
    for (const QByteArray& argument : arguments)
        m_out += '$' + QByteArray::number(argument.size()) + "\r\n" + argument + "\r\n";
}

void BlockingClient::flush()
{
    for (qsizetype sent = 0; sent < m_out.size() && isConnected();) {
        const ssize_t step = ::send(m_descriptor, m_out.constData() + sent, size_t(m_out.size() - sent), MSG_NOSIGNAL);
        if (step <= 0)
            disconnect();
        sent += step;
    }
    m_out.clear();
}

bool BlockingClient::fill()
{
    if (!isConnected())
        return false;
    m_in.remove(0, m_position);
    m_position = 0;
    const qsizetype before = m_in.size();
    m_in.resize(before + 65536);
    const ssize_t got = ::recv(m_descriptor, m_in.data() + before, 65536, 0);
    m_in.resize(before + std::max<ssize_t>(got, 0));
    if (got <= 0)
        disconnect();
    return got > 0;
}

QByteArray BlockingClient::readLine()
{
    qsizetype end = m_in.indexOf("\r\n", m_position);
    while (end < 0) {
        if (!fill())
            return {};
        end = m_in.indexOf("\r\n", m_position);
    }
    const QByteArray line = m_in.mid(m_position, end - m_position);
    m_position = end + 2;
    return line;
}

BlockingClient::Answer BlockingClient::read()
{
    const QByteArray line = readLine();
    if (line.isEmpty())
        return {};
    Answer answer { line[0], line.mid(1), line.mid(1).toLongLong(), {} };
    if ((answer.type == '$' || answer.type == '*') && answer.number < 0)
        return {};
    if (answer.type == '$') {
        while (m_in.size() - m_position < answer.number + 2) {
            if (!fill())
                return {};
        }
        answer.text = m_in.mid(m_position, answer.number);
        m_position += answer.number + 2;
    } else if (answer.type == '*') {
        for (qint64 i = 0; i < answer.number; ++i)
            answer.items.append(read());
    }
    return answer;
}

BlockingClient::Answer BlockingClient::run(const QList<QByteArray>& arguments)
{
    queue(arguments);
    flush();
    return read();
}

} // namespace lockscope
