// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedserver.h"

#include "redis/command.h"
#include "redis/respreader.h"

#include <QLocalSocket>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

namespace lockscope {

ScriptedServer::Script& ScriptedServer::Script::expect(const QByteArray& name)
{
    m_steps.push_back({ Kind::Expect, name });
    return *this;
}

ScriptedServer::Script& ScriptedServer::Script::send(const QByteArray& bytes)
{
    m_steps.push_back({ Kind::Send, bytes });
    return *this;
}

ScriptedServer::Script& ScriptedServer::Script::sendSplit(const QByteArray& bytes, qsizetype at)
{
    send(bytes.left(at));
    m_steps.push_back({ Kind::Wait, {} });
    return send(bytes.mid(at));
}

ScriptedServer::Script& ScriptedServer::Script::pause()
{
    m_steps.push_back({ Kind::Pause, {} });
    return *this;
}

ScriptedServer::Script& ScriptedServer::Script::close()
{
    m_steps.push_back({ Kind::Close, {} });
    return *this;
}

ScriptedServer::Script& ScriptedServer::Script::answerAllWith(const QByteArray& bytes)
{
    m_steps.push_back({ Kind::AnswerAll, bytes });
    return *this;
}

/// One link and how far it has come in its script.
class ScriptedServer::Peer : public QObject {
public:
    Peer(ScriptedServer& server, QIODevice* socket, Script script)
        : m_server(server)
        , m_socket(socket)
        , m_script(std::move(script))
    {
        m_socket->setParent(this);
        connect(m_socket, &QIODevice::readyRead, this, [this] { readAll(); });
        QTimer::singleShot(0, this, [this] { run(); });
    }

    void proceed()
    {
        if (m_next < m_script.m_steps.size() && m_script.m_steps[m_next].kind == Script::Kind::Pause) {
            ++m_next;
            run();
        }
    }

    void close()
    {
        m_next = m_script.m_steps.size();
        if (auto* local = qobject_cast<QLocalSocket*>(m_socket))
            local->disconnectFromServer();
        else if (auto* tcp = qobject_cast<QTcpSocket*>(m_socket))
            tcp->disconnectFromHost();
    }

private:
    void readAll()
    {
        const QByteArray bytes = m_socket->readAll();
        int commands = 0;
        for (qsizetype begin = 0; begin < bytes.size(); begin += RespReader::maxFeed) {
            m_reader.feed(QByteArrayView(bytes).sliced(begin, std::min(RespReader::maxFeed, bytes.size() - begin)));
            while (m_reader.next() == RespReader::Progress::Reply) {
                QList<QByteArray> words;
                for (const ReplyView word : m_reader.reply())
                    words += word.toByteArray();
                const QByteArray name = Command(words).name();
                if (name == "PING" && isPulse())
                    continue;
                m_inbox += name;
                m_server.m_commandsSeen += name;
                ++commands;
            }
        }
        if (commands > 0)
            m_server.m_commandsPerRead += commands;
        run();
    }

    // A sign of life that a quiet link asks for is no part of any script: it is given as long as the script goes on.
    bool isPulse()
    {
        const bool expected = !std::exchange(m_greeted, true)
            || (m_next < m_script.m_steps.size() && m_inbox.isEmpty()
                && (m_script.m_steps[m_next].kind == Script::Kind::AnswerAll
                    || m_script.m_steps[m_next].bytes == "PING"));
        if (!expected && m_next < m_script.m_steps.size())
            write("+PONG\r\n");
        return !expected;
    }

    void run()
    {
        while (m_next < m_script.m_steps.size() && doStep(m_script.m_steps[m_next])) { }
    }

    // Whether the script goes on at once.
    bool doStep(const Script::Step& step)
    {
        switch (step.kind) {
        case Script::Kind::Expect:
            return expect(step.bytes);
        case Script::Kind::Send:
            ++m_next;
            write(step.bytes);
            return true;
        case Script::Kind::Wait:
            if (!std::exchange(m_waiting, true)) {
                QTimer::singleShot(10, this, [this] {
                    m_waiting = false;
                    ++m_next;
                    run();
                });
            }
            return false;
        case Script::Kind::Pause:
            return false;
        case Script::Kind::Close:
            close();
            return false;
        case Script::Kind::AnswerAll:
            for (; !m_inbox.isEmpty(); m_inbox.removeFirst())
                write(step.bytes);
            return false;
        }
        return false;
    }

    bool expect(const QByteArray& name)
    {
        if (m_inbox.isEmpty())
            return false;
        const QByteArray came = m_inbox.takeFirst();
        if (came != name) {
            m_server.m_surprises += came;
            m_next = m_script.m_steps.size();
            return false;
        }
        ++m_next;
        return true;
    }

    void write(const QByteArray& bytes)
    {
        m_socket->write(bytes);
        if (auto* local = qobject_cast<QLocalSocket*>(m_socket))
            local->flush();
        else if (auto* tcp = qobject_cast<QTcpSocket*>(m_socket))
            tcp->flush();
    }

    ScriptedServer& m_server;
    QIODevice* m_socket;
    const Script m_script;
    size_t m_next = 0;
    bool m_waiting = false;
    bool m_greeted = false; ///< the PING of the handshake has come
    RespReader m_reader;
    QList<QByteArray> m_inbox;
};

ScriptedServer::ScriptedServer(Link link)
    : m_link(link)
{
    if (link == Link::Unix)
        m_localServer.listen(m_folder.filePath(QStringLiteral("s")));
    else
        m_tcpServer.listen(QHostAddress::LocalHost);
    connect(
        &m_localServer, &QLocalServer::newConnection, this, [this] { accept(m_localServer.nextPendingConnection()); });
    connect(&m_tcpServer, &QTcpServer::newConnection, this, [this] { accept(m_tcpServer.nextPendingConnection()); });
}

ScriptedServer::~ScriptedServer() = default;

ScriptedServer::Script ScriptedServer::handshake()
{
    return Script().expect("CLIENT SETNAME").send("+OK\r\n").expect("PING").send("+PONG\r\n");
}

void ScriptedServer::addConnection(Script script) { m_scripts.push_back(std::move(script)); }

ConnectionSpec ScriptedServer::spec() const
{
    ConnectionSpec spec;
    if (m_link == Link::Unix) {
        spec.link = LinkKind::Unix;
        spec.endpoints = { Endpoint { {}, 0, m_localServer.fullServerName() } };
    } else {
        spec.endpoints = { Endpoint { QStringLiteral("127.0.0.1"), m_tcpServer.serverPort(), {} } };
    }
    return spec;
}

void ScriptedServer::proceed()
{
    for (const std::unique_ptr<Peer>& peer : m_peers)
        peer->proceed();
}

void ScriptedServer::closeAll()
{
    for (const std::unique_ptr<Peer>& peer : m_peers)
        peer->close();
}

void ScriptedServer::accept(QIODevice* socket)
{
    Script script;
    if (!m_scripts.empty())
        script = m_scripts[std::min(size_t(m_connectionsSeen), m_scripts.size() - 1)];
    ++m_connectionsSeen;
    m_peers.push_back(std::make_unique<Peer>(*this, socket, std::move(script)));
}

} // namespace lockscope

#include "moc_scriptedserver.cpp"
