// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/auditoptions.h"

#include "cli/optiontable.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QRegularExpression>

namespace lockscope::cli {

namespace {

qint64 unitMs(QChar unit)
{
    switch (unit.unicode()) {
    case 's':
        return 1000;
    case 'm':
        return 60'000;
    case 'h':
        return 3'600'000;
    default:
        return 86'400'000;
    }
}

Status readMoment(const QCommandLineParser& parser, const char* option, std::optional<qint64>& moment)
{
    const QString name = QString::fromLatin1(option);
    if (!parser.isSet(name))
        return {};
    moment = momentByText(parser.value(name), SystemClock::instance().wallNow().toMSecsSinceEpoch());
    if (moment)
        return {};
    return usage(
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--%1 needs a time: 2h, 7d, 2026-03-01 or 2026-03-01T12:00:00Z"))
            .arg(name));
}

Status readExport(const QCommandLineParser& parser, Invocation& invocation)
{
    invocation.verify = parser.isSet(QStringLiteral("verify"));
    invocation.exportFile = parser.value(QStringLiteral("export"));
    if (!parser.isSet(QStringLiteral("export")))
        return {};
    if (invocation.verify)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--verify and --export exclude each other")));
    const QString suffix = QFileInfo(invocation.exportFile).suffix().toLower();
    if (suffix != QLatin1StringView("csv") && suffix != QLatin1StringView("json"))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--export needs a FILE.csv or FILE.json")));
    return {};
}

} // namespace

std::optional<qint64> momentByText(const QString& text, qint64 nowMs)
{
    static const QRegularExpression ago(QStringLiteral("^(\\d{1,9})([smhd])$"));
    if (const QRegularExpressionMatch match = ago.match(text); match.hasMatch())
        return nowMs - match.capturedView(1).toLongLong() * unitMs(match.capturedView(2).front());
    const QDateTime moment = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!moment.isValid())
        return std::nullopt;
    return moment.toMSecsSinceEpoch();
}

Status readAuditOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    AuditQuery& query = invocation.auditQuery;
    if (const Status since = readMoment(parser, "since", query.sinceMs); !since)
        return since;
    if (const Status until = readMoment(parser, "until", query.untilMs); !until)
        return until;
    query.keyGlob = argumentBytes(parser.value(QStringLiteral("key")));
    query.user = parser.value(QStringLiteral("user"));
    query.action = parser.value(QStringLiteral("action"));
    query.outcome = parser.value(QStringLiteral("outcome"));
    if (parser.isSet(QStringLiteral("limit"))) {
        bool ok = false;
        query.limit = parser.value(QStringLiteral("limit")).toInt(&ok);
        if (!ok || query.limit < 1)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--limit needs a number, 1 or more")));
    }
    if (invocation.command == QLatin1StringView("restore")) {
        bool ok = false;
        invocation.auditId = invocation.arguments.value(0).toLongLong(&ok);
        if (!ok)
            invocation.auditId = 0;
    }
    return readExport(parser, invocation);
}

} // namespace lockscope::cli
