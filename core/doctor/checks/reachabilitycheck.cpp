// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

/// A server of several that did not answer at all. Where none does there is no report.
class ReachabilityCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "reachability"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override { return { infoCommand() }; }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        if (const std::optional<Error> refused = node.infoRefusal())
            findings.addUnreadable(DoctorText::tr("The server does not tell of itself"), infoCommand(), *refused);
        else if (node.info("loading") == "1")
            loading(findings);
    }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        for (const NodeAnswers& node : all.nodes) {
            if (!node.failure)
                continue;
            Finding& finding = findings.add(Severity::Serious, DoctorText::tr("A server cannot be reached"),
                DoctorText::tr("%1: %2").arg(node.name(), refusalText(*node.failure)));
            finding.nodes = QStringList { node.name() };
            finding.why = all.scope.isQuorumGroup
                ? DoctorText::tr(
                    "The quorum needs more than half of its masters; each one that is away brings it closer "
                    "to refusing every lock.")
                : DoctorText::tr("Locks on this server can neither be taken nor released.");
            finding.mend = DoctorText::tr("Bring the server back, or take it out of the deployment.");
        }
    }

private:
    static void loading(FindingList& findings)
    {
        Finding& finding = findings.add(
            Severity::Serious, DoctorText::tr("The server is loading its data"), DoctorText::tr("INFO says loading:1"));
        finding.why = DoctorText::tr("Until it is through, no lock can be taken, extended or released.");
        finding.mend = DoctorText::tr("Wait until it has loaded, then examine it again.");
    }
};

} // namespace

std::unique_ptr<Check> makeReachabilityCheck() { return std::make_unique<ReachabilityCheck>(); }

} // namespace lockscope
