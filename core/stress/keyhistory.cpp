// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/keyhistory.h"

#include <algorithm>

namespace lockscope {

KeyHistory::KeyHistory(const LockModel& model, std::span<const LockOperation> operations)
    : m_model(model)
    , m_operations(operations)
{
}

KeyHistory::Outcome KeyHistory::check(const std::atomic<bool>& stop)
{
    std::vector<Event> events;
    events.reserve(2 * m_operations.size());
    for (quint32 i = 0; i < m_operations.size(); ++i) {
        events.push_back({ m_operations[i].invoked, i, false });
        if (m_operations[i].returned != LockOperation::never)
            events.push_back({ m_operations[i].returned, i, true });
    }
    // At the same instant calls come first: that allows more.
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.at, a.isReturn, a.operation) < std::tie(b.at, b.isReturn, b.operation);
    });
    for (const Event& event : events) {
        if (stop.load(std::memory_order_relaxed))
            return Outcome::Undecided;
        if (!event.isReturn) {
            call(event.operation);
        } else if (!answer(event.operation, event.at)) {
            m_culprit = event.operation;
            return m_isCut ? Outcome::Undecided : Outcome::Unexplained;
        }
    }
    return Outcome::Explained;
}

void KeyHistory::call(quint32 operation)
{
    m_pending.push_back(operation);
    const LockOperation& called = m_operations[operation];
    if (called.phase != LockPhase::Acquire || called.outcome != LockOperation::Outcome::Refused)
        return;
    for (State& state : m_states) {
        if (isRefused(state, called.mode))
            state.done.push_back(operation);
    }
}

bool KeyHistory::answer(quint32 operation, qint64 now)
{
    std::vector<State> next;
    next.reserve(m_states.size());
    const LockOperation& answered = m_operations[operation];
    for (State& state : m_states) {
        if (isDone(state, operation) || answered.outcome == LockOperation::Outcome::Unknown)
            add(next, std::move(state));
        else
            reach(state, operation, now, 0, next);
    }
    std::erase(m_pending, operation);
    for (State& state : next)
        std::erase(state.done, operation);
    if (next.size() > mostStates) {
        next.resize(mostStates);
        m_isCut = true;
    }
    m_states = std::move(next);
    return !m_states.empty();
}

const KeyHistory::Holder* KeyHistory::find(const State& state, quint64 grant)
{
    const auto found = std::find_if(
        state.holders.begin(), state.holders.end(), [grant](const Holder& holder) { return holder.grant == grant; });
    return found == state.holders.end() ? nullptr : &*found;
}

bool KeyHistory::isDone(const State& state, quint32 operation) const
{
    return std::find(state.done.begin(), state.done.end(), operation) != state.done.end();
}

bool KeyHistory::isRefused(const State& state, LockMode mode) const
{
    if (mode == LockMode::Permit)
        return state.holders.size() >= size_t(m_model.permits);
    return std::any_of(state.holders.begin(), state.holders.end(),
        [mode](const Holder& holder) { return mode == LockMode::Exclusive || holder.mode == LockMode::Exclusive; });
}

bool KeyHistory::canHappen(const State& state, const LockOperation& operation) const
{
    const bool refused = operation.outcome == LockOperation::Outcome::Refused;
    switch (operation.phase) {
    case LockPhase::Acquire:
        if (refused)
            return !m_model.checksRefusals || isRefused(state, operation.mode);
        return !isRefused(state, operation.mode);
    case LockPhase::Release:
    case LockPhase::Renew:
        return (find(state, operation.grant()) == nullptr) == refused
            || operation.outcome == LockOperation::Outcome::Unknown;
    }
    return false;
}

KeyHistory::State KeyHistory::after(const State& state, quint32 index) const
{
    const LockOperation& operation = m_operations[index];
    const qint64 expires
        = m_model.hasLease ? operation.invoked + m_model.ttlNs - m_model.slackNs : LockOperation::never;
    State next = state;
    next.done.push_back(index);
    if (operation.outcome == LockOperation::Outcome::Refused)
        return next;
    switch (operation.phase) {
    case LockPhase::Acquire:
        next.holders.push_back({ operation.grant(), operation.mode, expires });
        noteRefusals(next);
        break;
    case LockPhase::Release:
        std::erase_if(next.holders, [&](const Holder& holder) { return holder.grant == operation.grant(); });
        break;
    case LockPhase::Renew:
        for (Holder& holder : next.holders) {
            if (holder.grant == operation.grant())
                holder.expires = expires;
        }
        break;
    }
    return next;
}

// A refusal changes nothing, so it may as well take effect as soon as it can.
void KeyHistory::noteRefusals(State& state) const
{
    for (const quint32 index : m_pending) {
        const LockOperation& pending = m_operations[index];
        if (pending.phase == LockPhase::Acquire && pending.outcome == LockOperation::Outcome::Refused
            && !isDone(state, index) && isRefused(state, pending.mode))
            state.done.push_back(index);
    }
}

void KeyHistory::add(std::vector<State>& states, State state)
{
    std::sort(state.done.begin(), state.done.end());
    std::sort(
        state.holders.begin(), state.holders.end(), [](const Holder& a, const Holder& b) { return a.grant < b.grant; });
    if (std::find(states.begin(), states.end(), state) == states.end())
        states.push_back(std::move(state));
}

// Several hold a semaphore: it may have been full, and refused others, before this release made room, by grants whose
// answers are still to come.
void KeyHistory::fillFirst(const State& state, quint32 index, qint64 now, int depth, std::vector<State>& found)
{
    const auto waits = [&](quint32 other) {
        const LockOperation& open = m_operations[other];
        return open.phase == LockPhase::Acquire && open.outcome == LockOperation::Outcome::Refused
            && !isDone(state, other);
    };
    if (!m_model.checksRefusals || depth >= mostSteps || std::none_of(m_pending.begin(), m_pending.end(), waits))
        return;
    for (const quint32 other : m_pending) {
        const LockOperation& open = m_operations[other];
        if (open.phase == LockPhase::Acquire && open.outcome != LockOperation::Outcome::Refused && !isDone(state, other)
            && canHappen(state, open))
            reach(after(state, other), index, now, depth + 1, found);
    }
}

void KeyHistory::reach(const State& state, quint32 index, qint64 now, int depth, std::vector<State>& found)
{
    const LockOperation& operation = m_operations[index];
    if (isDone(state, index) || canHappen(state, operation)) {
        add(found, isDone(state, index) ? state : after(state, index));
        if (operation.mode == LockMode::Permit && operation.phase == LockPhase::Release)
            fillFirst(state, index, now, depth, found);
        return;
    }
    if (depth >= mostSteps || found.size() > mostStates) {
        m_isCut = true;
        return;
    }
    // What else may have happened by now: leases that ended, and calls that are still open.
    for (const Holder& holder : state.holders) {
        if (holder.expires > now)
            continue;
        State expired = state;
        std::erase(expired.holders, holder);
        reach(expired, index, now, depth + 1, found);
    }
    for (const quint32 other : m_pending) {
        const LockOperation& open = m_operations[other];
        const bool changes = open.outcome != LockOperation::Outcome::Refused && open.phase != LockPhase::Renew;
        const bool helps = open.phase == LockPhase::Acquire ? operation.phase != LockPhase::Acquire
                ? open.grant() == operation.grant()
                : operation.outcome == LockOperation::Outcome::Refused
                                                            : find(state, open.grant()) != nullptr;
        if (other != index && changes && helps && !isDone(state, other) && canHappen(state, open))
            reach(after(state, other), index, now, depth + 1, found);
    }
}

} // namespace lockscope
