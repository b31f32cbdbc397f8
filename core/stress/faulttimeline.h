// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/fault.h"
#include "stress/runplan.h"

#include <QTimer>

#include <deque>

namespace lockscope {

/// Lets the faults of a run take place in their time, and undoes every one of them, at the latest in stop().
class FaultTimeline final : public QObject {
    Q_OBJECT
public:
    /// Both outlive it.
    FaultTimeline(const RunPlan& plan, FaultContext& context);
    ~FaultTimeline() override;
    void start();
    /// Lets one more take place, now; `fault.at` and `fault.every` do not count. It has passed checkFault().
    void fire(const FaultSpec& fault);
    /// Undoes those of this name that go on.
    void endByName(const QByteArray& name);
    [[nodiscard]] bool wasFiredByHand() const { return !m_fired.empty(); }
    /// Nothing new; what goes on is undone before this returns.
    void stop();
    [[nodiscard]] const std::vector<FaultMark>& marks() const { return m_marks; }
    /// A client got a lock: what had ended before is over.
    void noteGrant(qint64 at);

private:
    struct Active {
        int fault = 0;
        size_t mark = 0;
        quint64 number = 0;
    };
    void begin(int fault, quint64 number);
    void end(int fault);
    void undo(const Active& active, bool isStopping);
    void arm(qint64 at, int fault, quint64 number);
    [[nodiscard]] FaultOccurrence occurrence(const Active& active, bool isStopping = false);
    /// Those of the plan, then those that were fired by hand.
    [[nodiscard]] const FaultSpec& spec(int fault) const;
    [[nodiscard]] qint64 lengthOf(int fault) const;

    const RunPlan& m_plan;
    FaultContext& m_context;
    std::vector<FaultMark> m_marks;
    std::deque<FaultSpec> m_fired;
    std::vector<Active> m_active;
    QObject m_timers; ///< parent of those that wait
    bool m_isStopped = false;
};

} // namespace lockscope
