// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "operations/lockoperation.h"

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
    bool adopted = false; ///< the operator chose the new holder explicitly
    std::optional<ForceReleaseResult> result;

    /// Whether it would be released now: only what is held as seen, or as explicitly chosen.
    [[nodiscard]] bool isIncluded(bool anyToken) const;
    /// Differs in what matters from what was on screen.
    [[nodiscard]] bool hasChanged() const { return look == Look::HolderChanged || look == Look::Gone; }
    /// The token that a release would compare with.
    [[nodiscard]] QByteArray expectedToken() const;
};

/// The decision behind the force-release dialog, without widgets: which targets may go to the server, with which
/// tokens.
class ReleaseReview {
public:
    /// More at once needs rules of its own (batches).
    static constexpr int maximumTargets = 10;

    explicit ReleaseReview(const QList<LockRecord>& locks);

    [[nodiscard]] qsizetype count() const { return m_candidates.size(); }
    [[nodiscard]] const ReleaseCandidate& at(qsizetype index) const { return m_candidates.at(index); }
    [[nodiscard]] bool allLooked() const;
    [[nodiscard]] bool finished() const; ///< every target that was sent has its outcome

    void setPending(qsizetype index);
    void setLook(qsizetype index, const Result<LockInspection>& inspection);
    /// The operator takes the new holder for the target; only where it changed.
    void adopt(qsizetype index);
    void setAnyToken(bool anyToken) { m_anyToken = anyToken; }
    [[nodiscard]] bool anyToken() const { return m_anyToken; }

    /// What would be sent: never a target whose look is pending, failed or found it gone.
    [[nodiscard]] QList<ForceReleaseTarget> targets() const;
    /// In the order of targets(), which must not have changed since.
    void setResults(const QList<ForceReleaseResult>& results);
    /// The whole request failed before or while it was sent.
    void setFailure(const Error& error);
    /// Whether it may be sent: all looked at, something to release, and a reason that says something.
    [[nodiscard]] bool isReady(const QString& reason) const;

private:
    QList<ReleaseCandidate> m_candidates;
    bool m_anyToken = false;
};

/// Each outcome in a sentence, with what a later look found.
[[nodiscard]] QString releaseResultText(const ForceReleaseResult& result);
/// A line a lock, key and result; the first few of them.
[[nodiscard]] QString releaseResultLines(const QList<ForceReleaseResult>& results);
/// `2 released, 1 holder changed`.
[[nodiscard]] QString releaseSummary(const QList<ForceReleaseResult>& results);

} // namespace lockscope
