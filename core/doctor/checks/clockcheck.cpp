// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

#include <cmath>

namespace lockscope {

namespace {

// Beyond the uncertainty of the measurement.
constexpr qint64 noticeableUs = 1'000'000;
constexpr qint64 dangerousUs = 10'000'000;

QString millisecondsText(qint64 us) { return QString::number(double(us) / 1000, 'f', 1); }

/// Clocks of the servers against each other, and against ours.
class ClockCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "clock"; }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        if (!node.clock) {
            findings.addUnreadable(DoctorText::tr("The server's clock"), { "TIME" },
                node.clockRefusal.value_or(makeError(ErrorKind::Timeout)));
            return;
        }
        const qint64 surely = std::abs(node.clock->offsetUs) - node.clock->uncertaintyUs;
        const bool isOff = surely > noticeableUs;
        Finding& finding = findings.add(isOff ? Severity::Warning : Severity::Ok,
            isOff ? DoctorText::tr("The server's clock differs from this machine's")
                  : DoctorText::tr("The server's clock agrees with this machine's"),
            DoctorText::tr("%1 ms \u00b1 %2 ms, by TIME")
                .arg(millisecondsText(node.clock->offsetUs), millisecondsText(node.clock->uncertaintyUs)));
        if (!isOff)
            return;
        finding.why
            = DoctorText::tr("Expiry uses the server's clock: when somebody corrects it, leases end early or late. "
                             "Libraries that keep times in their locks compare different clocks.");
        finding.mend = DoctorText::tr("Let NTP slew the clocks of both machines, without steps.");
    }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        const NodeAnswers* early = nullptr;
        const NodeAnswers* late = nullptr;
        for (const NodeAnswers& node : all.nodes) {
            if (!node.clock)
                continue;
            early = !early || node.clock->offsetUs < early->clock->offsetUs ? &node : early;
            late = !late || node.clock->offsetUs > late->clock->offsetUs ? &node : late;
        }
        if (!early || early == late)
            return;
        const qint64 skew = late->clock->offsetUs - early->clock->offsetUs;
        const qint64 uncertainty = late->clock->uncertaintyUs + early->clock->uncertaintyUs;
        judgeSkew(skew, uncertainty, *early, *late, findings);
    }

private:
    static void judgeSkew(
        qint64 skew, qint64 uncertainty, const NodeAnswers& early, const NodeAnswers& late, FindingList& findings)
    {
        const qint64 surely = skew - uncertainty;
        const Severity severity = surely > dangerousUs ? Severity::Serious
            : surely > noticeableUs                    ? Severity::Warning
                                                       : Severity::Ok;
        Finding& finding = findings.add(severity,
            severity == Severity::Ok ? DoctorText::tr("The servers' clocks agree with each other")
                                     : DoctorText::tr("The servers' clocks differ from each other"),
            DoctorText::tr("%1 is %2 ms \u00b1 %3 ms ahead of %4")
                .arg(late.name(), millisecondsText(skew), millisecondsText(uncertainty), early.name()));
        if (severity == Severity::Ok)
            return;
        finding.why
            = DoctorText::tr("Leases are replicated and migrated as times of day: where another server takes over, "
                             "they end early or late by the difference.");
        finding.mend = DoctorText::tr("Let NTP keep all servers at the same time, without steps.");
    }
};

} // namespace

std::unique_ptr<Check> makeClockCheck() { return std::make_unique<ClockCheck>(); }

} // namespace lockscope
