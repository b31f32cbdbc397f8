// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <base/clock.h>
#include <optional>

namespace lockscope {

namespace {

constexpr const char* tokenRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "process and time as php-redis-lock writes them, and a TTL");
constexpr const char* bareRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "process and time as php-redis-lock writes them");
constexpr const char* hintRule = QT_TRANSLATE_NOOP("lockscope::Rules", "process and time in the token");

constexpr const char* version = "php-redis-lock 1.0.1";

struct Token {
    QByteArrayView pid;
    QByteArrayView fraction; ///< `0.12345600`, of a second
    QByteArrayView seconds; ///< since 1970
};

/// `4711:0.12345600 1714557600:17`
std::optional<Token> split(QByteArrayView value)
{
    const qsizetype colon = value.indexOf(':');
    const qsizetype blank = value.indexOf(' ');
    const qsizetype last = value.lastIndexOf(':');
    if (colon <= 0 || blank < colon + 4 || last - blank - 1 != 10 || value.size() - last > 5)
        return {};
    const Token token { value.first(colon), value.sliced(colon + 1, blank - colon - 1), value.sliced(blank + 1, 10) };
    const bool good = token.fraction.startsWith("0.") && isDecimal(token.pid) && isDecimal(token.fraction.sliced(2))
        && isDecimal(token.seconds) && isDecimal(value.sliced(last + 1));
    return good ? std::optional(token) : std::nullopt;
}

Recognition recognise(const KeySample& sample)
{
    if (sample.value.size() < 20 || sample.value.size() > 40 || !split(sample.value))
        return {};
    return sample.ttlMs >= 0 ? Recognition { 0.95F, tokenRule } : Recognition { 0.6F, bareRule };
}

QList<OwnerHint> hints(const QByteArray& value)
{
    const std::optional<Token> token = split(value);
    if (!token)
        return {};
    const qint64 ms = token->seconds.toLongLong() * 1000 + qint64(token->fraction.toDouble() * 1000);
    return { { "pid", QString::fromLatin1(token->pid), hintRule },
        { "created_at", rfc3339(QDateTime::fromMSecsSinceEpoch(ms)), hintRule } };
}

} // namespace

std::unique_ptr<LockFamily> makeCheprasovFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "cheprasov",
        .facts
        = { "cheprasov/php-redis-lock (PHP)", "`NAME`: string", "`PID:FRACTION SECONDS:NUMBER`: process and start time",
            "as the program chose; only where it calls `update`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its release then throws `LostLockException`") },
        .recognise = recognise,
        .sizes = { 20, 40 },
        .fingerprints = { { "9bdce90060b1eb1923ba581ffba7051865f063d7", "release", version },
            { "b414769872ec8518662b9f29e83fc691b0349f45", "update", version } },
        .ownerHints = hints,
    });
}

} // namespace lockscope
