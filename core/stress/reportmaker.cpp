// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/reportmaker.h"

#include "base/jsonwriter.h"
#include "stress/linearizability.h"
#include "stress/stresstext.h"

#include <QSaveFile>

#include <algorithm>
#include <cmath>

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;
constexpr size_t historyInReport = 10'000;
constexpr size_t lanesInReport = 5'000;
constexpr const char* forgetfulFaults[] = { "restart-empty", "kill-master", "failover" };

/// Whether a fault of that name overlapped the time.
bool wasHit(const std::vector<FaultMark>& faults, const char* name, qint64 from, qint64 until)
{
    return std::any_of(faults.begin(), faults.end(), [&](const FaultMark& fault) {
        return fault.name == name && fault.from <= until && (fault.until < 0 || fault.until >= from);
    });
}

/// Whether a server forgot keys within that time.
bool lostItsData(const std::vector<FaultMark>& faults, qint64 from, qint64 until)
{
    return std::any_of(std::begin(forgetfulFaults), std::end(forgetfulFaults),
        [&](const char* name) { return wasHit(faults, name, from, until); });
}

ViolationCause causeOf(const Violation& violation, const std::vector<FaultMark>& faults, const RunPlan& plan)
{
    if (violation.cause != ViolationCause::Unknown)
        return violation.cause;
    const ViolationParty& first = violation.kind == ViolationKind::LostUpdate ? violation.second : violation.first;
    const qint64 since = first.invoked;
    const bool lostData = lostItsData(faults, since, violation.from);
    if (violation.kind == ViolationKind::FenceRegression)
        return lostData || lostItsData(faults, 0, violation.from) ? ViolationCause::ServerLostData
                                                                  : ViolationCause::GrantedTwice;
    if (violation.culprit >= 0)
        return ViolationCause::DeletedByAnother;
    // Not by the fault's mark: a client that waits stands still only once it is inside, which may be after it.
    if (first.wasPaused && violation.from >= first.leaseEnd)
        return ViolationCause::ClientPaused;
    if (plan.strategy->facts().heedsLease && wasHit(faults, "clock-jump", since, violation.from))
        return ViolationCause::ClockJumped;
    if (lostData)
        return ViolationCause::ServerLostData;
    if (violation.from >= first.leaseEnd)
        return ViolationCause::LeaseTooShort;
    return violation.kind == ViolationKind::Overlap ? ViolationCause::GrantedTwice : ViolationCause::Unknown;
}

QLatin1StringView phaseName(LockPhase phase)
{
    return phase == LockPhase::Acquire ? QLatin1StringView("acquire")
        : phase == LockPhase::Release  ? QLatin1StringView("release")
                                       : QLatin1StringView("renew");
}

QLatin1StringView outcomeName(LockOperation::Outcome outcome)
{
    return outcome == LockOperation::Outcome::Ok     ? QLatin1StringView("ok")
        : outcome == LockOperation::Outcome::Refused ? QLatin1StringView("refused")
                                                     : QLatin1StringView("unknown");
}

} // namespace

void classify(std::vector<Violation>& violations, const std::vector<FaultMark>& faults, const RunPlan& plan)
{
    for (Violation& violation : violations)
        violation.cause = causeOf(violation, faults, plan);
    // An update is lost for the reason why the two were inside together.
    for (Violation& lost : violations) {
        const auto isSame = [&lost](const Violation& other) {
            return other.kind == ViolationKind::Overlap && other.key == lost.key && other.from <= lost.from
                && other.hasParty(lost.second);
        };
        const auto overlap = std::find_if(violations.begin(), violations.end(), isSame);
        if (lost.kind == ViolationKind::LostUpdate && overlap != violations.end())
            lost.cause = overlap->cause;
    }
}

ReportMaker::ReportMaker(
    const RunPlan& plan, Referee& referee, const std::vector<std::unique_ptr<WorkerThread>>& threads)
    : m_plan(plan)
    , m_referee(referee)
    , m_threads(threads)
{
}

void ReportMaker::complete(StressReport& report, const std::atomic<bool>& endChecks) const
{
    report.config = m_plan.config;
    report.oracle = m_referee.counts();
    report.violations = m_referee.violations();
    classify(report.violations, report.faults, m_plan);
    addStats(report);
    addFairness(report);
    std::vector<LockOperation> history;
    for (const auto& thread : m_threads) {
        thread->log().appendTo(history);
        report.linearizability.complete = report.linearizability.complete && thread->log().isComplete();
    }
    addHistory(report, history);
    cutLanes(report);
    if (m_plan.config.recording)
        checkHistory(report, std::move(history), endChecks);
    addNotes(report);
}

void ReportMaker::addStats(StressReport& report) const
{
    for (const auto& thread : m_threads) {
        WorkerStats& stats = thread->stats();
        report.counters.add(stats.counters());
        stats.acquire.addTo(report.acquire);
        stats.acquireService.addTo(report.acquireService);
        stats.wait.addTo(report.wait);
        stats.release.addTo(report.release);
        stats.handover.addTo(report.handover);
    }
    report.longestWait = report.wait.max();
}

void ReportMaker::addFairness(StressReport& report) const
{
    double sum = 0;
    double squares = 0;
    quint64 clients = 0;
    for (const auto& thread : m_threads) {
        for (size_t i = 0; i < thread->stats().clientCount; ++i) {
            const double grants = thread->stats().grants[i].load(std::memory_order_relaxed);
            const bool wanted = thread->stats().firstWant[i].load(std::memory_order_relaxed);
            report.starvedClients += wanted && grants == 0 ? 1 : 0;
            clients += wanted ? 1 : 0;
            sum += grants;
            squares += grants * grants;
        }
    }
    report.fairness = squares > 0 ? sum * sum / (double(clients) * squares) : 1;
}

void ReportMaker::checkHistory(
    StressReport& report, std::vector<LockOperation> history, const std::atomic<bool>& endChecks) const
{
    const bool complete = report.linearizability.complete;
    LockModel model;
    model.ttlNs = m_plan.ttlNs;
    // The server keeps time in milliseconds, and not anew for each command.
    model.slackNs = 10 * millisecond + m_plan.ttlNs / 100;
    model.hasLease = !m_plan.strategy->facts().takesNoLease;
    model.checksRefusals = !m_plan.strategy->facts().mayRefuseFreeLock;
    model.permits = m_plan.config.permits;
    const LinearizabilityChecker checker(
        model, [this](quint32 key) { return m_plan.keys[key]; },
        [this](const LockOperation& operation) { return describe(operation); });
    report.linearizability = checker.check(std::move(history), endChecks);
    report.linearizability.complete = complete;
}

QString ReportMaker::describe(const LockOperation& operation) const
{
    const auto time = [](qint64 ns) -> QString {
        return ns == LockOperation::never ? QStringLiteral("never")
                                          : QString::number(double(ns) / 1e6, 'f', 3) + QStringLiteral(" ms");
    };
    return QStringLiteral("client %1 %2 %3: %4, %5 to %6")
        .arg(operation.client)
        .arg(phaseName(operation.phase))
        .arg(QString::fromLatin1(m_plan.token(operation.client, operation.section)))
        .arg(outcomeName(operation.outcome))
        .arg(time(operation.invoked), time(operation.returned));
}

QByteArray ReportMaker::json(const LockOperation& operation) const
{
    JsonWriter writer;
    writer.beginObject();
    writer.name("client");
    writer.integer(operation.client);
    writer.name("section");
    writer.integer(operation.section);
    writer.name("key");
    writer.integer(operation.key);
    writer.name("op");
    writer.string(phaseName(operation.phase));
    writer.name("outcome");
    writer.string(outcomeName(operation.outcome));
    writer.name("from_us");
    writer.integer(operation.invoked / 1000);
    writer.name("to_us");
    writer.integerOrNull(
        operation.returned == LockOperation::never ? std::nullopt : std::optional(operation.returned / 1000));
    if (operation.mode == LockMode::Read) {
        writer.name("mode");
        writer.string(QLatin1StringView("read"));
    }
    writer.endObject();
    return writer.take();
}

void ReportMaker::addHistory(StressReport& report, std::vector<LockOperation>& history) const
{
    std::sort(history.begin(), history.end(), [](const LockOperation& a, const LockOperation& b) {
        return std::tie(a.invoked, a.client) < std::tie(b.invoked, b.client);
    });
    if (!m_plan.config.historyFile.isEmpty()) {
        QSaveFile file(m_plan.config.historyFile);
        bool isWritten = file.open(QIODevice::WriteOnly);
        for (const LockOperation& operation : history)
            isWritten = isWritten && file.write(json(operation) + '\n') > 0;
        if (!isWritten || !file.commit())
            report.notes.append(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "The history was not written: %1"))
                                    .arg(file.errorString()));
    }
    size_t centre = history.size();
    if (!report.violations.empty()) {
        const qint64 at = report.violations.front().from;
        centre = size_t(std::lower_bound(history.begin(), history.end(), at,
                            [](const LockOperation& operation, qint64 time) { return operation.invoked < time; })
            - history.begin());
    }
    const size_t end = std::min(history.size(), centre + historyInReport / 2);
    for (size_t i = end > historyInReport ? end - historyInReport : 0; i < end; ++i)
        report.history.push_back(json(history[i]));
}

void ReportMaker::cutLanes(StressReport& report) const
{
    std::sort(
        report.lanes.begin(), report.lanes.end(), [](const LaneSpan& a, const LaneSpan& b) { return a.from < b.from; });
    if (report.lanes.size() <= lanesInReport)
        return;
    auto last = report.lanes.end();
    if (!report.violations.empty()) {
        const qint64 at = report.violations.front().from;
        const auto centre = std::lower_bound(report.lanes.begin(), report.lanes.end(), at,
            [](const LaneSpan& span, qint64 time) { return span.from < time; });
        last = centre + std::min<ptrdiff_t>(report.lanes.end() - centre, ptrdiff_t(lanesInReport / 2));
    }
    const auto first = last - std::min<ptrdiff_t>(last - report.lanes.begin(), ptrdiff_t(lanesInReport));
    report.lanes = std::vector<LaneSpan>(first, last);
}

void ReportMaker::addNotes(StressReport& report) const
{
    if (!report.linearizability.complete)
        report.notes.append(stressText(
            QT_TRANSLATE_NOOP("lockscope::Stress", "The order was checked for the first %1 operations only."))
                                .arg(report.linearizability.operations));
    if (report.linearizability.kind == LinearizabilityVerdict::Kind::Undecided)
        report.notes.append(stressText(QT_TRANSLATE_NOOP(
            "lockscope::Stress", "The check of the order came to no verdict: too much was open at once.")));
    const auto behind = qint64(report.counters.planned) - qint64(report.wait.count());
    if (m_plan.config.rate > 0 && behind > qint64(report.counters.planned) / 100)
        report.notes.append(
            stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
                           "%1 of %2 planned sections had not got their lock at the end: the rate was too high, or the "
                           "clients too few."))
                .arg(behind)
                .arg(report.counters.planned));
    if (report.keysLeft > 0)
        report.notes.append(
            stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 keys with the prefix %2 could not be removed."))
                .arg(report.keysLeft)
                .arg(QString::fromLatin1(m_plan.prefix)));
}

} // namespace lockscope
