// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockfilter.h"

#include "locks/families/familyregistry.h"
#include "locks/suspicion.h"

#include <algorithm>
#include <array>
#include <optional>

namespace lockscope {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

// Case does not matter for ASCII; other bytes must be equal.
bool contains(QByteArrayView text, const QByteArray& lowerNeedle)
{
    return std::search(text.begin(), text.end(), lowerNeedle.begin(), lowerNeedle.end(), [](char a, char b) {
        return lower(a) == b;
    }) != text.end();
}

// Iterative, so that no pattern takes more than pattern × text steps.
bool globMatches(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype star = -1;
    qsizetype retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(text[t]))) {
            ++p;
            ++t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + p, pattern.end(), [](char c) { return c == '*'; });
}

// `250ms`, `5s`, `1m`, `2h`, `3d`, fractions too; a bare number means seconds.
std::optional<Milliseconds> parseDuration(const QString& text)
{
    static constexpr std::array<std::pair<const char*, int>, 5> units { { { "ms", 1 }, { "s", 1000 }, { "m", 60'000 },
        { "h", 3'600'000 }, { "d", 86'400'000 } } };
    qsizetype digits = 0;
    while (digits < text.size() && (text[digits].isDigit() || text[digits] == QLatin1Char('.')))
        ++digits;
    bool isNumber = false;
    const double number = text.left(digits).toDouble(&isNumber);
    if (!isNumber)
        return {};
    const QString unit = text.mid(digits).toLower();
    if (unit.isEmpty())
        return Milliseconds(qint64(number * 1000));
    for (const auto& [name, factor] : units) {
        if (unit == QLatin1StringView(name))
            return Milliseconds(qint64(number * factor));
    }
    return {};
}

bool isGlob(const QString& text) { return text.contains(QLatin1Char('*')) || text.contains(QLatin1Char('?')); }

QByteArray lowered(const QString& text)
{
    QByteArray bytes = text.toUtf8();
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), lower);
    return bytes;
}

bool ownerContains(const QString& owner, const QByteArray& lowerNeedle)
{
    return !owner.isEmpty() && owner.contains(QString::fromUtf8(lowerNeedle), Qt::CaseInsensitive);
}

} // namespace

namespace {

// What stands behind the prefix, if it is this prefix and something does.
std::optional<QString> after(const QString& word, const char* prefix)
{
    const QLatin1StringView start(prefix);
    if (!word.startsWith(start, Qt::CaseInsensitive) || word.size() == start.size())
        return {};
    return word.mid(start.size());
}

bool isSuspect(const LockRecord& record, const QByteArray& beginning)
{
    if (suspicionScore(record) == 0)
        return false;
    const std::vector<Suspicion> suspicions = suspicionsOf(record);
    return std::any_of(suspicions.begin(), suspicions.end(), [&](const Suspicion& suspicion) {
        return suspicionName(suspicion.kind).startsWith(QLatin1StringView(beginning));
    });
}

} // namespace

std::optional<LockFilter::Term> LockFilter::measureTerm(const QString& word)
{
    using Kind = Term::Kind;
    static constexpr std::array<std::pair<const char*, Kind>, 4> durations { { { "ttl<", Kind::TtlBelow },
        { "ttl>", Kind::TtlAbove }, { "held<", Kind::HeldBelow }, { "held>", Kind::HeldAbove } } };
    for (const auto& [prefix, kind] : durations) {
        const auto value = after(word, prefix);
        if (const auto duration = value ? parseDuration(*value) : std::nullopt)
            return Term { kind, {}, *duration, 0 };
    }
    static constexpr std::array<std::pair<const char*, Kind>, 3> counts { { { "renewals>", Kind::RenewalsAbove },
        { "waiters>", Kind::WaitersAbove }, { "missed>", Kind::MissedAbove } } };
    for (const auto& [prefix, kind] : counts) {
        const auto value = after(word, prefix);
        bool isNumber = false;
        const qint64 number = value ? value->toLongLong(&isNumber) : 0;
        if (isNumber && number >= 0)
            return Term { kind, {}, {}, number };
    }
    return {};
}

std::optional<LockFilter::Term> LockFilter::typedTerm(const QString& word)
{
    using Kind = Term::Kind;
    if (auto term = measureTerm(word))
        return term;
    if (word.startsWith(QLatin1StringView("stuck:"), Qt::CaseInsensitive))
        return Term { Kind::Stuck, lowered(word.mid(6)), {}, 0 };
    static constexpr std::array<std::pair<const char*, Kind>, 6> names { { { "state:", Kind::State },
        { "family:", Kind::Family }, { "mode:", Kind::Mode }, { "type:", Kind::Type }, { "holder:=", Kind::HolderGlob },
        { "holder:", Kind::Holder } } };
    for (const auto& [prefix, kind] : names) {
        if (const auto value = after(word, prefix))
            return Term { kind, lowered(*value), {}, 0 };
    }
    if (const auto value = after(word, "key:"))
        return Term { Kind::KeyGlob, isGlob(*value) ? value->toUtf8() : "*" + value->toUtf8() + "*", {}, 0 };
    return {};
}

LockFilter LockFilter::parse(const QString& text)
{
    LockFilter filter;
    const QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString& word : words) {
        if (auto term = typedTerm(word))
            filter.m_terms.append(*term);
        else if (isGlob(word))
            filter.m_terms.append({ Term::Kind::KeyGlob, word.toUtf8(), {}, 0 });
        else
            filter.m_terms.append({ Term::Kind::Text, lowered(word), {}, 0 });
    }
    return filter;
}

bool LockFilter::dependsOnTime() const
{
    return std::any_of(
        m_terms.begin(), m_terms.end(), [](const Term& term) { return term.kind >= Term::Kind::TtlBelow; });
}

bool LockFilter::accepts(const LockRecord& record, SteadyTime now) const
{
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) { return holds(term, record, now); });
}

bool LockFilter::holds(const Term& term, const LockRecord& record, SteadyTime now)
{
    const auto tokenContains = [&] { return record.hasToken && contains(record.token, term.bytes); };
    const auto anyHolder = [&](auto matches) {
        return record.extras->holders
            && std::any_of(record.extras->holders->begin(), record.extras->holders->end(),
                [&](const LockHolder& holder) { return matches(holder.token); });
    };
    switch (term.kind) {
    case Term::Kind::Text:
        return contains(record.key, term.bytes) || tokenContains() || ownerContains(record.extras->owner, term.bytes);
    case Term::Kind::KeyGlob:
        return globMatches(term.bytes, record.key);
    case Term::Kind::State:
        return lockStateName(record.state).startsWith(QLatin1StringView(term.bytes));
    case Term::Kind::Family:
        return FamilyRegistry::instance().name(record.family).startsWith(QLatin1StringView(term.bytes));
    case Term::Kind::Mode:
        return lockModeName(record.mode).startsWith(QLatin1StringView(term.bytes));
    case Term::Kind::Type:
        return keyTypeName(record.type).startsWith(QLatin1StringView(term.bytes));
    case Term::Kind::Holder:
        return tokenContains() || ownerContains(record.extras->owner, term.bytes)
            || anyHolder([&](const QByteArray& token) { return contains(token, term.bytes); });
    case Term::Kind::HolderGlob:
        return (record.hasToken && globMatches(term.bytes, record.token))
            || (!record.extras->owner.isEmpty() && globMatches(term.bytes, record.extras->owner.toUtf8()))
            || anyHolder([&](const QByteArray& token) { return globMatches(term.bytes, token); });
    case Term::Kind::RenewalsAbove:
        return record.renewals > term.number;
    case Term::Kind::WaitersAbove:
        return record.waiters > term.number;
    case Term::Kind::MissedAbove:
        return record.extras->rhythm && record.extras->rhythm->missed > term.number;
    case Term::Kind::Stuck:
        return isSuspect(record, term.bytes);
    case Term::Kind::TtlBelow:
        return record.hasDeadline() && record.remaining(now) < term.duration;
    case Term::Kind::TtlAbove:
        return !record.hasDeadline() || record.remaining(now) > term.duration;
    case Term::Kind::HeldBelow:
        return now - record.heldSince() < term.duration;
    case Term::Kind::HeldAbove:
        break;
    }
    return now - record.heldSince() > term.duration;
}

} // namespace lockscope
