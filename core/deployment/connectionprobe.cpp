// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionprobe.h"

#include "base/errortext.h"
#include "deployment/connectionbook.h"
#include "deployment/probeadvice.h"
#include "redis/linkoptions.h"

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

ProbePart partOf(const ConnectionSpec& spec, qsizetype masters)
{
    switch (spec.topology) {
    case Topology::Sentinel:
        return ProbePart::Sentinel;
    case Topology::Cluster:
        return ProbePart::ClusterNode;
    case Topology::Standalone:
    case Topology::Sandbox:
        break;
    }
    return masters > 1 ? ProbePart::QuorumMaster : ProbePart::Only;
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
    case Kind::Nodes:
        return ConnectionText::tr("Ask for the nodes");
    case Kind::Reading:
        return ConnectionText::tr("Read locks");
    case Kind::Capabilities:
        return ConnectionText::tr("What can be watched");
    }
    return {};
}

ConnectionProbe::ConnectionProbe(const QList<ConnectionSpec>& specs, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_server()
    , m_masterName(specs.value(0).sentinelMaster.toUtf8())
    , m_first(specs.value(0))
    , m_timeout(timeout)
{
    for (const ConnectionSpec& spec : specs) {
        for (const Endpoint& endpoint : spec.endpoints) {
            Server server { spec, partOf(spec, specs.size()) };
            server.spec.topology = Topology::Standalone;
            server.spec.endpoints = { endpoint };
            server.spec.sentinelMaster.clear();
            if (server.part == ProbePart::Sentinel)
                server.spec.database = 0;
            if (server.part == ProbePart::ClusterNode)
                m_nodes += endpoint;
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

ProbeVerdict ConnectionProbe::verdict() const
{
    const auto judged = [](bool works, int failed) {
        return !works ? ProbeVerdict::Fails : failed > 0 ? ProbeVerdict::WorksPartly : ProbeVerdict::Works;
    };
    if (m_first.topology == Topology::Sentinel)
        return judged(tally(ProbePart::SentinelMaster).passed > 0, tally(ProbePart::Sentinel).failed);
    if (m_first.topology == Topology::Cluster) {
        const Tally& nodes = tally(ProbePart::ClusterNode);
        const Tally& masters = tally(ProbePart::ClusterMaster);
        return judged(m_isCluster && nodes.passed + masters.passed > 0, nodes.failed + masters.failed);
    }
    const Tally& quorum = tally(ProbePart::QuorumMaster);
    if (const int masters = quorum.passed + quorum.failed; masters > 0)
        return judged(quorum.passed > masters / 2, quorum.failed);
    return judged(tally(ProbePart::Only).passed > 0, 0);
}

void ConnectionProbe::nextServer()
{
    if (m_connection) {
        m_connection->disconnect(this);
        m_connection.release()->deleteLater();
    }
    if (m_queue.isEmpty()) {
        Q_EMIT finished(verdict() != ProbeVerdict::Fails);
        return;
    }
    m_server = m_queue.takeFirst();
    m_unproven.reset();
    m_refused.clear();
    m_absent.clear();
    m_isPartOfCluster = false;
    const Endpoint endpoint = m_server.spec.endpoint();
    // What stands behind ssh is looked up over there.
    const bool isElsewhere = m_server.spec.link == LinkKind::Unix || !endpoint.via.isEmpty();
    if (isElsewhere || !QHostAddress(endpoint.host).isNull()) {
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
        endRefused(makeError(ErrorKind::Resolve, info.errorString()));
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
    begin(Kind::Connect);
    m_connection = std::make_unique<Connection>(
        m_server.spec, std::make_shared<const CommandGate>(true), oneTryOptions("lockscope", m_timeout));
    connect(m_connection.get(), &Connection::stateChanged, this, &ConnectionProbe::showState);
    connect(m_connection.get(), &Connection::ready, this, &ConnectionProbe::serverReady);
    connect(m_connection.get(), &Connection::lost, this, &ConnectionProbe::serverLost);
    m_connection->open();
}

QString ConnectionProbe::passedText(ProbeStep::Kind kind) const
{
    switch (kind) {
    case Kind::Tls:
        return ConnectionText::tr("encrypted; the certificate is good");
    case Kind::Login:
        return ConnectionText::tr("accepted");
    case Kind::Ping:
        return ConnectionText::tr("answered");
    default:
        break;
    }
    const QString via = m_server.spec.endpoint().via;
    return via.isEmpty() ? ConnectionText::tr("connected") : ConnectionText::tr("connected by ssh through %1").arg(via);
}

void ConnectionProbe::showState(Connection::State state)
{
    if (state <= Connection::State::Connecting || state >= Connection::State::Ready)
        return;
    const Kind kind = kindOf(state);
    // A link through ssh counts as connected as soon as ssh has been started. That it got in shows with the first
    // answer.
    if (!m_server.spec.endpoint().via.isEmpty() && m_steps.constLast().kind == Kind::Connect && !m_unproven) {
        m_unproven = kind;
        return;
    }
    proveLink();
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

void ConnectionProbe::proveLink()
{
    if (!m_unproven)
        return;
    end(StepState::Passed, passedText(Kind::Connect));
    begin(*m_unproven);
    m_unproven.reset();
}

void ConnectionProbe::serverReady()
{
    proveLink();
    end(StepState::Passed, passedText(m_steps.constLast().kind));
    if (m_server.part == ProbePart::Sentinel)
        askSentinel();
    else if (m_server.part == ProbePart::ClusterNode)
        askNodes();
    else
        askFacts();
}

void ConnectionProbe::serverLost(const Error& error)
{
    // The end of the test, or a loss that the step has told already.
    if (error.kind == ErrorKind::Cancelled || m_steps.constLast().state != StepState::Running)
        return;
    const bool isOfServer
        = !error.serverCode.isEmpty() || error.kind == ErrorKind::Tls || error.kind == ErrorKind::Protocol;
    if (isOfServer)
        proveLink();
    const bool hadCredentials = !m_server.spec.password.isEmpty() || !m_server.spec.user.isEmpty();
    const bool isOwnDoor = m_server.part == ProbePart::Sentinel && error.serverCode == "WRONGPASS";
    if (isOwnDoor && hadCredentials) {
        end(StepState::Warned, errorMessage(error),
            ConnectionText::tr("Those are the master's, then. The Sentinel is tried again without."));
        Server again = m_server;
        again.spec.user.clear();
        again.spec.password = Secret();
        m_queue.prepend(again);
        QMetaObject::invokeMethod(this, &ConnectionProbe::nextServer, Qt::QueuedConnection);
        return;
    }
    endRefused(error);
    serverDone(false);
}

void ConnectionProbe::serverDone(bool passed)
{
    Tally& counted = tally(m_server.part);
    counted.passed += passed ? 1 : 0;
    counted.failed += passed ? 0 : 1;
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

void ConnectionProbe::endRefused(const Error& error)
{
    // The server is the heading of its steps already.
    Error shown = error;
    shown.endpoint.clear();
    const QString advice = probeAdvice(m_steps.constLast().kind, error, m_server.spec, m_server.part);
    const QString further = standInAdvice(m_server.part);
    end(StepState::Failed, errorMessage(shown),
        further.isEmpty() ? advice : QString(advice + QLatin1Char(' ') + further));
}

ConnectionProbe::Server ConnectionProbe::serverAt(const Endpoint& endpoint, ProbePart part) const
{
    Server server { m_first, part };
    server.spec.topology = Topology::Standalone;
    server.spec.sentinelMaster.clear();
    server.spec.endpoints = { endpoint };
    return server;
}

} // namespace lockscope
