// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <QList>

#include <optional>

namespace lockscope {

/// A compiled filter. Words separated by blanks, all must hold: plain words are sought in key, token and owner without
/// regard to case (`*` and `?` make them globs over the key); `state:no_ttl`, `family:plain`, `key:orders:*`,
/// `holder:worker-7`, `ttl<5s`, `held>1m` are typed; `state:` and `family:` take beginnings
/// of names, as do `mode:read` and `type:hash`; `ttl>` is also true without TTL, durations are `250ms`, `5s`, `1.5m`,
/// `2h`, `3d`, or bare seconds; `renewals>10` and `waiters>0` count, and unknown waiters are not more than any number.
/// `missed>0` counts missed renewals; `stuck:` lets through what may be stuck, `stuck:no_ttl` by one suspicion.
/// `holder:=worker-7` is the whole token or owner, where `*` and `?` stand for others.
/// Immutable value; thread-safe.
class LockFilter {
public:
    LockFilter() = default;
    /// Never fails: what cannot be read as a typed word is sought as text.
    [[nodiscard]] static LockFilter parse(const QString& text);
    [[nodiscard]] bool isEmpty() const { return m_terms.isEmpty(); }
    /// Whether time alone can change the answer (`ttl<`, `held>`).
    [[nodiscard]] bool dependsOnTime() const;
    [[nodiscard]] bool accepts(const LockRecord& record, SteadyTime now) const;

private:
    struct Term {
        enum class Kind : quint8 {
            Text,
            KeyGlob,
            State,
            Family,
            Mode,
            Type,
            Holder,
            HolderGlob,
            RenewalsAbove,
            WaitersAbove,
            MissedAbove,
            Stuck,
            TtlBelow, // from here on time changes the answer
            TtlAbove,
            HeldBelow,
            HeldAbove
        };
        Kind kind = Kind::Text;
        QByteArray bytes; ///< lower-case for Text and Holder
        Milliseconds duration { 0 };
        qint64 number = 0;
    };
    [[nodiscard]] static std::optional<Term> typedTerm(const QString& word);
    [[nodiscard]] static std::optional<Term> measureTerm(const QString& word);
    [[nodiscard]] static bool holds(const Term& term, const LockRecord& record, SteadyTime now);

    QList<Term> m_terms;
};

} // namespace lockscope
