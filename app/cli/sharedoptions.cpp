// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/sharedoptions.h"

#include "base/bytetext.h"
#include "base/secretfile.h"
#include "cli/optiontable.h"
#include "deployment/connectionbook.h"
#include "deployment/passwordcommand.h"
#include "locks/families/familyregistry.h"

#include <QCommandLineParser>

#include <algorithm>

namespace lockscope::cli {

namespace {

constexpr qint64 dayMs = 86'400'000;

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

} // namespace

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

} // namespace lockscope::cli
