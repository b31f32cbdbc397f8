// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/linearizability.h"

#include <span>

namespace lockscope {

/// The check of one key: walks through calls and answers in the order of time and keeps every state that the lock can
/// be in by then. An operation takes effect as late as it can (just in time): a release when it has to, or when another
/// client could not have got the lock otherwise.
class KeyHistory {
public:
    enum class Outcome : quint8 { Explained, Unexplained, Undecided };

    KeyHistory(const LockModel& model, std::span<const LockOperation> operations);
    [[nodiscard]] Outcome check(const std::atomic<bool>& stop);
    /// After Unexplained: the operation whose answer nothing explains.
    [[nodiscard]] size_t culprit() const { return m_culprit; }

private:
    struct Holder {
        quint64 grant = 0;
        LockMode mode = LockMode::Exclusive;
        qint64 expires = 0;
        friend bool operator==(const Holder&, const Holder&) = default;
    };
    /// One state that the lock may be in.
    struct State {
        std::vector<Holder> holders;
        std::vector<quint32> done; ///< operations that took effect before their answer came
        friend bool operator==(const State&, const State&) = default;
    };
    struct Event {
        qint64 at = 0;
        quint32 operation = 0;
        bool isReturn = false;
    };

    void call(quint32 operation);
    [[nodiscard]] bool answer(quint32 operation, qint64 now);
    /// All states in which the operation has taken effect, reached from `state` with the fewest other steps.
    void reach(const State& state, quint32 operation, qint64 now, int depth, std::vector<State>& found);
    void fillFirst(const State& state, quint32 operation, qint64 now, int depth, std::vector<State>& found);
    [[nodiscard]] bool canHappen(const State& state, const LockOperation& operation) const;
    [[nodiscard]] bool isRefused(const State& state, LockMode mode) const;
    [[nodiscard]] State after(const State& state, quint32 operation) const;
    void noteRefusals(State& state) const;
    [[nodiscard]] bool isDone(const State& state, quint32 operation) const;
    [[nodiscard]] static const Holder* find(const State& state, quint64 grant);
    static void add(std::vector<State>& states, State state);

    static constexpr size_t mostStates = 256;
    static constexpr int mostSteps = 64;

    const LockModel& m_model;
    const std::span<const LockOperation> m_operations;
    std::vector<State> m_states { State {} };
    std::vector<quint32> m_pending;
    size_t m_culprit = 0;
    bool m_isCut = false; ///< states had to be left out
};

} // namespace lockscope
