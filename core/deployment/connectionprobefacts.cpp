// SPDX-License-Identifier: GPL-3.0-or-later
// What a server that lets us in is asked.
#include "deployment/connectionbook.h"
#include "deployment/connectionprobe.h"
#include "deployment/probeadvice.h"

namespace lockscope {

namespace {

using Kind = ProbeStep::Kind;
using StepState = ProbeStep::State;

bool isOfCluster(ProbePart part) { return part == ProbePart::ClusterNode || part == ProbePart::ClusterMaster; }

/// What a listing cannot do without; on a key that there is not.
QList<Command> readingCommands()
{
    const QByteArray key = "lockscope:probe";
    return { { "SCAN", "0", "COUNT", "1" }, { "TYPE", key }, { "PTTL", key }, { "GETRANGE", key, "0", "0" } };
}

} // namespace

void ConnectionProbe::askFacts()
{
    begin(Kind::Role);
    probeServer(*m_connection, [this](Result<ServerFacts> facts) {
        if (!facts)
            serverLost(facts.error());
        else
            showFacts(*facts);
    });
}

void ConnectionProbe::showFacts(const ServerFacts& facts)
{
    const QString name = QString::fromUtf8(facts.flavour + ' ' + facts.version);
    const bool isReplica = facts.role == "slave";
    if (facts.role.isEmpty())
        end(StepState::Warned, ConnectionText::tr("the user may not run INFO"),
            grantAdvice(m_server.spec, { QStringLiteral("info") }));
    else if (!isReplica)
        end(StepState::Passed, ConnectionText::tr("%1, a master").arg(name));
    else if (isOfCluster(m_server.part))
        end(StepState::Passed, ConnectionText::tr("%1, a replica").arg(name));
    else
        end(StepState::Warned, ConnectionText::tr("%1, a replica").arg(name),
            ConnectionText::tr("Locks are taken on the master: connect to that one."));
    tryReading(facts);
}

void ConnectionProbe::tryReading(const ServerFacts& facts)
{
    begin(Kind::Reading);
    if (!isOfCluster(m_server.part))
        m_connection->send({ "INFO", "cluster" }, [this](const Result<ReplyView>& reply) {
            m_isPartOfCluster = reply && infoField(reply->bytes(), "cluster_enabled") == "1";
        });
    const QList<Command> commands = readingCommands();
    for (qsizetype i = 0; i < commands.size(); ++i) {
        const bool isLast = i + 1 == commands.size();
        const QString name = QString::fromLatin1(commands[i].name()).toLower();
        m_connection->send(commands[i], [this, facts, name, isLast](const Result<ReplyView>& reply) {
            const bool isLost = !reply && reply.error().serverCode.isEmpty();
            if (isLost) {
                serverLost(reply.error());
                return;
            }
            if (!reply && reply.error().kind == ErrorKind::NotSupported)
                m_absent += name;
            else if (!reply && !refusedCommand(reply.error()).isEmpty())
                m_refused += name;
            if (isLast)
                showReading(facts);
        });
    }
}

void ConnectionProbe::showReading(const ServerFacts& facts)
{
    const QString comma = QStringLiteral(", ");
    if (!m_absent.isEmpty())
        end(StepState::Failed, ConnectionText::tr("the server does not have %1").arg(m_absent.join(comma)),
            ConnectionText::tr("Its operator has renamed or disabled that; without it no lock can be listed."));
    else if (!m_refused.isEmpty())
        end(StepState::Failed, ConnectionText::tr("the user may not run %1").arg(m_refused.join(comma)),
            grantAdvice(m_server.spec, m_refused));
    else if (m_isPartOfCluster)
        end(StepState::Warned, ConnectionText::tr("only its own part of a cluster"),
            ConnectionText::tr("This server is a node of a cluster: choose Cluster as the kind, to see all of it."));
    else
        end(StepState::Passed, ConnectionText::tr("allowed"));
    if (m_absent.isEmpty() && m_refused.isEmpty())
        showCapabilities(facts);
    else
        serverDone(false);
}

void ConnectionProbe::showCapabilities(const ServerFacts& facts)
{
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

} // namespace lockscope
