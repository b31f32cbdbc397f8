// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/invocation.h"

#include "base/bytetext.h"
#include "base/secretfile.h"
#include "cli/optiontable.h"
#include "cli/stressoptions.h"
#include "locks/families/familyregistry.h"

#include <QCommandLineParser>

#include <algorithm>

namespace lockscope::cli {

namespace {

/// Whether an argument is text: others cannot be given to a child as they are.
bool isText(const QString& argument) { return isUtf8(argumentBytes(argument)); }

tl::unexpected<Error> usage(const QString& detail) { return fail(ErrorKind::Usage, detail); }

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
constexpr qint64 dayMs = 86'400'000;

Result<Milliseconds> duration(const QCommandLineParser& parser, const char* option, qint64 smallest, qint64 largest)
{
    bool ok = false;
    const qint64 value = parser.value(QString::fromLatin1(option)).toLongLong(&ok);
    if (!ok || value < smallest || value > largest)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--%1 needs a number of milliseconds, %2 to %3"))
                         .arg(QString::fromLatin1(option))
                         .arg(smallest)
                         .arg(largest));
    return Milliseconds(value);
}

Result<Pace> pace(const QString& name)
{
    if (const std::optional<Pace> known = paceByName(name))
        return *known;
    return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--pace is auto, gentle or full")));
}

Result<QList<FamilyId>> families(const QStringList& names)
{
    QList<FamilyId> ids;
    for (const QString& name : names) {
        const FamilyId id = FamilyRegistry::instance().byName(name.toUtf8());
        if (id == FamilyId::None)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "unknown family '%1'; known: %2"))
                             .arg(name, QString::fromUtf8(FamilyRegistry::instance().names().join(", "))));
        ids.append(id);
    }
    return ids;
}

Result<ConnectionSpec> connectionSpec(const QString& uri, const QCommandLineParser& parser)
{
    Result<ConnectionSpec> spec = parseConnectionUri(uri);
    // The URI's own password is the most specific; then the file, then the environment. The window does the same.
    if (!spec || spec->topology == Topology::Sandbox || !spec->password.isEmpty())
        return spec;
    if (parser.isSet(QStringLiteral("password-file"))) {
        const Result<Secret> password = readSecretFile(parser.value(QStringLiteral("password-file")));
        if (!password)
            return fail(password.error());
        spec->password = *password;
    } else if (qEnvironmentVariableIsSet("REDISCLI_AUTH")) {
        spec->password = Secret(qgetenv("REDISCLI_AUTH"));
    }
    return spec;
}

Status readSharedOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    DeploymentOptions& deployment = invocation.deployment;
    QStringList uris = parser.values(QStringLiteral("uri"));
    if (uris.isEmpty()) {
        const QString fromEnvironment = qEnvironmentVariable("LOCKSCOPE_URI");
        uris << (fromEnvironment.isEmpty() ? QStringLiteral("redis://127.0.0.1:6379/0") : fromEnvironment);
    }
    for (const QString& uri : std::as_const(uris)) {
        Result<ConnectionSpec> spec = connectionSpec(uri, parser);
        if (!spec)
            return fail(spec.error());
        deployment.specs.append(std::move(*spec));
    }
    if (parser.isSet(QStringLiteral("timeout"))) {
        const Result<Milliseconds> timeout = duration(parser, "timeout", 1, dayMs);
        if (!timeout)
            return fail(timeout.error());
        deployment.timeout = *timeout;
    }
    const Result<Pace> chosenPace = pace(parser.value(QStringLiteral("pace")));
    if (!chosenPace)
        return fail(chosenPace.error());
    deployment.watch.pace = *chosenPace;
    const Result<QList<FamilyId>> chosenFamilies = families(parser.values(QStringLiteral("family")));
    if (!chosenFamilies)
        return fail(chosenFamilies.error());
    deployment.watch.families = *chosenFamilies;
    for (const QString& glob : parser.values(QStringLiteral("match")))
        deployment.watch.matches.append(argumentBytes(glob));
    deployment.watch.enableNotifications = parser.isSet(QStringLiteral("enable-notifications"));
    deployment.readOnly = parser.isSet(QStringLiteral("read-only"));
    deployment.auditFile = qEnvironmentVariable("LOCKSCOPE_AUDIT_FILE");
    invocation.quiet = parser.isSet(QStringLiteral("quiet"));
    invocation.verbose = parser.isSet(QStringLiteral("verbose"));
    invocation.json = parser.isSet(QStringLiteral("json"));
    return {};
}

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

Status readOwnOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    if (parser.isSet(QStringLiteral("fence")))
        return fail(ErrorKind::NotSupported,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "fencing tokens come with a later version")));
    for (const char* name : { "ttl", "wait" }) {
        if (!parser.isSet(QString::fromLatin1(name)))
            continue;
        const bool isTtl = QLatin1StringView(name) == QLatin1StringView("ttl");
        const Result<Milliseconds> value = duration(parser, name, isTtl ? 1 : 0, yearMs);
        if (!value)
            return fail(value.error());
        if (isTtl)
            invocation.ttl = *value;
        else
            invocation.wait = *value;
    }
    if (parser.isSet(QStringLiteral("duration"))) {
        bool ok = false;
        const double seconds = parser.value(QStringLiteral("duration")).toDouble(&ok);
        if (!ok || !(seconds >= 0) || seconds > 31'536'000)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--duration needs a number of seconds")));
        invocation.duration = Milliseconds(qint64(seconds * 1000));
    }
    invocation.snapshotFile = parser.value(QStringLiteral("snapshot-at-end"));
    if (parser.isSet(QStringLiteral("expect-token")))
        invocation.expectToken = argumentBytes(parser.value(QStringLiteral("expect-token")));
    invocation.anyToken = parser.isSet(QStringLiteral("any-token"));
    invocation.reason = parser.value(QStringLiteral("reason")).trimmed();
    invocation.dryRun = parser.isSet(QStringLiteral("dry-run"));
    invocation.yes = parser.isSet(QStringLiteral("yes"));
    return readToken(parser, invocation);
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
    return {};
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
        invocation.command = parser.positionalArguments().value(0);
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
