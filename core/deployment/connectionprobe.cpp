// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionprobe.h"

#include "base/errortext.h"
#include "deployment/connectionbook.h"

#include <QHostAddress>
#include <QHostInfo>

namespace lockscope {

namespace {

using Kind = ProbeStep::Kind;
using StepState = ProbeStep::State;

/// The step that a state of the connection belongs to.
Kind kindOf(Connection::State state)
{
    switch (state) {
    case Connection::State::Securing:
        return Kind::Tls;
    case Connection::State::Authenticating:
    case Connection::State::Selecting:
    case Connection::State::Naming:
        return Kind::Login;
    case Connection::State::Probing:
        return Kind::Ping;
    default:
        return Kind::Connect;
    }
}

QString passedText(Kind kind)
{
    switch (kind) {
    case Kind::Tls:
        return ConnectionText::tr("encrypted; the certificate is good");
    case Kind::Login:
        return ConnectionText::tr("accepted");
    case Kind::Ping:
        return ConnectionText::tr("answered");
    default:
        return ConnectionText::tr("connected");
    }
}

QString hintOf(const Error& error, const ConnectionSpec& spec)
{
    const bool spokePlain = spec.link == LinkKind::Tcp;
    if (error.kind == ErrorKind::Protocol || (error.kind == ErrorKind::ConnectionLost && spokePlain))
        return ConnectionText::tr(
            "Is this a Redis port? A port that wants TLS ends a plain connection: switch TLS on.");
    if (error.kind == ErrorKind::Tls)
        return ConnectionText::tr(
            "Does this port speak TLS at all? If so, name the CA certificate, or the server name that the certificate "
            "has.");
    return errorHint(error);
}

} // namespace

QString probeStepTitle(ProbeStep::Kind kind)
{
    switch (kind) {
    case Kind::Resolve:
        return ConnectionText::tr("Find the address");
    case Kind::Connect:
        return ConnectionText::tr("Connect");
    case Kind::Tls:
        return ConnectionText::tr("Encrypt (TLS)");
    case Kind::Login:
        return ConnectionText::tr("Log in");
    case Kind::Ping:
        return ConnectionText::tr("Ping");
    case Kind::Role:
        return ConnectionText::tr("Role");
    case Kind::Master:
        return ConnectionText::tr("Ask for the master");
    case Kind::Capabilities:
        return ConnectionText::tr("What can be watched");
    }
    return {};
}

ConnectionProbe::ConnectionProbe(const QList<ConnectionSpec>& specs, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_masterName(specs.value(0).sentinelMaster.toUtf8())
    , m_first(specs.value(0))
    , m_timeout(timeout)
{
    for (const ConnectionSpec& spec : specs) {
        for (const Endpoint& endpoint : spec.endpoints) {
            Server server;
            server.spec = spec;
            server.spec.topology = Topology::Standalone;
            server.spec.endpoints = { endpoint };
            server.spec.sentinelMaster.clear();
            server.isSentinel = spec.topology == Topology::Sentinel;
            server.mayFail = server.isSentinel || spec.topology == Topology::Cluster;
            if (server.isSentinel)
                server.spec.database = 0;
            m_queue.append(server);
        }
    }
}

ConnectionProbe::~ConnectionProbe()
{
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(m_lookup);
    if (m_connection)
        m_connection->disconnect(this);
}

void ConnectionProbe::start() { QMetaObject::invokeMethod(this, &ConnectionProbe::nextServer, Qt::QueuedConnection); }

void ConnectionProbe::nextServer()
{
    if (m_connection) {
        m_connection->disconnect(this);
        m_connection.release()->deleteLater();
    }
    if (m_queue.isEmpty()) {
        const bool hasMaster = m_masterName.isEmpty() || m_masterFound;
        Q_EMIT finished(m_passed > 0 && !m_failed && hasMaster);
        return;
    }
    m_server = m_queue.takeFirst();
    const Endpoint endpoint = m_server.spec.endpoint();
    if (m_server.spec.link == LinkKind::Unix || !QHostAddress(endpoint.host).isNull()) {
        connectServer();
        return;
    }
    begin(Kind::Resolve);
    m_lookup = QHostInfo::lookupHost(endpoint.host, this, &ConnectionProbe::resolved);
}

void ConnectionProbe::resolved(const QHostInfo& info)
{
    m_lookup = -1;
    if (info.error() != QHostInfo::NoError || info.addresses().isEmpty()) {
        end(StepState::Failed, info.errorString(), errorHint(makeError(ErrorKind::Resolve)));
        serverDone(false);
        return;
    }
    QStringList addresses;
    for (const QHostAddress& address : info.addresses())
        addresses.append(address.toString());
    end(StepState::Passed, addresses.join(QStringLiteral(", ")));
    connectServer();
}

void ConnectionProbe::connectServer()
{
    ConnectionOptions options;
    options.connectTimeout = m_timeout;
    options.commandTimeout = m_timeout;
    options.reconnect = false;
    begin(Kind::Connect);
    m_connection = std::make_unique<Connection>(m_server.spec, std::make_shared<const CommandGate>(true), options);
    connect(m_connection.get(), &Connection::stateChanged, this, &ConnectionProbe::showState);
    connect(m_connection.get(), &Connection::ready, this, &ConnectionProbe::serverReady);
    connect(m_connection.get(), &Connection::lost, this, &ConnectionProbe::serverLost);
    m_connection->open();
}

void ConnectionProbe::showState(Connection::State state)
{
    if (state <= Connection::State::Connecting || state >= Connection::State::Ready)
        return;
    const Kind kind = kindOf(state);
    if (m_steps.constLast().kind == kind)
        return;
    const bool isUnchecked = m_steps.constLast().kind == Kind::Tls && m_server.spec.tls.insecure;
    if (isUnchecked)
        end(StepState::Warned, ConnectionText::tr("encrypted, but anybody could be at the other end"),
            ConnectionText::tr("Name the CA certificate, and let the certificate be checked."));
    else
        end(StepState::Passed, passedText(m_steps.constLast().kind));
    begin(kind);
}

void ConnectionProbe::serverReady()
{
    end(StepState::Passed, passedText(m_steps.constLast().kind));
    if (m_server.isSentinel) {
        askSentinel();
        return;
    }
    begin(Kind::Role);
    probeServer(*m_connection, [this](Result<ServerFacts> facts) {
        if (!facts)
            serverLost(facts.error());
        else
            showFacts(*facts);
    });
}

void ConnectionProbe::serverLost(const Error& error)
{
    // The end of the test, or a loss that the step has told already.
    if (error.kind == ErrorKind::Cancelled || m_steps.constLast().state != StepState::Running)
        return;
    const bool hadCredentials = !m_server.spec.password.isEmpty() || !m_server.spec.user.isEmpty();
    if (m_server.isSentinel && error.kind == ErrorKind::Authentication && hadCredentials) {
        end(StepState::Warned, errorMessage(error), ConnectionText::tr("Tried again without user and password."));
        Server again = m_server;
        again.spec.user.clear();
        again.spec.password = Secret();
        m_queue.prepend(again);
        QMetaObject::invokeMethod(this, &ConnectionProbe::nextServer, Qt::QueuedConnection);
        return;
    }
    end(StepState::Failed, errorMessage(error), hintOf(error, m_server.spec));
    serverDone(false);
}

void ConnectionProbe::askSentinel()
{
    begin(Kind::Master);
    m_connection->send(
        Command { "SENTINEL", "GET-MASTER-ADDR-BY-NAME", m_masterName }, [this](Result<ReplyView> reply) {
            if (!reply) {
                serverLost(reply.error());
                return;
            }
            if (reply->size() != 2) {
                end(StepState::Failed, ConnectionText::tr("it knows no master of that name"),
                    ConnectionText::tr("SENTINEL MASTERS in redis-cli lists the names."));
                serverDone(false);
                return;
            }
            Server master;
            master.spec = m_first;
            master.spec.topology = Topology::Standalone;
            master.spec.sentinelMaster.clear();
            master.spec.endpoints
                = { Endpoint { QString::fromUtf8(reply->at(0).bytes()), quint16(reply->at(1).toInteger()), {} } };
            end(StepState::Passed, master.spec.endpoint().text());
            if (!m_masterFound)
                m_queue.append(master);
            m_masterFound = true;
            serverDone(true);
        });
}

void ConnectionProbe::showFacts(const ServerFacts& facts)
{
    const QString name = QString::fromUtf8(facts.flavour + ' ' + facts.version);
    const bool isReplica = facts.role == "slave";
    if (facts.role.isEmpty())
        end(StepState::Warned, ConnectionText::tr("the user may not run INFO"),
            ConnectionText::tr("Allow INFO, so that version and role can be seen."));
    else
        end(isReplica ? StepState::Warned : StepState::Passed,
            isReplica ? ConnectionText::tr("%1, a replica").arg(name) : ConnectionText::tr("%1, a master").arg(name),
            isReplica ? ConnectionText::tr("Locks are taken on the master: connect to that one.") : QString());
    begin(Kind::Capabilities);
    if (!facts.configReadable)
        end(StepState::Warned, ConnectionText::tr("the server does not show its configuration"),
            ConnectionText::tr("Changes are then heard by client tracking, or by polling."));
    else if (!facts.notifyFlags.contains('K') && !facts.notifyFlags.contains('E'))
        end(StepState::Warned, ConnectionText::tr("keyspace notifications are off"),
            ConnectionText::tr("Client tracking is used instead; it does not tell how a lock ended."));
    else
        end(StepState::Passed,
            ConnectionText::tr("keyspace notifications %1, %2 keys")
                .arg(QString::fromLatin1(facts.notifyFlags))
                .arg(facts.keysInDatabase));
    serverDone(true);
}

void ConnectionProbe::serverDone(bool passed)
{
    m_passed += passed ? 1 : 0;
    m_failed = m_failed || (!passed && !m_server.mayFail);
    if (m_connection)
        m_connection->disconnect(this);
    // Not from within a handler of the connection that ends.
    QMetaObject::invokeMethod(this, &ConnectionProbe::nextServer, Qt::QueuedConnection);
}

void ConnectionProbe::begin(ProbeStep::Kind kind)
{
    ProbeStep step;
    step.kind = kind;
    step.server = m_server.spec.endpoint().text();
    m_steps.append(step);
    m_stepTime.start();
    Q_EMIT changed();
}

void ConnectionProbe::end(ProbeStep::State state, const QString& text, const QString& hint)
{
    ProbeStep& step = m_steps.last();
    step.state = state;
    step.milliseconds = double(m_stepTime.nsecsElapsed()) / 1e6;
    step.text = text;
    step.hint = hint;
    Q_EMIT changed();
}

} // namespace lockscope
