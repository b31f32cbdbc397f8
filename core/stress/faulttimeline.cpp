// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/faulttimeline.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;
constexpr size_t mostMarks = 10'000;

} // namespace

FaultTimeline::FaultTimeline(const RunPlan& plan, FaultContext& context)
    : m_plan(plan)
    , m_context(context)
{
}

FaultTimeline::~FaultTimeline() { stop(); }

void FaultTimeline::start()
{
    for (int fault = 0; fault < m_plan.config.faults.size(); ++fault)
        arm(spec(fault).at.count() * millisecond, fault, 0);
}

void FaultTimeline::fire(const FaultSpec& fault)
{
    if (m_isStopped)
        return;
    endByName(fault.name); // this one takes its place
    FaultSpec fired = fault;
    fired.at = Milliseconds(m_plan.now() / millisecond);
    fired.every = Milliseconds(0);
    m_fired.push_back(std::move(fired));
    begin(int(m_plan.config.faults.size() + qsizetype(m_fired.size())) - 1, 0);
}

void FaultTimeline::endByName(const QByteArray& name)
{
    for (const Active& active : std::vector<Active>(m_active)) {
        if (spec(active.fault).name == name)
            end(active.fault);
    }
}

const FaultSpec& FaultTimeline::spec(int fault) const
{
    const auto planned = int(m_plan.config.faults.size());
    return fault < planned ? m_plan.config.faults.at(fault) : m_fired[size_t(fault - planned)];
}

void FaultTimeline::arm(qint64 at, int fault, quint64 number)
{
    const qint64 wait = std::max<qint64>(0, (at - m_plan.now()) / millisecond);
    QTimer::singleShot(
        Milliseconds(wait), Qt::PreciseTimer, &m_timers, [this, fault, number] { begin(fault, number); });
}

// Negative usual lengths are multiples of the TTL: a pause has to outlive the lease to show anything.
qint64 FaultTimeline::lengthOf(int fault) const
{
    const FaultFacts& facts = findFault(spec(fault).name)->facts();
    if (facts.isInstant)
        return 0;
    if (spec(fault).length.count() > 0)
        return spec(fault).length.count() * millisecond;
    return facts.usualLength.count() < 0 ? 2 * m_plan.ttlNs : facts.usualLength.count() * millisecond;
}

FaultOccurrence FaultTimeline::occurrence(const Active& active, bool isStopping)
{
    return { spec(active.fault), active.fault, active.number, lengthOf(active.fault), m_marks[active.mark],
        isStopping };
}

void FaultTimeline::begin(int fault, quint64 number)
{
    if (m_isStopped)
        return;
    end(fault); // the one before, if it goes on
    if (m_marks.size() < mostMarks) {
        FaultMark mark;
        mark.name = spec(fault).name;
        mark.text = spec(fault).text();
        mark.from = m_plan.now();
        m_marks.push_back(std::move(mark));
        m_active.push_back({ fault, m_marks.size() - 1, number });
        findFault(spec(fault).name)->begin(m_context, occurrence(m_active.back()));
        const qint64 length = lengthOf(fault);
        if (findFault(spec(fault).name)->facts().isInstant)
            end(fault);
        else if (length > 0)
            QTimer::singleShot(Milliseconds(length / millisecond), Qt::PreciseTimer, &m_timers, [this, fault, number] {
                const auto ended
                    = [&](const Active& active) { return active.fault == fault && active.number == number; };
                if (std::any_of(m_active.begin(), m_active.end(), ended))
                    end(fault);
            });
    }
    if (spec(fault).every.count() > 0)
        arm((spec(fault).at.count() + qint64(number + 1) * spec(fault).every.count()) * millisecond, fault, number + 1);
}

void FaultTimeline::end(int fault)
{
    const auto found = std::find_if(
        m_active.begin(), m_active.end(), [fault](const Active& active) { return active.fault == fault; });
    if (found == m_active.end())
        return;
    const Active active = *found;
    m_active.erase(found);
    undo(active, false);
}

void FaultTimeline::undo(const Active& active, bool isStopping)
{
    findFault(spec(active.fault).name)->end(m_context, occurrence(active, isStopping));
    m_marks[active.mark].until = m_plan.now();
}

void FaultTimeline::stop()
{
    m_isStopped = true;
    for (const Active& active : std::exchange(m_active, {}))
        undo(active, true);
}

void FaultTimeline::noteGrant(qint64 at)
{
    for (FaultMark& mark : m_marks) {
        if (mark.recovered < 0 && mark.until >= 0 && at >= mark.until)
            mark.recovered = at;
    }
}

} // namespace lockscope

#include "moc_faulttimeline.cpp"
