// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/ownerhints.h"

#include "base/bytetext.h"
#include "base/clock.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <optional>

namespace lockscope {

namespace {

constexpr const char* timeUuidRule = QT_TRANSLATE_NOOP("lockscope::Rules", "UUID version 1: its time and network node");
constexpr const char* hostAndPidRule = QT_TRANSLATE_NOOP("lockscope::Rules", "host and process in the token");
constexpr const char* epochRule = QT_TRANSLATE_NOOP("lockscope::Rules", "milliseconds since 1970 in the token");
constexpr const char* jsonRule = QT_TRANSLATE_NOOP("lockscope::Rules", "fields of the JSON token");
constexpr const char* shedLockRule = QT_TRANSLATE_NOOP("lockscope::Rules", "time and host as ShedLock writes them");

struct JsonField {
    const char* field;
    const char* name;
};
constexpr JsonField jsonFields[] = {
    { "owner", "owner" },
    { "host", "host" },
    { "hostname", "host" },
    { "pid", "pid" },
    { "process_id", "pid" },
    { "thread", "thread" },
    { "thread_id", "thread" },
    { "created_at", "created_at" },
};

void append(QList<OwnerHint>& hints, const char* name, const QByteArray& value, const char* rule)
{
    if (!value.isEmpty())
        hints.append({ name, displayText(value, 80), rule });
}

/// Thirteen digits are a time between 2001 and 2286 rather than a thread.
std::optional<QDateTime> epochTime(const QByteArray& digits)
{
    bool isNumber = false;
    const qint64 ms = digits.toLongLong(&isNumber);
    if (!isNumber || digits.size() != 13)
        return {};
    return QDateTime::fromMSecsSinceEpoch(ms);
}

QList<OwnerHint> fromJson(const QByteArray& token)
{
    QList<OwnerHint> hints;
    const QJsonObject object = QJsonDocument::fromJson(token).object();
    for (const JsonField& known : jsonFields) {
        const QJsonValue value = object.value(QLatin1StringView(known.field));
        const bool repeated
            = std::any_of(hints.cbegin(), hints.cend(), [&](const OwnerHint& hint) { return hint.name == known.name; });
        if (repeated)
            continue;
        if (value.isString())
            append(hints, known.name, value.toString().toUtf8(), jsonRule);
        else if (value.isDouble())
            append(hints, known.name, QByteArray::number(value.toInteger()), jsonRule);
    }
    return hints;
}

/// `ADDED:2024-05-01T10:00:00.123Z@host`
QList<OwnerHint> fromShedLock(const QByteArray& token)
{
    QList<OwnerHint> hints;
    const qsizetype at = token.indexOf('@');
    if (!token.startsWith("ADDED:") || at < 0)
        return hints;
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(token.mid(6, at - 6)), Qt::ISODateWithMs);
    if (!time.isValid())
        return hints;
    const qsizetype end = token.indexOf(':', at);
    append(hints, "host", token.mid(at + 1, end < 0 ? -1 : end - at - 1), shedLockRule);
    hints.append({ "created_at", rfc3339(time), shedLockRule });
    return hints;
}

} // namespace

QList<OwnerHint> ownerHintsByShape(const QByteArray& token)
{
    QList<OwnerHint> hints;
    switch (tokenShape(token)) {
    case TokenShape::TimeUuid: {
        const auto decoded = decodeTimeUuid(token);
        hints.append({ "created_at", rfc3339(decoded->createdAt), timeUuidRule });
        append(hints, "node", decoded->node, timeUuidRule);
        return hints;
    }
    case TokenShape::HostAndPid: {
        const auto decoded = decodeHostAndPid(token);
        append(hints, "host", decoded->host, hostAndPidRule);
        append(hints, "pid", decoded->pid, hostAndPidRule);
        if (const std::optional<QDateTime> time = epochTime(decoded->thread))
            hints.append({ "created_at", rfc3339(*time), epochRule });
        else
            append(hints, "thread", decoded->thread, hostAndPidRule);
        return hints;
    }
    case TokenShape::Json:
        return fromJson(token);
    case TokenShape::None:
        return fromShedLock(token);
    case TokenShape::Uuid:
    case TokenShape::Hex:
    case TokenShape::Base64:
        break;
    }
    return hints;
}

void appendNewHints(QList<OwnerHint>& hints, const QList<OwnerHint>& more)
{
    for (const OwnerHint& hint : more) {
        const bool known = std::any_of(
            hints.cbegin(), hints.cend(), [&](const OwnerHint& other) { return other.name == hint.name; });
        if (!known)
            hints.append(hint);
    }
}

QString ownerText(const QList<OwnerHint>& hints)
{
    QStringList parts;
    for (const OwnerHint& hint : hints) {
        if (hint.name == "host" || hint.name == "owner")
            parts.append(hint.value);
        else if (hint.name == "pid" || hint.name == "thread" || hint.name == "node")
            parts.append(QString::fromLatin1(hint.name) + u' ' + hint.value);
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace lockscope
