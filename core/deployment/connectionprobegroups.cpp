// SPDX-License-Identifier: GPL-3.0-or-later
// What only a Sentinel or a node of a cluster is asked.
#include "base/bytetext.h"
#include "deployment/connectionbook.h"
#include "deployment/connectionprobe.h"
#include "deployment/probeadvice.h"
#include "redis/clustertopology.h"

namespace lockscope {

namespace {

using StepState = ProbeStep::State;

constexpr int mostNodes = 200;
constexpr qsizetype mostNames = 10;
constexpr int longestWord = 64;

struct ClusterShape {
    QList<Endpoint> masters;
    int servedSlots = 0;
};

/// Of CLUSTER SLOTS: ranges, each with its master first.
ClusterShape shapeOf(ReplyView slots, const Endpoint& asked)
{
    ClusterShape shape;
    for (const ReplyView range : slots) {
        if (range.size() < 3)
            continue;
        shape.servedSlots += int(range.at(1).toInteger() - range.at(0).toInteger() + 1);
        const Endpoint endpoint = clusterNodeEndpoint(range.at(2), asked);
        if (!shape.masters.contains(endpoint) && shape.masters.size() < mostNodes)
            shape.masters += endpoint;
    }
    return shape;
}

/// The names in SENTINEL MASTERS, each a flat list of field, value, field, value.
QStringList masterNames(ReplyView masters)
{
    QStringList names;
    for (const ReplyView master : masters) {
        for (qsizetype i = 0; i + 1 < master.size() && names.size() < mostNames; i += 2) {
            if (master.at(i).bytes() == "name")
                names += displayText(master.at(i + 1).bytes(), longestWord);
        }
    }
    return names;
}

} // namespace

void ConnectionProbe::askSentinel()
{
    begin(ProbeStep::Kind::Master);
    m_connection->send({ "SENTINEL", "GET-MASTER-ADDR-BY-NAME", m_masterName }, [this](Result<ReplyView> reply) {
        if (reply)
            showMaster(*reply);
        else if (reply.error().kind == ErrorKind::NotSupported || reply.error().kind == ErrorKind::Server) {
            end(StepState::Failed, ConnectionText::tr("it is no Sentinel"),
                ConnectionText::tr("Name the Sentinels, usually at port 26379; or choose One server as the kind."));
            serverDone(false);
        } else {
            serverLost(reply.error());
        }
    });
}

void ConnectionProbe::showMaster(ReplyView reply)
{
    if (reply.size() != 2) {
        listMasters();
        return;
    }
    const Endpoint master { QString::fromUtf8(reply.at(0).bytes()), quint16(reply.at(1).toByteArray().toUShort()), {},
        m_server.spec.endpoint().via };
    end(StepState::Passed, master.text());
    if (!m_masterFound)
        m_queue.append(serverAt(master, ProbePart::SentinelMaster));
    m_masterFound = true;
    serverDone(true);
}

void ConnectionProbe::listMasters()
{
    m_connection->send({ "SENTINEL", "MASTERS" }, [this](Result<ReplyView> reply) {
        const QStringList names = reply ? masterNames(*reply) : QStringList();
        end(StepState::Failed, ConnectionText::tr("it knows no master %1").arg(displayText(m_masterName, longestWord)),
            !reply ? ConnectionText::tr("SENTINEL MASTERS in redis-cli lists the names.")
                : names.isEmpty()
                ? ConnectionText::tr("It watches over no master at all: is it the right Sentinel?")
                : ConnectionText::tr("The masters that it knows: %1. Write one of them as master name.")
                      .arg(names.join(QStringLiteral(", "))));
        serverDone(false);
    });
}

void ConnectionProbe::askNodes()
{
    begin(ProbeStep::Kind::Nodes);
    m_connection->send({ "CLUSTER", "SLOTS" }, [this](Result<ReplyView> reply) {
        if (reply) {
            showNodes(*reply);
        } else if (reply.error().detail.contains(QLatin1StringView("cluster support disabled"))) {
            end(StepState::Failed, ConnectionText::tr("it is no node of a cluster"),
                ConnectionText::tr("Choose One server as the kind, or name a node of the cluster."));
            serverDone(false);
        } else {
            serverLost(reply.error());
        }
    });
}

void ConnectionProbe::showNodes(ReplyView reply)
{
    const ClusterShape shape = shapeOf(reply, m_server.spec.endpoint());
    const int missing = clusterSlotCount - shape.servedSlots;
    if (shape.masters.isEmpty()) {
        end(StepState::Failed, ConnectionText::tr("no node of it has a slot"),
            ConnectionText::tr("It has lost its cluster, or was never taken in: CLUSTER NODES in redis-cli tells."));
        serverDone(false);
        return;
    }
    const QString masters = ConnectionText::tr("%Ln masters", nullptr, int(shape.masters.size()));
    if (missing > 0)
        end(StepState::Warned, ConnectionText::tr("%1; nobody serves %2 slots").arg(masters).arg(missing),
            ConnectionText::tr("Locks in those slots can be neither seen nor taken: CLUSTER NODES in redis-cli tells "
                               "who had them."));
    else
        end(StepState::Passed, masters);
    m_isCluster = true;
    for (const Endpoint& master : shape.masters) {
        if (m_nodes.contains(master))
            continue;
        m_nodes += master;
        m_queue.append(serverAt(master, ProbePart::ClusterMaster));
    }
    askFacts();
}

} // namespace lockscope
