// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

#include <QMap>

namespace lockscope {

namespace {

/// Whether the masters of a quorum group are what Redlock assumes: enough, an odd number, and independent.
class QuorumCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "quorum"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override { return { infoCommand() }; }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        if (!all.scope.isQuorumGroup)
            return;
        judgeSize(all, findings);
        judgeTwins(all, findings);
        judgeMachines(all, findings);
    }

private:
    static void judgeSize(const DeploymentAnswers& all, FindingList& findings)
    {
        const qsizetype masters = qsizetype(all.nodes.size());
        const qsizetype quorum = masters / 2 + 1;
        qsizetype reached = 0;
        for (const NodeAnswers& node : all.nodes)
            reached += node.failure ? 0 : 1;
        const QString evidence
            = DoctorText::tr("%1 of %2 masters answer, the quorum is %3").arg(reached).arg(masters).arg(quorum);
        if (reached < quorum) {
            Finding& finding = findings.add(Severity::Serious, DoctorText::tr("There is no quorum"), evidence);
            finding.why = DoctorText::tr("No lock can be taken, and none can be told from a minority.");
            finding.mend = DoctorText::tr("Bring masters back until more than half of them answer.");
        } else if (masters % 2 == 0) {
            Finding& finding
                = findings.add(Severity::Warning, DoctorText::tr("The quorum has an even number of masters"), evidence);
            finding.why = DoctorText::tr("%1 masters bear no more failures than %2, and votes can be split in halves.")
                              .arg(masters)
                              .arg(masters - 1);
            finding.mend = DoctorText::tr("Use an odd number of masters: three or five.");
        } else {
            findings.add(Severity::Ok, DoctorText::tr("The masters form a quorum"), evidence);
        }
    }
    static void judgeTwins(const DeploymentAnswers& all, FindingList& findings)
    {
        QMap<QByteArray, QStringList> byRunId;
        for (const NodeAnswers& node : all.nodes) {
            if (!node.info("run_id").isEmpty())
                byRunId[node.info("run_id")].append(node.name());
        }
        for (const QStringList& names : std::as_const(byRunId)) {
            if (names.size() < 2)
                continue;
            Finding& finding = findings.add(Severity::Serious, DoctorText::tr("Two masters are the same server"),
                DoctorText::tr("the same run_id at %1").arg(names.join(QStringLiteral(", "))));
            finding.why = DoctorText::tr("One server votes twice, so that a majority is none.");
            finding.mend = DoctorText::tr("Name each independent server once.");
        }
    }
    static void judgeMachines(const DeploymentAnswers& all, FindingList& findings)
    {
        QMap<QString, int> byHost;
        for (const NodeAnswers& node : all.nodes)
            ++byHost[node.spec().link == LinkKind::Unix ? QStringLiteral("unix") : node.spec().endpoint().host];
        for (auto host = byHost.cbegin(); host != byHost.cend(); ++host) {
            if (host.value() <= int(all.nodes.size()) / 2)
                continue;
            Finding& finding = findings.add(Severity::Warning, DoctorText::tr("Most masters are on one machine"),
                DoctorText::tr("%1 of %2 at %3").arg(host.value()).arg(all.nodes.size()).arg(host.key()));
            finding.why = DoctorText::tr("They fail together: when that machine restarts, a majority forgets at once.");
            finding.mend = DoctorText::tr("Put the masters on machines that fail independently.");
        }
    }
};

} // namespace

std::unique_ptr<Check> makeQuorumCheck() { return std::make_unique<QuorumCheck>(); }

} // namespace lockscope
