// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "redis/replicationfacts.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 lateSeconds = 10;
constexpr qint64 lateBytes = 1'000'000;

struct Replica {
    QString address;
    bool isOnline = false;
    qint64 lagSeconds = -1;
    qint64 lagBytes = -1;

    [[nodiscard]] bool isLate() const { return !isOnline || lagSeconds > lateSeconds || lagBytes > lateBytes; }
};

QList<Replica> replicasOf(const NodeAnswers& node)
{
    const Result<KeptReply>& info = node.answer(infoCommand());
    const ReplicationFacts facts = replicationFacts(info ? info->bytes : QByteArray());
    QList<Replica> replicas;
    for (const ReplicationFacts::Replica& replica : facts.replicas) {
        const qint64 behind = facts.offset < 0 ? -1 : std::max<qint64>(0, facts.offset - replica.offset);
        replicas.append({ replica.endpoint.text(), replica.online, replica.lagSeconds, behind });
    }
    return replicas;
}

/// What a failover loses.
class ReplicationCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "replication"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { infoCommand(), settingCommand("min-replicas-to-write"), settingCommand("min-replicas-max-lag") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        if (node.infoRefusal())
            findings.addUnreadable(DoctorText::tr("Replicas and failover"), infoCommand(), *node.infoRefusal());
        else if (!node.isMaster())
            judgeReplica(node, findings);
        else
            judgeMaster(node, findings);
    }

private:
    static void judgeReplica(const NodeAnswers& node, FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Serious, DoctorText::tr("This is a replica, no master"),
            DoctorText::tr("role %1, master_link_status %2, last word of the master %3 s ago")
                .arg(serverText(node.info("role")), serverText(node.info("master_link_status")))
                .arg(node.infoNumber("master_last_io_seconds_ago")));
        finding.why
            = DoctorText::tr("A replica takes no locks, shows them late, and never lets them expire by itself.");
        finding.mend = DoctorText::tr("Connect to its master, or by redis-sentinel:// or redis-cluster://.");
    }
    static void judgeMaster(const NodeAnswers& node, FindingList& findings)
    {
        const QList<Replica> replicas = replicasOf(node);
        const bool failsOver = node.scope().topology != Topology::Standalone;
        if (replicas.isEmpty())
            judgeNoReplicas(node, failsOver, findings);
        else
            judgeFailoverLoss(node, replicas, findings);
        judgeMinimum(node, replicas, findings);
        judgeLag(replicas, findings);
    }
    static void judgeNoReplicas(const NodeAnswers& node, bool failsOver, FindingList& findings)
    {
        if (node.scope().isQuorumGroup) {
            findings.add(Severity::Ok, DoctorText::tr("The master is independent"), DoctorText::tr("no replicas"));
            return;
        }
        Finding& finding = findings.add(failsOver ? Severity::Warning : Severity::Info,
            DoctorText::tr("There is no replica"), DoctorText::tr("connected_slaves 0"));
        finding.why
            = DoctorText::tr("When this server is away, no lock can be taken or released, and nothing takes over.");
        finding.mend = failsOver
            ? DoctorText::tr("Give this master a replica.")
            : DoctorText::tr("Nothing, if a pause of all locks is acceptable when the server fails.");
    }
    static void judgeFailoverLoss(const NodeAnswers& node, const QList<Replica>& replicas, FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Warning,
            node.scope().isQuorumGroup ? DoctorText::tr("A master of the quorum has replicas")
                                       : DoctorText::tr("A failover may lose the newest locks"),
            DoctorText::tr("%1 replicas, replication is asynchronous").arg(replicas.size()));
        finding.why = node.scope().isQuorumGroup
            ? DoctorText::tr(
                "If a replica takes over that lacks a lock, this vote is lost or given twice; Redlock counts "
                "on masters that fail alone.")
            : DoctorText::tr(
                "A lock is granted before any replica has it. If the master dies then, the replica that takes "
                "over grants it again: two holders.");
        finding.mend = node.scope().isQuorumGroup
            ? DoctorText::tr("Let the masters of a quorum have no automatic failover.")
            : DoctorText::tr(
                "After taking a lock that matters, wait for a replica and give the lock back if none answers; "
                "or guard the resource with fencing tokens; or use a quorum of independent masters.");
        if (!node.scope().isQuorumGroup)
            finding.commands = { QStringLiteral("WAIT 1 100") };
    }
    static void judgeMinimum(const NodeAnswers& node, const QList<Replica>& replicas, FindingList& findings)
    {
        const Setting minimum = node.setting("min-replicas-to-write");
        const qint64 wanted = minimum.value.value_or("0").toLongLong();
        const qint64 good = node.infoNumber("min_slaves_good_slaves");
        if (wanted > 0 && good >= 0 && good < wanted) {
            Finding& finding = findings.add(Severity::Serious, DoctorText::tr("The server refuses writes"),
                DoctorText::tr("min-replicas-to-write %1, good replicas %2").arg(wanted).arg(good));
            finding.why = DoctorText::tr("Locks can be neither taken nor released (NOREPLICAS); they only run out.");
            finding.mend
                = DoctorText::tr("Bring the replicas back, or lower the minimum for as long as they are away.");
            finding.commands = { QStringLiteral("CONFIG SET min-replicas-to-write %1").arg(good) };
        } else if (replicas.isEmpty()) {
            return;
        } else if (minimum.error) {
            findings.addUnreadable(DoctorText::tr("Whether an isolated master goes on granting locks"),
                settingCommand("min-replicas-to-write"), *minimum.error);
        } else if (wanted == 0) {
            isolated(findings);
        } else {
            findings.add(Severity::Ok, DoctorText::tr("An isolated master stops granting locks"),
                DoctorText::tr("min-replicas-to-write %1, good replicas %2").arg(wanted).arg(good));
        }
    }
    static void isolated(FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("An isolated master goes on granting locks"),
            QStringLiteral("min-replicas-to-write 0"));
        finding.why
            = DoctorText::tr("A master that is cut off grants locks while its successor grants the same ones, until "
                             "it hears that it was replaced.");
        finding.mend = DoctorText::tr("Let it refuse writes without a replica. The price: without replicas locks can "
                                      "neither be taken nor released.");
        finding.commands = { QStringLiteral("CONFIG SET min-replicas-to-write 1"),
            QStringLiteral("CONFIG SET min-replicas-max-lag 10"), QStringLiteral("CONFIG REWRITE") };
    }
    static void judgeLag(const QList<Replica>& replicas, FindingList& findings)
    {
        QStringList late;
        for (const Replica& replica : replicas) {
            if (replica.isLate())
                late.append(DoctorText::tr("%1: %2, %3 s and %4 behind")
                                .arg(replica.address,
                                    replica.isOnline ? DoctorText::tr("online") : DoctorText::tr("not online"))
                                .arg(replica.lagSeconds)
                                .arg(sizeText(std::max<qint64>(0, replica.lagBytes))));
        }
        if (late.isEmpty())
            return;
        Finding& finding
            = findings.add(Severity::Warning, DoctorText::tr("Replicas are behind"), late.join(QStringLiteral("; ")));
        finding.why
            = DoctorText::tr("What a replica has not heard is lost if it takes over: locks that were granted since, "
                             "and releases, too.");
        finding.mend = DoctorText::tr("Look at the network and the load of the replicas.");
    }
};

} // namespace

std::unique_ptr<Check> makeReplicationCheck() { return std::make_unique<ReplicationCheck>(); }

} // namespace lockscope
