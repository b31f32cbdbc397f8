// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "operations/lockoperation.h"

#include <QHash>
#include <QList>

#include <optional>

namespace lockscope {

/// One lock that the operator wants to end: what was on screen, what a look just before found, and what became of it.
struct ReleaseCandidate {
    enum class Look : quint8 {
        Pending, ///< the server was asked and has not answered
        Same, ///< still held with the token that was on screen
        HolderChanged, ///< held with another token
        Gone, ///< no such key any more
        Failed, ///< could not be read
    };
    LockRecord seen;
    Look look = Look::Pending;
    LockInspection found; ///< meaningful unless Pending or Failed
    std::optional<Error> error; ///< Failed
    std::optional<ReleaseImpact> impact; ///< what else is known, where it was read
    bool adopted = false; ///< the operator chose the new holder explicitly
    bool excluded = false; ///< the operator took it out
    QByteArray chosen; ///< one of several holders; empty: the one that was on screen
    std::optional<ForceReleaseResult> result;

    /// Whether it would be released now: only what is held as seen, or as explicitly chosen.
    [[nodiscard]] bool isIncluded(bool anyToken) const;
    /// Differs in what matters from what was on screen.
    [[nodiscard]] bool hasChanged() const { return look == Look::HolderChanged || look == Look::Gone; }
    /// The token that a release would compare with.
    [[nodiscard]] QByteArray expectedToken() const;
    /// Look at it again before acting: the truth is older than two seconds, or was never read.
    [[nodiscard]] bool isStale(SteadyTime now) const;
};

/// What the operator wants done to all locks alike.
struct ReleaseAct {
    LockAct act = LockAct::Release;
    qint64 ttlMs = -1;
    ClientSeen client; ///< KillConnection
    bool partly = false;
    friend bool operator==(const ReleaseAct&, const ReleaseAct&) = default;
};
/// A lock that the operator has taken over, and what was there before.
struct TakenOver {
    QByteArray operatorToken;
    QByteArray oldToken;
    qint64 oldTtlMs = -1;
};

/// The decision behind the force-release dialog, without widgets: which targets may go to the server, with which
/// tokens.
class ReleaseReview {
public:
    /// The first `maximum` of them.
    explicit ReleaseReview(const QList<LockRecord>& locks, int maximum = 10);

    [[nodiscard]] qsizetype count() const { return m_candidates.size(); }
    [[nodiscard]] const ReleaseCandidate& at(qsizetype index) const { return m_candidates.at(index); }
    [[nodiscard]] bool allLooked() const;
    [[nodiscard]] bool finished() const; ///< every target that was sent has its outcome

    void setPending(qsizetype index);
    void setLook(qsizetype index, const Result<LockInspection>& inspection);
    void setImpact(qsizetype index, const Result<ReleaseImpact>& impact);
    void setExcluded(qsizetype index, bool excluded) { m_candidates[index].excluded = excluded; }
    /// One of several holders that the look found: only that reader or permit is meant.
    void choose(qsizetype index, const QByteArray& token) { m_candidates[index].chosen = token; }
    void setAct(const ReleaseAct& act);
    [[nodiscard]] const ReleaseAct& act() const { return m_act; }
    /// What can be handed back, by key.
    void setTakenOver(const QHash<QByteArray, TakenOver>& taken) { m_taken = taken; }
    /// Why this act can be done to none of the locks, for people; empty: it can be done to some.
    [[nodiscard]] QString obstacle(LockAct act) const;
    void setNext(const QList<NextHolder>& next); ///< in the order of releasedIndexes()
    [[nodiscard]] QList<qsizetype> releasedIndexes() const;
    [[nodiscard]] QList<ForceReleaseResult> results() const;
    [[nodiscard]] bool anyStale(SteadyTime now) const;
    /// The operator takes the new holder for the target; only where it changed.
    void adopt(qsizetype index);
    void setAnyToken(bool anyToken) { m_anyToken = anyToken; }
    [[nodiscard]] bool anyToken() const { return m_anyToken; }

    /// What would be sent: never a target whose look is pending, failed or found it gone.
    [[nodiscard]] QList<ForceReleaseTarget> targets() const;
    /// How many targets() answers.
    [[nodiscard]] qsizetype targetCount() const;
    /// In the order of targets(), which must not have changed since; may be the first of them only.
    void setResults(const QList<ForceReleaseResult>& results);
    /// Of the same locks, by key: what a second act came to.
    void replaceResults(const QList<ForceReleaseResult>& results);
    /// The whole request failed before or while it was sent.
    void setFailure(const Error& error);
    /// Whether it may be sent: all looked at, something to release, and a reason that says something.
    [[nodiscard]] bool isReady(const QString& reason) const;

private:
    [[nodiscard]] bool isIncluded(const ReleaseCandidate& candidate) const;
    [[nodiscard]] QString obstacleFor(const ReleaseCandidate& candidate, LockAct act) const;
    [[nodiscard]] ForceReleaseTarget targetFor(const ReleaseCandidate& candidate) const;

    QList<ReleaseCandidate> m_candidates;
    QHash<QByteArray, TakenOver> m_taken;
    ReleaseAct m_act;
    bool m_anyToken = false;
};

/// Each outcome in a sentence, with what a later look found.
[[nodiscard]] QString releaseResultText(const ForceReleaseResult& result);
/// A line a lock, key and result; the first few of them.
[[nodiscard]] QString releaseResultLines(const QList<ForceReleaseResult>& results);
/// `2 released, 1 holder changed`.
[[nodiscard]] QString releaseSummary(const QList<ForceReleaseResult>& results);

} // namespace lockscope
