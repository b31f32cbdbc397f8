// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connectionuri.h"

#include <QByteArray>
#include <QList>
#include <QLocalServer>
#include <QObject>
#include <QTcpServer>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace lockscope {

/// A peer that speaks exactly what a test tells it, over a real socket in the test's own event loop:
///
///     ScriptedServer server;
///     server.addConnection(ScriptedServer::handshake().expect("SET").close()); // dies after reading the command
///     server.addConnection(ScriptedServer::handshake());                       // the link after it
///     Connection connection(server.spec(), gate);
///
/// Each new link runs the next script, the last one again and again. At the end of its script a link reads and stays
/// silent.
class ScriptedServer : public QObject {
    Q_OBJECT
public:
    class Script {
    public:
        /// Waits for one command. Another name than this one is a surprise, and ends the script.
        Script& expect(const QByteArray& name);
        Script& send(const QByteArray& bytes);
        /// `bytes` in two writes, the second one a moment after the first: the client reads them apart.
        Script& sendSplit(const QByteArray& bytes, qsizetype at);
        /// Stands still until ScriptedServer::proceed().
        Script& pause();
        Script& close();
        /// From here on every command gets these bytes. The last step.
        Script& answerAllWith(const QByteArray& bytes);

    private:
        friend class ScriptedServer;
        enum class Kind : quint8 { Expect, Send, Wait, Pause, Close, AnswerAll };
        struct Step {
            Kind kind;
            QByteArray bytes;
        };
        std::vector<Step> m_steps;
    };

    enum class Link : quint8 { Unix, Tcp };

    explicit ScriptedServer(Link link = Link::Unix);
    ~ScriptedServer() override;

    /// What a client without password and database number goes through: CLIENT SETNAME and PING.
    [[nodiscard]] static Script handshake();
    void addConnection(Script script);
    [[nodiscard]] ConnectionSpec spec() const;
    /// Lets every link go on that has come to pause().
    void proceed();
    /// Cuts every link.
    void closeAll();

    [[nodiscard]] int connectionsSeen() const { return m_connectionsSeen; }
    /// Names of all commands in the order of their arrival, on all links.
    [[nodiscard]] QList<QByteArray> commandsSeen() const { return m_commandsSeen; }
    /// How many commands each read from a socket held: a pipeline of one write shows as one number.
    [[nodiscard]] QList<int> commandsPerRead() const { return m_commandsPerRead; }
    /// What came although the script expected something else: must be empty at the end of a test.
    [[nodiscard]] QList<QByteArray> surprises() const { return m_surprises; }

private:
    class Peer;
    void accept(QIODevice* socket);

    std::vector<Script> m_scripts;
    std::vector<std::unique_ptr<Peer>> m_peers;
    QTemporaryDir m_folder;
    QLocalServer m_localServer;
    QTcpServer m_tcpServer;
    Link m_link;
    int m_connectionsSeen = 0;
    QList<QByteArray> m_commandsSeen;
    QList<int> m_commandsPerRead;
    QList<QByteArray> m_surprises;
};

} // namespace lockscope
