// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/stressoptions.h"

#include "cli/optiontable.h"
#include "deployment/stressrun.h"

#include <QCommandLineParser>

namespace lockscope::cli {

namespace {

/// A whole number, if the option was given.
template <typename Number> Status readNumber(const QCommandLineParser& parser, const char* option, Number& number)
{
    const QString name = QString::fromLatin1(option);
    if (!parser.isSet(name))
        return {};
    bool ok = false;
    const qint64 value = parser.value(name).toLongLong(&ok);
    if (!ok || value < 0 || value > std::numeric_limits<int>::max())
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--%1 needs a whole number")).arg(name));
    number = Number(value);
    return {};
}

/// `MS` or `MS..MS`.
Status readRange(const QCommandLineParser& parser, const char* option, DurationRange& range)
{
    const QString name = QString::fromLatin1(option);
    if (!parser.isSet(name))
        return {};
    const QStringList parts = parser.value(name).split(QStringLiteral(".."));
    bool first = false;
    bool last = false;
    range.least = Milliseconds(parts.first().toLongLong(&first));
    range.most = Milliseconds(parts.last().toLongLong(&last));
    if (!first || !last || parts.size() > 2 || range.least.count() < 0 || range.most < range.least)
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--%1 needs milliseconds, or a range like 5..20")).arg(name));
    return {};
}

Status readNumbers(const QCommandLineParser& parser, StressConfig& config)
{
    Status status = readNumber(parser, "clients", config.clients);
    for (const auto& [option, number] : { std::pair { "keys", &config.keys },
             std::pair { "connections", &config.connections }, std::pair { "threads", &config.threads },
             std::pair { "readers", &config.readers }, std::pair { "permits", &config.permits } }) {
        if (status)
            status = readNumber(parser, option, *number);
    }
    if (status)
        status = readNumber(parser, "sections", config.sections);
    if (status)
        status = readRange(parser, "hold", config.hold);
    if (status)
        status = readRange(parser, "retry", config.retry);
    return status;
}

Status readComparison(const QCommandLineParser& parser, Invocation& invocation)
{
    const QString compare = QStringLiteral("compare");
    if (!parser.isSet(compare)) {
        return parser.isSet(QStringLiteral("repeats"))
            ? usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--repeats is for --compare")))
            : Status();
    }
    for (const char* other : { "strategy", "history" }) {
        if (parser.isSet(QString::fromLatin1(other)))
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--compare and --%1 exclude each other"))
                             .arg(QString::fromLatin1(other)));
    }
    for (const QString& name : parser.value(compare).split(QLatin1Char(','), Qt::SkipEmptyParts))
        invocation.compared.append(name.trimmed().toUtf8());
    if (invocation.compared.size() < 2)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--compare needs two strategies or more: A,B")));
    return readNumber(parser, "repeats", invocation.repeats);
}

Status readRateAndSeed(const QCommandLineParser& parser, StressConfig& config)
{
    bool ok = true;
    if (parser.isSet(QStringLiteral("rate")))
        config.rate = parser.value(QStringLiteral("rate")).toDouble(&ok);
    if (!ok || !(config.rate >= 0) || (parser.isSet(QStringLiteral("rate")) && config.rate <= 0))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--rate needs a number of sections a second")));
    if (parser.isSet(QStringLiteral("seed")))
        config.seed = parser.value(QStringLiteral("seed")).toULongLong(&ok);
    if (!ok || (parser.isSet(QStringLiteral("seed")) && config.seed == 0))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--seed needs a whole number, 1 or more")));
    return {};
}

} // namespace

Status readStressOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    StressConfig& config = invocation.stress;
    if (parser.isSet(QStringLiteral("strategy")))
        config.strategy = parser.value(QStringLiteral("strategy")).toUtf8();
    if (const Status numbers = readNumbers(parser, config); !numbers)
        return numbers;
    if (const Status read = readRateAndSeed(parser, config); !read)
        return read;
    if (const Status read = readComparison(parser, invocation); !read)
        return read;
    for (const QString& text : parser.values(QStringLiteral("fault"))) {
        const Result<FaultSpec> fault = parseFault(text.toUtf8());
        if (!fault)
            return fail(fault.error());
        config.faults.append(*fault);
    }
    if (invocation.ttl)
        config.ttl = *invocation.ttl;
    if (parser.isSet(QStringLiteral("wait")))
        config.wait = invocation.wait;
    // With a number of sections the time is only what it may take at the most.
    config.duration = invocation.duration.value_or(Milliseconds(config.sections > 0 ? 600'000 : 10'000));
    config.renew = parser.isSet(QStringLiteral("renew"));
    config.stopAtViolation = parser.isSet(QStringLiteral("stop-at-violation"));
    config.timeout = invocation.deployment.timeout;
    config.readOnly = invocation.deployment.readOnly;
    config.servers = invocation.deployment.specs;
    config.historyFile = parser.value(QStringLiteral("history"));
    invocation.outFile = parser.value(QStringLiteral("out"));
    if (!invocation.outFile.isEmpty() && !invocation.outFile.endsWith(QLatin1StringView(".json"))
        && !invocation.outFile.endsWith(QLatin1StringView(".html")))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--out needs a name that ends with .json or .html")));
    if (!invocation.compared.isEmpty() && invocation.outFile.endsWith(QLatin1StringView(".html")))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "a comparison is written as JSON: --out FILE.json")));
    return {};
}

QString stressHelp()
{
    QString text = QLatin1Char('\n') + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "Strategies:")) + QLatin1Char('\n');
    const auto line = [&text](const QString& name, const QString& summary) {
        text += QStringLiteral("  ") + name.leftJustified(22) + summary + QLatin1Char('\n');
    };
    for (const StressChoice& choice : stressStrategies()) {
        line(QString::fromLatin1(choice.name), choice.summary);
        line({}, cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "guarantees: %1")).arg(choice.promises));
        line({}, cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "does not: %1")).arg(choice.doesNot));
    }
    text += QLatin1Char('\n') + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "Faults:")) + QLatin1Char('\n');
    for (const StressChoice& choice : stressFaults()) {
        line(QString::fromLatin1(choice.name), choice.summary);
        if (choice.needsSandbox)
            line({}, cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "only on --uri sandbox:")));
    }
    return text;
}

} // namespace lockscope::cli
