// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "redis/serverfacts.h"
#include "redis/topologymap.h"

namespace lockscope {

namespace {

/// The parts of a cluster's state on which every lock depends.
class ClusterCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "cluster"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& node) const override
    {
        if (!node.isCluster())
            return { infoCommand() };
        return { clusterInfo(), settingCommand("cluster-require-full-coverage") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        if (!node.isCluster())
            return;
        const Result<KeptReply>& state = node.answer(clusterInfo());
        if (!state) {
            findings.addUnreadable(DoctorText::tr("State of the cluster"), clusterInfo(), state.error());
            return;
        }
        judgeState(state->bytes, findings);
        judgeSize(state->bytes, findings);
        judgeCoverage(node, findings);
    }

private:
    static Words clusterInfo() { return { "CLUSTER", "INFO" }; }
    static void judgeState(const QByteArray& info, FindingList& findings)
    {
        const QByteArray state = infoField(info, "cluster_state");
        const int assigned = infoField(info, "cluster_slots_assigned").toInt();
        const int failing
            = infoField(info, "cluster_slots_fail").toInt() + infoField(info, "cluster_slots_pfail").toInt();
        const QString evidence = DoctorText::tr("cluster_state %1, %2 of %3 slots assigned, %4 on failing nodes")
                                     .arg(serverText(state))
                                     .arg(assigned)
                                     .arg(clusterSlotCount)
                                     .arg(failing);
        if (state == "ok" && assigned == clusterSlotCount && failing == 0) {
            findings.add(Severity::Ok, DoctorText::tr("The cluster serves all slots"), evidence);
            return;
        }
        Finding& finding
            = findings.add(Severity::Serious, DoctorText::tr("The cluster does not serve all slots"), evidence);
        finding.why
            = DoctorText::tr("Locks in those slots, and with full coverage required all locks, can be neither taken "
                             "nor released.");
        finding.mend = DoctorText::tr("Bring the failed nodes back, or assign the slots.");
        finding.commands = { QStringLiteral("CLUSTER NODES") };
    }
    static void judgeSize(const QByteArray& info, FindingList& findings)
    {
        const int size = infoField(info, "cluster_size").toInt();
        if (size >= 3 || size <= 0)
            return;
        Finding& finding
            = findings.add(Severity::Warning, DoctorText::tr("The cluster has too few masters to fail over"),
                DoctorText::tr("cluster_size %1").arg(size));
        finding.why = DoctorText::tr("A failover needs the votes of more than half of the masters.");
        finding.mend = DoctorText::tr("Use three masters at least.");
    }
    static void judgeCoverage(const NodeAnswers& node, FindingList& findings)
    {
        const Setting full = node.setting("cluster-require-full-coverage");
        if (!full.value || *full.value != "yes")
            return;
        Finding& finding = findings.add(Severity::Info, DoctorText::tr("One lost slot stops all locks"),
            QStringLiteral("cluster-require-full-coverage yes"));
        finding.why = DoctorText::tr("If one master and its replicas are away, the others refuse their locks, too.");
        finding.mend = DoctorText::tr("Let healthy slots go on, if partly working locks are better than none.");
        finding.commands = { QStringLiteral("CONFIG SET cluster-require-full-coverage no") };
    }
};

} // namespace

std::unique_ptr<Check> makeClusterCheck() { return std::make_unique<ClusterCheck>(); }

} // namespace lockscope
