// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/duetimers.h"
#include "stress/operationlog.h"
#include "stress/referee.h"
#include "stress/schedule.h"
#include "stress/workerstats.h"

namespace lockscope {

/// An answer on its way to a client, which may be paused when it comes.
struct Letter {
    LockPhase phase = LockPhase::Acquire;
    quint8 step = 0;
    quint8 node = 0;
    quint32 sequence = 0; ///< of the phase that asked
    qint64 at = 0; ///< when it arrived
    LockAnswer answer;
};

/// What a client gets from the thread that it lives in.
class ClientHost {
public:
    virtual ~ClientHost() = default;
    [[nodiscard]] virtual const RunPlan& plan() const = 0;
    [[nodiscard]] virtual Referee& referee() = 0;
    [[nodiscard]] virtual WorkerStats& stats() = 0;
    [[nodiscard]] virtual OperationLog& log() = 0;
    [[nodiscard]] virtual bool isStopping() const = 0;
    /// `due` in ns since the start of the load.
    virtual void arm(quint32 local, TimerKind kind, qint64 due, quint32 sequence, quint8 phase, quint8 step) = 0;
    virtual void send(quint32 local, const Letter& envelope, std::span<const QByteArrayView> arguments) = 0;
    /// Messages seen for a key, and the token that the last one named.
    [[nodiscard]] virtual quint64 wakeCount(quint32 key) const = 0;
    [[nodiscard]] virtual const QByteArray& lastWoken(quint32 key) const = 0;
    virtual void addWaiter(quint32 key, quint32 local) = 0;
    /// The client has nothing to do: it may be started again, also at once.
    virtual void onIdle(quint32 local) = 0;
    virtual void addSpan(const LaneSpan& span) = 0;
};

/// One client of a lock: a state machine that goes from one critical section to the next with its strategy.
class VirtualClient final : public LockSession {
public:
    static constexpr quint32 shownClients = 64; ///< the first ones leave stretches for the lanes
    enum class State : quint8 { Idle, Acquiring, Waiting, Holding, Releasing, Revoking, Lingering, Crashed };

    /// `index`: among all clients of the run; `local`: within its thread.
    VirtualClient(ClientHost& host, quint32 index, quint32 local);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] quint32 index() const { return m_index; }
    [[nodiscard]] bool isPaused() const { return m_pausedUntil > 0; }
    [[nodiscard]] bool isWaitingFor(quint32 key) const { return m_state == State::Waiting && m_choice.key == key; }
    /// Begins a section that was due at `plannedAt`.
    void start(const SectionChoice& choice, qint64 plannedAt);
    void deliver(const Letter& letter);
    void onTimer(const DueTimer& timer);
    /// A message says that the lock may be free.
    void wake();
    /// Gives up waiting, ends the work at once, releases.
    void stop();
    /// The links are gone: what is in flight has no known outcome.
    void closeBooks();

    /// What it does since when, if that is a stretch for the lanes.
    void addStretchUnderWay(std::vector<LaneSpan>& stretches) const;

    // Faults
    void pauseInSection(qint64 lengthNs); ///< now if it is in one, else in the next
    void crashAtGrant(qint64 downNs); ///< dies with the next answer that gives it a lock
    void jumpClock(qint64 byNs);

    // LockSession
    [[nodiscard]] const QByteArray& key() const override { return m_host.plan().keys[m_choice.key]; }
    [[nodiscard]] const QByteArray& fenceKey() const override { return named(0, ":fence"); }
    [[nodiscard]] const QByteArray& queueKey() const override { return named(1, ":queue"); }
    [[nodiscard]] const QByteArray& timeoutKey() const override { return named(2, ":gone"); }
    [[nodiscard]] const QByteArray& wakeChannel() const override { return named(3, nullptr); }
    [[nodiscard]] const QByteArray& token() const override { return m_token; }
    [[nodiscard]] const QByteArray& ttlText() const override { return m_ttlText; }
    [[nodiscard]] qint64 ttl() const override { return m_host.plan().ttlNs / 1'000'000; }
    [[nodiscard]] const QByteArray& permitsText() const override { return m_permitsText; }
    [[nodiscard]] LockMode mode() const override { return m_choice.mode; }
    [[nodiscard]] int nodeCount() const override { return int(m_host.plan().links.size()); }
    [[nodiscard]] qint64 clockMs() const override { return ownNow() / 1'000'000; }
    [[nodiscard]] qint64 acquireStartedMs() const override { return m_ownInvoked / 1'000'000; }
    [[nodiscard]] Ballot& ballot(LockPhase phase) override { return m_phases[size_t(phase)].ballot; }
    [[nodiscard]] int random(int bound) override;
    void send(LockPhase phase, int node, int step, std::initializer_list<QByteArrayView> arguments) override;
    void sendScript(LockPhase phase, int node, int step, const LuaScript& script,
        std::initializer_list<QByteArrayView> keysAndArguments, int keyCount) override;
    void later(LockPhase phase, int step, Milliseconds delay) override;
    void finish(LockPhase phase, const LockOutcome& outcome) override;

private:
    struct PhaseState {
        quint32 sequence = 0;
        bool isOpen = false;
        qint64 invoked = 0;
        qint64 lastSent = 0;
        quint32 section = 0; ///< whose it is
        quint32 key = 0;
        Ballot ballot;
    };

    [[nodiscard]] qint64 ownNow() const { return m_host.plan().now() + m_clockOffset; }
    [[nodiscard]] const StrategyFacts& facts() const { return m_host.plan().strategy->facts(); }
    [[nodiscard]] PhaseState& phase(LockPhase phase) { return m_phases[size_t(phase)]; }
    [[nodiscard]] const QByteArray& named(size_t which, const char* suffix) const;
    void renewToken();
    void open(LockPhase phase);
    void handle(const Letter& letter);
    void attempt();
    void onAcquired(const LockOutcome& outcome);
    void grant(const LockOutcome& outcome);
    void enterSection();
    void onReleased(const LockOutcome& outcome);
    void onRevoked(const LockOutcome& outcome);
    void onRenewed(const LockOutcome& outcome);
    void revoke();
    void wait(qint64 holderTtl);
    void tryAgain();
    void giveUp();
    void scheduleEnd();
    void leave(bool writes);
    void countOverrun(qint64 now);
    void endSection();
    void die(qint64 now);
    void pause(qint64 until);
    void resume();
    void setState(State state);
    void armMain(qint64 due);
    void armRenewal();
    void record(LockPhase phase, LockOperation::Outcome outcome, qint64 returned);
    void span(LaneSpan::Kind kind, qint64 from, qint64 until);

    ClientHost& m_host;
    const quint32 m_index;
    const quint32 m_local;
    State m_state = State::Idle;
    SectionChoice m_choice;
    quint32 m_section = 0;
    /// Names beside the key, made when a strategy asks for them: most never do.
    struct Name {
        quint32 key = std::numeric_limits<quint32>::max();
        QByteArray text;
    };
    mutable std::array<Name, 4> m_names;
    QByteArray m_token;
    QByteArray m_ttlText;
    QByteArray m_permitsText;
    std::array<PhaseState, 3> m_phases;
    qint64 m_wantedAt = 0;
    qint64 m_ownInvoked = 0; ///< by the own clock
    qint64 m_enteredAt = 0;
    qint64 m_leaseEnd = 0;
    qint64 m_ownLeaseEnd = 0; ///< by the own clock
    qint64 m_fenceSeen = -1;
    qint64 m_answeredAt = 0; ///< when the answer that is looked at arrived
    quint64 m_wakeMark = 0;
    quint64 m_draws = 0;
    quint64 m_retries = 0;
    quint32 m_mainSequence = 0;
    quint32 m_renewSequence = 0;
    bool m_isFirstAttempt = true;
    bool m_revokeIsLogged = false;
    bool m_givesUp = false;
    qint64 m_clockOffset = 0;
    qint64 m_pausedUntil = 0;
    qint64 m_pausedAt = 0;
    qint64 m_pausePending = 0;
    qint64 m_crashPending = 0;
    std::vector<Letter> m_deferred;
    std::vector<DueTimer> m_deferredTimers;
};

} // namespace lockscope
