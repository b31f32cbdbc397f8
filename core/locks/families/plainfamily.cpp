// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/plainfamily.h"

#include "locks/families/tokenshape.h"
#include "locks/fencing.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* namedByOperator = QT_TRANSLATE_NOOP("lockscope::Rules", "named by the operator");
constexpr const char* namedWithTtl = QT_TRANSLATE_NOOP("lockscope::Rules", "named by the operator, and it has a TTL");
constexpr const char* namedWithToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "named by the operator, with a TTL and a value shaped like a token");
constexpr const char* lockLikeName = QT_TRANSLATE_NOOP("lockscope::Rules", "the name says lock");
constexpr const char* nameAndTtl = QT_TRANSLATE_NOOP("lockscope::Rules", "the name says lock, and it has a TTL");
constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the name says lock, with a TTL and a value shaped like a token");
constexpr const char* tokenAndTtl = QT_TRANSLATE_NOOP("lockscope::Rules", "a value shaped like a token, and a TTL");

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

bool isLetter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

bool startsWithAt(QByteArrayView key, qsizetype at, QByteArrayView word)
{
    if (key.size() - at < word.size())
        return false;
    for (qsizetype i = 0; i < word.size(); ++i) {
        if (lower(key[at + i]) != word[i])
            return false;
    }
    return true;
}

/// Whether the word at `at` is only the tail of one of these other words: `block` for `lock`, `release` for `lease`.
bool isTailOfOtherWord(QByteArrayView key, qsizetype at)
{
    for (QByteArrayView other : { QByteArrayView("block"), QByteArrayView("clock"), QByteArrayView("flock") }) {
        const qsizetype start = at - 1;
        if (start >= 0 && startsWithAt(key, start, other) && (start == 0 || !isLetter(key[start - 1])))
            return true;
    }
    for (QByteArrayView other : { QByteArrayView("release"), QByteArrayView("please") }) {
        const qsizetype start = at - (other.size() - 5);
        if (start >= 0 && startsWithAt(key, start, other))
            return true;
    }
    return false;
}

} // namespace

bool hasLockLikeName(QByteArrayView key)
{
    for (qsizetype at = 0; at < key.size(); ++at) {
        const char c = char(key[at] | 0x20); // a small letter, if it is a letter
        if (c == 'l' && (startsWithAt(key, at, "lock") || startsWithAt(key, at, "lease"))
            && !isTailOfOtherWord(key, at))
            return true;
        if ((c == 'm' && startsWithAt(key, at, "mutex")) || (c == 's' && startsWithAt(key, at, "semaphore")))
            return true;
    }
    return false;
}

bool isKnownAuxiliary(QByteArrayView key)
{
    for (QByteArrayView prefix : { "redisson_lock_token:", "redisson_unlock_latch:", "redisson_lock_queue:",
             "redisson_lock_timeout:", "lock-signal:" }) {
        if (key.startsWith(prefix))
            return true;
    }
    for (qsizetype at = key.indexOf(':'); at >= 0; at = key.indexOf(':', at + 1)) {
        const QByteArrayView rest = key.sliced(at + 1);
        if (rest.startsWith("rwlock_timeout:") || rest.startsWith("el:throttle:") || rest.startsWith("released:"))
            return true;
    }
    return key.endsWith(":stallBlock") || key.endsWith(":stalled-check");
}

QLatin1StringView PlainFamily::name() const { return QLatin1StringView("plain"); }

Recognition PlainFamily::recognise(const KeySample& sample) const
{
    if (sample.type != KeyType::String)
        return {};
    const bool hasTtl = sample.ttlMs >= 0;
    const bool tooLong = sample.value.size() > maximumTokenBytes;
    const bool shaped = hasTtl && (tokenShape(sample.value) != TokenShape::None || fenceOfToken(sample.value));
    if (sample.explicitMatch) {
        if (shaped)
            return { 0.9F, namedWithToken };
        return hasTtl && !tooLong ? Recognition { 0.7F, namedWithTtl }
                                  : Recognition { tooLong ? 0.2F : 0.5F, namedByOperator };
    }
    if (tooLong)
        return {};
    if (hasLockLikeName(sample.key)) {
        if (shaped)
            return { 0.8F, nameAndToken };
        return hasTtl ? Recognition { 0.6F, nameAndTtl } : Recognition { 0.4F, lockLikeName };
    }
    return shaped ? Recognition { 0.3F, tokenAndTtl } : Recognition {};
}

FamilyFacts PlainFamily::facts() const
{
    return { "SET NX PX as documented, and everything else that leaves a token in a string key", "`NAME`: string",
        "any; its shape may tell host, process or time", "as the application chose",
        QT_TRANSLATE_NOOP("lockscope::Afterwards", "nothing: it is not told") };
}

bool PlainFamily::isAuxiliary(QByteArrayView key, KeyType type) const
{
    return isKnownAuxiliary(key) || (type == KeyType::String && isFencingCounterKey(key));
}

QByteArray PlainFamily::fencingCounter(const QByteArray& key) const { return fencingCounterKey(key); }

QList<OwnerHint> PlainFamily::ownerHints(const QByteArray& token) const
{
    // What is random must not be taken for a host by its look.
    return fenceOfToken(token) ? QList<OwnerHint>() : LockFamily::ownerHints(token);
}

} // namespace lockscope
