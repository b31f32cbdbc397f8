// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/invocation.h"

#include "base/bytetext.h"
#include "base/secretfile.h"
#include "cli/auditoptions.h"
#include "cli/optiontable.h"
#include "cli/sharedoptions.h"
#include "cli/stressoptions.h"

#include <QCommandLineParser>

#include <algorithm>

namespace lockscope::cli {

namespace {

/// Whether an argument is text: others cannot be given to a child as they are.
bool isText(const QString& argument) { return isUtf8(argumentBytes(argument)); }

void addOptions(QCommandLineParser& parser)
{
    for (const OptionFacts& facts : optionTable()) {
        QStringList names { QString::fromLatin1(facts.name) };
        if (names.first() == QLatin1StringView("help"))
            names << QStringLiteral("h");
        parser.addOption(QCommandLineOption(names, QString(), QString::fromLatin1(facts.valueName)));
    }
}

constexpr qint64 yearMs = 31'536'000'000; // beyond it somebody has mixed up the unit

Status readToken(const QCommandLineParser& parser, Invocation& invocation)
{
    const bool plain = parser.isSet(QStringLiteral("token"));
    const bool file = parser.isSet(QStringLiteral("token-file"));
    if (plain && file)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--token and --token-file exclude each other")));
    if (plain)
        invocation.token = argumentBytes(parser.value(QStringLiteral("token")));
    if (file) {
        const Result<Secret> token = readSecretFile(parser.value(QStringLiteral("token-file")));
        if (!token)
            return fail(token.error());
        invocation.token = token->reveal();
    }
    if (invocation.token && invocation.token->isEmpty())
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the token is empty")));
    return {};
}

Status readActOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    invocation.ticket = parser.value(QStringLiteral("ticket")).trimmed();
    invocation.partly = parser.isSet(QStringLiteral("partly"));
    invocation.reportFile = parser.value(QStringLiteral("report"));
    if (parser.isSet(QStringLiteral("new-token")))
        invocation.newToken = argumentBytes(parser.value(QStringLiteral("new-token")));
    if (parser.isSet(QStringLiteral("act"))) {
        const std::optional<LockAct> act = lockActByName(parser.value(QStringLiteral("act")));
        if (!act)
            return usage(cliText(QT_TRANSLATE_NOOP(
                "lockscope::Cli", "--act is release, shorten, add-ttl, take-over, hand-back or kill-connection")));
        invocation.act = *act;
    }
    bool ok = true;
    if (parser.isSet(QStringLiteral("client"))) {
        invocation.clientId = parser.value(QStringLiteral("client")).toLongLong(&ok);
        if (!ok || invocation.clientId < 1)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--client needs the id of a client")));
    }
    if (parser.isSet(QStringLiteral("rate"))) {
        invocation.rate = parser.value(QStringLiteral("rate")).toDouble(&ok);
        if (!ok || !(invocation.rate > 0) || invocation.rate > 1e6)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--rate needs a number of locks a second")));
    }
    return {};
}

Status readOwnOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    invocation.fence = parser.isSet(QStringLiteral("fence"));
    for (const char* name : { "ttl", "wait", "watch-after" }) {
        if (!parser.isSet(QString::fromLatin1(name)))
            continue;
        const bool isTtl = QLatin1StringView(name) == QLatin1StringView("ttl");
        const Result<Milliseconds> value = duration(parser, name, isTtl ? 1 : 0, yearMs);
        if (!value)
            return fail(value.error());
        if (isTtl)
            invocation.ttl = *value;
        else if (QLatin1StringView(name) == QLatin1StringView("wait"))
            invocation.wait = *value;
        else
            invocation.watchAfter = *value;
    }
    if (parser.isSet(QStringLiteral("duration"))) {
        bool ok = false;
        const double seconds = parser.value(QStringLiteral("duration")).toDouble(&ok);
        if (!ok || !(seconds >= 0) || seconds > 31'536'000)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--duration needs a number of seconds")));
        invocation.duration = Milliseconds(qint64(seconds * 1000));
    }
    invocation.checkFile = parser.value(QStringLiteral("check"));
    invocation.preview = parser.isSet(QStringLiteral("preview"));
    invocation.stuck = parser.isSet(QStringLiteral("stuck"));
    invocation.snapshotFile = parser.value(QStringLiteral("snapshot-at-end"));
    if (parser.isSet(QStringLiteral("expect-token")))
        invocation.expectToken = argumentBytes(parser.value(QStringLiteral("expect-token")));
    invocation.anyToken = parser.isSet(QStringLiteral("any-token"));
    invocation.reason = parser.value(QStringLiteral("reason")).trimmed();
    invocation.dryRun = parser.isSet(QStringLiteral("dry-run"));
    invocation.yes = parser.isSet(QStringLiteral("yes"));
    if (const Status act = readActOptions(parser, invocation); !act)
        return act;
    invocation.onOtherServer = parser.isSet(QStringLiteral("on-other-server"));
    if (const Status audit = readAuditOptions(parser, invocation); !audit)
        return audit;
    return readToken(parser, invocation);
}

Status checkAct(const Invocation& invocation, bool many)
{
    const LockAct act = invocation.act;
    const bool endless = act == LockAct::HandBack;
    if (needsTtl(act) && !invocation.ttl && !endless)
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--act %1 needs --ttl MS")).arg(QString(lockActName(act))));
    if (!needsTtl(act) && invocation.ttl)
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--act %1 takes no --ttl")).arg(QString(lockActName(act))));
    const bool handsBack = act == LockAct::HandBack;
    if (handsBack && (!invocation.expectToken || !invocation.newToken || invocation.newToken->isEmpty()))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "--act hand-back needs --expect-token, that of the operator, and --new-token, the one that comes back")));
    if (!handsBack && invocation.newToken)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--new-token is for --act hand-back")));
    if (act != LockAct::KillConnection && invocation.clientId != 0)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--client is for --act kill-connection")));
    if (many && (handsBack || act == LockAct::KillConnection))
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--act %1 is for one KEY")).arg(QString(lockActName(act))));
    return {};
}

Status checkForceRelease(const Invocation& invocation)
{
    const bool many = invocation.arguments.isEmpty();
    if (many == invocation.deployment.watch.matches.isEmpty())
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "force-release needs either a KEY or --match GLOB")));
    if (invocation.expectToken && invocation.anyToken)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--expect-token and --any-token exclude each other")));
    if (many && invocation.expectToken)
        return usage(cliText(
            QT_TRANSLATE_NOOP("lockscope::Cli", "--expect-token is for one KEY; --match keeps the tokens it saw")));
    if (!many && !invocation.expectToken && !invocation.anyToken)
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "force-release KEY needs --expect-token T or --any-token")));
    if (invocation.reason.isEmpty() && !invocation.dryRun)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "force-release needs --reason TEXT")));
    return checkAct(invocation, many);
}

Status checkCommand(const CommandFacts& facts, const QCommandLineParser& parser, const Invocation& invocation)
{
    for (const OptionFacts& option : optionTable()) {
        if (parser.isSet(QString::fromLatin1(option.name)) && !optionBelongsTo(option, invocation.command))
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 has no option --%2"))
                             .arg(invocation.command, QString::fromLatin1(option.name)));
    }
    const qsizetype keys = invocation.arguments.size();
    const bool isForceRelease = invocation.command == QLatin1StringView("force-release");
    if (keys > (facts.takesKey ? 1 : 0))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "unexpected argument '%1'"))
                         .arg(invocation.arguments.at(facts.takesKey ? 1 : 0)));
    if (isForceRelease)
        return checkForceRelease(invocation);
    if (invocation.command == QLatin1StringView("restore"))
        return invocation.auditId > 0
            ? Status()
            : usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "restore needs the AUDIT_ID of an entry: a number")));
    if (facts.takesKey && (keys == 0 || invocation.key().isEmpty()))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 needs a KEY")).arg(invocation.command));
    const bool isExtend = invocation.command == QLatin1StringView("extend");
    if ((isExtend || invocation.command == QLatin1StringView("release")) && !invocation.token)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 needs --token T or --token-file FILE"))
                         .arg(invocation.command));
    if (isExtend && !invocation.ttl)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "extend needs --ttl MS")));
    return {};
}

Status readCommandName(const QStringList& positional, Invocation& invocation)
{
    if (positional.isEmpty())
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "a command is missing")));
    invocation.command = positional.first();
    invocation.arguments = positional.mid(1);
    if (isCommandOfLaterVersion(invocation.command))
        return fail(ErrorKind::NotSupported,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "'%1' is not in this version yet")).arg(invocation.command));
    if (!findCommand(invocation.command))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "unknown command '%1'")).arg(invocation.command));
    return {};
}

} // namespace

Result<ParsedCommandLine> parseCommandLine(const QStringList& arguments)
{
    ParsedCommandLine parsed;
    Invocation& invocation = parsed.invocation;
    // What follows `--` is not ours, options of the command among it.
    const qsizetype dashes = arguments.indexOf(QStringLiteral("--"));
    invocation.child = dashes < 0 ? QStringList() : arguments.mid(dashes + 1);
    QCommandLineParser parser;
    addOptions(parser);
    const bool understood = parser.parse(QStringList { QStringLiteral("lockscope-cli") } + arguments.mid(0, dashes));
    if (parser.isSet(QStringLiteral("help"))) {
        parsed.kind = ParsedCommandLine::Kind::Help;
        if (parser.positionalArguments().isEmpty())
            return parsed;
        if (const Status named = readCommandName(parser.positionalArguments(), invocation); !named)
            return fail(named.error());
        return parsed;
    }
    if (parser.isSet(QStringLiteral("version"))) {
        parsed.kind = ParsedCommandLine::Kind::Version;
        return parsed;
    }
    Status status = readCommandName(parser.positionalArguments(), invocation);
    if (status && !understood)
        status = usage(parser.errorText());
    if (invocation.command != QLatin1StringView("acquire"))
        invocation.arguments += std::exchange(invocation.child, {}); // `show -- -odd-key`
    else if (status && !std::all_of(invocation.child.begin(), invocation.child.end(), isText))
        status = usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the command after -- is no UTF-8")));
    else if (status && dashes >= 0 && invocation.child.isEmpty())
        status = usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the command after -- is missing")));
    if (status)
        status = readSharedOptions(parser, invocation);
    if (status)
        status = readOwnOptions(parser, invocation);
    if (status && invocation.command == QLatin1StringView("stress"))
        status = readStressOptions(parser, invocation);
    if (status)
        status = checkCommand(*findCommand(invocation.command), parser, invocation);
    if (!status)
        return fail(status.error());
    return parsed;
}

bool wantsJson(const QStringList& arguments)
{
    return arguments.mid(0, arguments.indexOf(QStringLiteral("--"))).contains(QStringLiteral("--json"));
}

QString helpText(const QString& command)
{
    const CommandFacts* wanted = findCommand(command);
    QString text = cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "Usage: lockscope-cli [OPTIONS] COMMAND [OPTIONS]"))
        + QLatin1Char('\n');
    const auto line = [&text](const QString& left, const char* summary) {
        text += QStringLiteral("  ") + left.leftJustified(30) + QLatin1Char(' ') + cliText(summary) + QLatin1Char('\n');
    };
    text += QLatin1Char('\n');
    for (const CommandFacts& facts : commandTable()) {
        if (!wanted || wanted == &facts)
            line(QString::fromLatin1(facts.name) + QLatin1Char(' ') + QString::fromUtf8(facts.synopsis), facts.summary);
    }
    text += QLatin1Char('\n');
    for (const OptionFacts& facts : optionTable()) {
        if (wanted && !optionBelongsTo(facts, command))
            continue;
        const QString value = facts.valueName[0] ? QLatin1Char(' ') + QString::fromLatin1(facts.valueName) : QString();
        line(QStringLiteral("--") + QString::fromLatin1(facts.name) + value, facts.summary);
    }
    if (command == QLatin1StringView("stress"))
        text += stressHelp();
    text += QLatin1Char('\n')
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "Exit status: 0 done; 1 lock not obtained, not held or lost; 2 wrong usage; 3 no connection or refused; "
            "4 a stress run saw its locks violated; 130 interrupted."))
        + QLatin1Char('\n');
    return text;
}

} // namespace lockscope::cli
