// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto slowRoundTrip = 100ms;
constexpr qint64 slowScriptUs = 100'000;
constexpr qint64 longStallMs = 500;
constexpr auto slowlogLength = "64";

QString millisecondsText(SteadyTime::duration duration)
{
    return QString::number(std::chrono::duration<double, std::milli>(duration).count(), 'f', 2);
}

/// Scripts in the slow log; what they were called with is not looked at: it may hold tokens.
struct SlowScripts {
    int entries = 0; ///< of the slow log
    int scripts = 0;
    qint64 worstUs = 0;
};

bool isScript(QByteArray command)
{
    command = command.toLower();
    return command.startsWith("eval") || command.startsWith("fcall");
}

SlowScripts slowScriptsOf(const KeptReply& log)
{
    SlowScripts slow;
    for (const KeptReply& entry : log.items) {
        ++slow.entries;
        if (!isScript(entry.at(3).at(0).bytes))
            continue;
        ++slow.scripts;
        slow.worstUs = std::max(slow.worstUs, entry.at(2).toInteger());
    }
    return slow;
}

/// How long an operation on a lock takes, and what has held up the server.
class LatencyCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "latency"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { slowlog(), latest(), settingCommand("slowlog-log-slower-than"),
            settingCommand("latency-monitor-threshold") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        judgeRoundTrip(node, findings);
        if (const Result<KeptReply>& log = node.answer(slowlog()); log)
            judgeScripts(node, slowScriptsOf(*log), findings);
        else
            findings.addUnreadable(DoctorText::tr("Slow scripts"), { "SLOWLOG", "GET" }, log.error());
        if (const Result<KeptReply>& events = node.answer(latest()); events)
            judgeStalls(node, *events, findings);
        else
            findings.addUnreadable(DoctorText::tr("Stalls of the server"), latest(), events.error());
    }

private:
    static Words slowlog() { return { "SLOWLOG", "GET", slowlogLength }; }
    static Words latest() { return { "LATENCY", "LATEST" }; }
    static void judgeRoundTrip(const NodeAnswers& node, FindingList& findings)
    {
        if (node.roundTrips.empty())
            return;
        std::vector<SteadyTime::duration> sorted = node.roundTrips;
        std::sort(sorted.begin(), sorted.end());
        const SteadyTime::duration median = sorted[sorted.size() / 2];
        const bool isSlow = median > slowRoundTrip;
        Finding& finding = findings.add(isSlow ? Severity::Warning : Severity::Ok,
            isSlow ? DoctorText::tr("The server answers slowly") : DoctorText::tr("The server answers quickly"),
            DoctorText::tr("%1 PINGs: %2 ms at best, %3 ms in the middle, %4 ms at worst")
                .arg(sorted.size())
                .arg(millisecondsText(sorted.front()), millisecondsText(median), millisecondsText(sorted.back())));
        if (!isSlow)
            return;
        finding.why
            = DoctorText::tr("What an answer takes is lost from the lease: short TTLs run out before their holder "
                             "knows that it has them.");
        finding.mend = DoctorText::tr("Look at the load of server and network, and keep TTLs far above this time.");
    }
    static void judgeScripts(const NodeAnswers& node, const SlowScripts& slow, FindingList& findings)
    {
        const std::optional<QByteArray> threshold = node.setting("slowlog-log-slower-than").value;
        if (threshold && threshold->startsWith('-')) {
            findings.add(Severity::Info, DoctorText::tr("Slow scripts are not recorded"),
                QStringLiteral("slowlog-log-slower-than ") + serverText(*threshold));
            return;
        }
        const bool isSlow = slow.worstUs > slowScriptUs;
        Finding& finding = findings.add(isSlow ? Severity::Warning
                : slow.scripts > 0             ? Severity::Info
                                               : Severity::Ok,
            slow.scripts > 0 ? DoctorText::tr("Scripts are in the slow log")
                             : DoctorText::tr("No script is in the slow log"),
            slow.scripts > 0 ? DoctorText::tr("%1 of the newest %2 entries, the slowest took %3 ms")
                                   .arg(slow.scripts)
                                   .arg(slow.entries)
                                   .arg(QString::number(double(slow.worstUs) / 1000, 'f', 1))
                             : DoctorText::tr("%1 entries").arg(slow.entries));
        if (slow.scripts == 0)
            return;
        finding.why = DoctorText::tr("While a script runs nobody else is served: every lock operation waits for it.");
        finding.mend = DoctorText::tr("Find the script and split its work.");
        finding.commands = { QStringLiteral("SLOWLOG GET 64") };
    }
    static void judgeStalls(const NodeAnswers& node, const KeptReply& events, FindingList& findings)
    {
        qint64 worst = 0;
        QByteArray worstEvent;
        for (const KeptReply& event : events.items) {
            if (event.at(3).toInteger() > worst) {
                worst = event.at(3).toInteger();
                worstEvent = event.at(0).bytes;
            }
        }
        if (events.items.empty()) {
            const bool off = node.setting("latency-monitor-threshold").value.value_or("") == "0";
            Finding& finding = findings.add(off ? Severity::Info : Severity::Ok,
                off ? DoctorText::tr("Stalls are not recorded") : DoctorText::tr("No stall was recorded"),
                off ? QStringLiteral("latency-monitor-threshold 0") : QStringLiteral("LATENCY LATEST"));
            if (off)
                finding.commands = { QStringLiteral("CONFIG SET latency-monitor-threshold 100") };
            return;
        }
        Finding& finding = findings.add(worst > longStallMs ? Severity::Warning : Severity::Info,
            DoctorText::tr("The server has stood still"),
            DoctorText::tr("LATENCY LATEST: up to %1 ms (%2)").arg(worst).arg(serverText(worstEvent)));
        finding.why
            = DoctorText::tr("Leases run on while the server stands still: renewals come late, and locks expire "
                             "under their holders.");
        finding.mend = DoctorText::tr("Ask the server what it was, and keep TTLs above the longest stall.");
        finding.commands = { QStringLiteral("LATENCY DOCTOR") };
    }
};

} // namespace

std::unique_ptr<Check> makeLatencyCheck() { return std::make_unique<LatencyCheck>(); }

} // namespace lockscope
