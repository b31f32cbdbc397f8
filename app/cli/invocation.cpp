// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/invocation.h"

#include "base/bytetext.h"
#include "base/secretfile.h"
#include "cli/auditoptions.h"
#include "cli/optiontable.h"
#include "cli/stressoptions.h"
#include "deployment/connectionbook.h"
#include "deployment/passwordcommand.h"
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

Status readWatchOptions(const QCommandLineParser& parser, WatchOptions& watch)
{
    const auto listen = listenChoiceByName(parser.value(QStringLiteral("listen")));
    if (!listen)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--listen is auto, notifications, tracking or poll")));
    watch.listen = *listen;
    watch.enableNotifications = parser.isSet(QStringLiteral("enable-notifications"));
    if (watch.enableNotifications && (watch.listen == ListenChoice::Tracking || watch.listen == ListenChoice::Poll))
        return usage(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--enable-notifications and --listen %1 exclude each other"))
                .arg(listenChoiceName(watch.listen)));
    if (!parser.isSet(QStringLiteral("budget")))
        return {};
    bool ok = false;
    watch.verifyRate = parser.value(QStringLiteral("budget")).toInt(&ok);
    if (!ok || watch.verifyRate < 1 || watch.verifyRate > largestVerifyRate)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--budget needs a number of keys a second, 1 to %1"))
                         .arg(largestVerifyRate));
    return {};
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

/// The commands on locks of our own.
bool takesOrKeepsALock(const QString& command)
{
    return command == QLatin1StringView("acquire") || command == QLatin1StringView("extend")
        || command == QLatin1StringView("release");
}

/// The family of a lock of our own follows from the masters: one holds a plain lock, several hold a Redlock.
Status checkOwnFamily(const QStringList& names, const QList<ConnectionSpec>& specs)
{
    int masters = 0;
    for (const ConnectionSpec& spec : specs)
        masters += spec.topology == Topology::Sandbox ? spec.sandbox.masters : 1;
    for (const QString& name : names) {
        if (name == QLatin1StringView("plain") && masters > 1)
            return usage(cliText(
                QT_TRANSLATE_NOOP("lockscope::Cli", "several masters form a Redlock: --family plain needs one --uri")));
        if (name == QLatin1StringView("redlock") && masters == 1)
            return usage(cliText(QT_TRANSLATE_NOOP(
                "lockscope::Cli", "--family redlock needs several independent masters: give --uri more than once")));
        if (name != QLatin1StringView("plain") && name != QLatin1StringView("redlock"))
            return usage(cliText(
                QT_TRANSLATE_NOOP("lockscope::Cli", "a lock of one's own is plain or redlock, not of family '%1'"))
                             .arg(name));
    }
    return {};
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

/// The saved connection that is named, or nothing.
Result<std::optional<SavedConnection>> savedConnection(const QCommandLineParser& parser)
{
    if (!parser.isSet(QStringLiteral("connection")))
        return std::nullopt;
    if (parser.isSet(QStringLiteral("uri")))
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "--connection and --uri exclude each other")));
    const Result<ConnectionBook> book = ConnectionBookFile().load();
    if (!book)
        return fail(book.error());
    const Result<SavedConnection> found = book->find(parser.value(QStringLiteral("connection")));
    if (!found)
        return fail(found.error());
    return *found;
}

/// A password that is given for this run goes before the one that the connection's command prints.
Status readSavedPassword(const SavedConnection& connection, QList<ConnectionSpec>& specs)
{
    const bool isGiven = std::all_of(
        specs.cbegin(), specs.cend(), [](const ConnectionSpec& spec) { return !spec.password.isEmpty(); });
    if (connection.passwordSource != PasswordSource::Command || isGiven)
        return {};
    const Result<Secret> password = runPasswordCommand(connection.passwordCommand);
    if (!password)
        return fail(password.error());
    for (ConnectionSpec& spec : specs)
        spec.password = *password;
    return {};
}

/// A file that somebody named has to be good; the one in the standard place must not keep anybody from his work.
Status loadFamilies(const QCommandLineParser& parser, Invocation& invocation)
{
    const QString option = parser.value(QStringLiteral("families-file"));
    const bool named = !option.isEmpty() || qEnvironmentVariableIsSet("LOCKSCOPE_FAMILIES_FILE");
    invocation.families = std::make_shared<FamilyFileWatcher>(option.isEmpty() ? standardFamilyFile() : option);
    const bool isJustLooking = invocation.command == QLatin1StringView("families");
    if (isJustLooking && parser.isSet(QStringLiteral("check")))
        return {};
    invocation.families->load();
    if (!named || isJustLooking)
        return {};
    if (const std::optional<Error>& error = invocation.families->error())
        return fail(*error);
    if (!invocation.families->exists())
        return fail(ErrorKind::Unreadable,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1: there is no such file")).arg(invocation.families->path()));
    if (!invocation.families->isGood())
        return usage(invocation.families->faultTexts().join(QStringLiteral("; ")));
    return {};
}

Result<Environment> environment(const QCommandLineParser& parser)
{
    const bool isSet = parser.isSet(QStringLiteral("environment"));
    const QString name
        = isSet ? parser.value(QStringLiteral("environment")) : qEnvironmentVariable("LOCKSCOPE_ENVIRONMENT");
    if (name.isEmpty() && !isSet)
        return Environment::Unspecified;
    if (const std::optional<Environment> known = environmentByName(name))
        return *known;
    return usage(cliText(QT_TRANSLATE_NOOP(
        "lockscope::Cli", "--environment (or $LOCKSCOPE_ENVIRONMENT) is production, staging or development")));
}

/// What acts on locks goes to one place, so that nobody has to guess which lock of that name was meant.
bool actsInOneDatabase(const QString& command)
{
    static const QStringList names { QStringLiteral("show"), QStringLiteral("acquire"), QStringLiteral("extend"),
        QStringLiteral("release"), QStringLiteral("force-release"), QStringLiteral("restore") };
    return names.contains(command);
}

Status readDatabases(const QCommandLineParser& parser, Invocation& invocation)
{
    const Result<DatabaseChoice> databases = parseDatabaseChoice(parser.value(QStringLiteral("db")));
    if (!databases)
        return fail(databases.error());
    if (!actsInOneDatabase(invocation.command)) {
        invocation.deployment.watch.databases = *databases;
        return {};
    }
    if (databases->isSeveral())
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 works in one database: --db needs one number"))
                         .arg(invocation.command));
    if (databases->numbers.isEmpty())
        return {};
    for (ConnectionSpec& spec : invocation.deployment.specs) {
        if (spec.topology == Topology::Cluster && databases->numbers.first() != 0)
            return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "a cluster has only database 0")));
        spec.database = databases->numbers.first();
    }
    return {};
}

/// A consent that cannot count is told, not left aside: whoever gave it believes that every event is heard.
Status checkConsent(const Invocation& invocation)
{
    if (!invocation.deployment.watch.enableNotifications)
        return {};
    if (invocation.deployment.readOnly)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "--enable-notifications changes the server's configuration, which --read-only refuses: leave one of them "
            "out")));
    if (invocation.deployment.environment == Environment::Production && !invocation.arm)
        return usage(cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "--enable-notifications changes the server's configuration, which a production connection refuses: leave "
            "it out, or set notify-keyspace-events on the server")));
    return {};
}

/// Which servers, and how they may be used.
Status readTargets(const QCommandLineParser& parser, Invocation& invocation)
{
    DeploymentOptions& deployment = invocation.deployment;
    const Result<std::optional<SavedConnection>> saved = savedConnection(parser);
    if (!saved)
        return fail(saved.error());
    QStringList uris = *saved ? (*saved)->uris() : parser.values(QStringLiteral("uri"));
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
    if (*saved) {
        if (const Status read = readSavedPassword(**saved, deployment.specs); !read)
            return read;
        if ((*saved)->passwordSource == PasswordSource::Keychain)
            invocation.keychainConnection = displayText((*saved)->name.toUtf8());
    }
    deployment.readOnly = parser.isSet(QStringLiteral("read-only")) || (*saved && (*saved)->readOnly);
    const Result<Environment> chosenEnvironment = environment(parser);
    if (!chosenEnvironment)
        return fail(chosenEnvironment.error());
    deployment.environment
        = *saved && *chosenEnvironment == Environment::Unspecified ? (*saved)->environment : *chosenEnvironment;
    return {};
}

Status readSharedOptions(const QCommandLineParser& parser, Invocation& invocation)
{
    if (const Status loaded = loadFamilies(parser, invocation); !loaded)
        return loaded;
    DeploymentOptions& deployment = invocation.deployment;
    if (const Status read = readTargets(parser, invocation); !read)
        return read;
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
    const QStringList familyNames = parser.values(QStringLiteral("family"));
    if (takesOrKeepsALock(invocation.command)) {
        if (const Status usable = checkOwnFamily(familyNames, deployment.specs); !usable)
            return usable;
    } else {
        const Result<QList<FamilyId>> chosenFamilies = families(familyNames);
        if (!chosenFamilies)
            return fail(chosenFamilies.error());
        deployment.watch.families = *chosenFamilies;
    }
    for (const QString& glob : parser.values(QStringLiteral("match")))
        deployment.watch.matches.append(argumentBytes(glob));
    if (const Status read = readWatchOptions(parser, deployment.watch); !read)
        return read;
    if (const Status chosen = readDatabases(parser, invocation); !chosen)
        return chosen;
    invocation.arm = parser.isSet(QStringLiteral("arm"));
    if (const Status possible = checkConsent(invocation); !possible)
        return possible;
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
