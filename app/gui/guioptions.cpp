// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/guioptions.h"

#include "base/secretfile.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace lockscope {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("lockscope::GuiOptions", text); }

void addOptions(QCommandLineParser& parser)
{
    const auto add = [&parser](const char* name, const char* description, const char* value = nullptr) {
        parser.addOption(
            { QString::fromLatin1(name), tr(description), value ? QString::fromLatin1(value) : QString() });
    };
    add("uri",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions",
            "What to watch; without it $LOCKSCOPE_URI, else redis://127.0.0.1:6379/0. Several are independent masters "
            "of one quorum."),
        "URI");
    add("connection",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "A saved connection instead of --uri: NAME or GROUP/NAME."), "NAME");
    add("db", QT_TRANSLATE_NOOP("lockscope::GuiOptions", "The databases, like 0,3-5, or all; else the URI's own."),
        "LIST");
    add("sandbox", QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Open a private server with demo locks."));
    add("read-only",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Refuse every command that would write, before anything is sent."));
    add("environment",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions",
            "production, staging or development; else $LOCKSCOPE_ENVIRONMENT, else as remembered. Production is "
            "read-only until writes are armed."),
        "NAME");
    add("match", QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Which keys count as locks; may be given more than once."),
        "GLOB");
    add("pace",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "How hard a listing may press the server: auto, gentle or full."),
        "PACE");
    add("listen",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions",
            "How changes are heard: auto, notifications, tracking or poll; without it as chosen last."),
        "MODE");
    add("budget",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions",
            "Most keys a second that are read only to verify; without it as chosen last, at first 2000."),
        "KEYS_PER_S");
    add("timeout", QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Deadline of one command in milliseconds."), "MS");
    add("enable-notifications",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Consent to switch on the smallest set of keyspace event classes."));
    add("password-file",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Read the password from the first line of this file."), "FILE");
    add("families-file",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions",
            "Your own lock families; without it $LOCKSCOPE_FAMILIES_FILE, else lockscope/families.conf."),
        "FILE");
    add("theme", QT_TRANSLATE_NOOP("lockscope::GuiOptions", "light, dark or system."), "THEME");
    add("screenshot",
        QT_TRANSLATE_NOOP("lockscope::GuiOptions", "Write the window as PNG after the first complete pass, and exit."),
        "FILE");
    parser.addPositionalArgument(QStringLiteral("recording"),
        QCoreApplication::translate("lockscope::GuiOptions", "A recording to open (not supported yet)."),
        QStringLiteral("[RECORDING]"));
    parser.addHelpOption();
    parser.addVersionOption();
}

Status readSaved(GuiOptions& options, const QCommandLineParser& parser)
{
    if (!parser.isSet(QStringLiteral("connection")))
        return {};
    if (parser.isSet(QStringLiteral("uri")) || parser.isSet(QStringLiteral("sandbox")))
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions", "--connection excludes --uri and --sandbox"));
    const Result<ConnectionBook> book = ConnectionBookFile().load();
    if (!book)
        return fail(book.error());
    const Result<SavedConnection> found = book->find(parser.value(QStringLiteral("connection")));
    if (!found)
        return fail(found.error());
    options.saved = *found;
    return {};
}

Result<QStringList> chosenUris(const QCommandLineParser& parser, const QByteArray& environmentUri)
{
    const QStringList uris = parser.values(QStringLiteral("uri"));
    const bool sandbox = parser.isSet(QStringLiteral("sandbox"));
    if (sandbox && !uris.isEmpty())
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions", "--sandbox and --uri exclude each other"));
    if (sandbox)
        return QStringList { QStringLiteral("sandbox:?workload=demo") };
    if (!uris.isEmpty())
        return uris;
    return QStringList { environmentUri.isEmpty() ? QStringLiteral("redis://127.0.0.1:6379/0")
                                                  : QString::fromUtf8(environmentUri) };
}

// The URI's own password is the most specific; then the file, then the environment.
Status addPassword(ConnectionSpec& spec, const QCommandLineParser& parser, const QByteArray& environmentPassword)
{
    if (!spec.password.isEmpty() || spec.topology == Topology::Sandbox)
        return {};
    if (parser.isSet(QStringLiteral("password-file"))) {
        Result<Secret> password = readSecretFile(parser.value(QStringLiteral("password-file")));
        if (!password)
            return fail(password.error());
        spec.password = *password;
    } else if (!environmentPassword.isEmpty()) {
        spec.password = Secret(environmentPassword);
    }
    return {};
}

Status readWatchOptions(GuiOptions& options, const QCommandLineParser& parser)
{
    const auto listen = listenChoiceByName(parser.value(QStringLiteral("listen")));
    if (!listen)
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions", "--listen is auto, notifications, tracking or poll"));
    options.listenGiven = parser.isSet(QStringLiteral("listen"));
    options.choice.listen = *listen;
    if (options.enableNotifications && (*listen == ListenChoice::Tracking || *listen == ListenChoice::Poll))
        return fail(ErrorKind::Usage,
            QCoreApplication::translate(
                "lockscope::GuiOptions", "--enable-notifications goes with --listen auto or notifications"));
    if (!parser.isSet(QStringLiteral("budget")))
        return {};
    bool valid = false;
    options.verifyRate = parser.value(QStringLiteral("budget")).toInt(&valid);
    if (!valid || options.verifyRate < 1 || options.verifyRate > largestVerifyRate)
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions", "--budget is a number of keys a second, 1 to %1")
                .arg(largestVerifyRate));
    return {};
}

Status readEnvironment(GuiOptions& options, const QCommandLineParser& parser)
{
    const bool isSet = parser.isSet(QStringLiteral("environment"));
    const QString name
        = isSet ? parser.value(QStringLiteral("environment")) : qEnvironmentVariable("LOCKSCOPE_ENVIRONMENT");
    options.environmentGiven = isSet || !name.isEmpty();
    if (!options.environmentGiven)
        return {};
    const std::optional<Environment> environment = environmentByName(name);
    if (!environment)
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions",
                "--environment (or $LOCKSCOPE_ENVIRONMENT) is production, staging or development"));
    options.choice.environment = *environment;
    return {};
}

Status readSwitches(GuiOptions& options, const QCommandLineParser& parser)
{
    options.choice.readOnly = parser.isSet(QStringLiteral("read-only"));
    options.enableNotifications = parser.isSet(QStringLiteral("enable-notifications"));
    if (options.enableNotifications && options.choice.readOnly)
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::GuiOptions",
                "--enable-notifications changes the server's configuration, which --read-only refuses: leave one of "
                "them out"));
    options.familiesFile = parser.value(QStringLiteral("families-file"));
    options.screenshotFile = parser.value(QStringLiteral("screenshot"));
    for (const QString& match : parser.values(QStringLiteral("match")))
        options.choice.matches.append(match.toUtf8());
    const Result<DatabaseChoice> databases = parseDatabaseChoice(parser.value(QStringLiteral("db")));
    if (!databases)
        return fail(databases.error());
    options.choice.databases = *databases;
    if (parser.isSet(QStringLiteral("theme"))) {
        options.theme = themeModeByName(parser.value(QStringLiteral("theme")));
        if (!options.theme)
            return fail(ErrorKind::Usage,
                QCoreApplication::translate("lockscope::GuiOptions", "--theme is light, dark or system"));
    }
    if (parser.isSet(QStringLiteral("timeout"))) {
        bool valid = false;
        options.timeout = Milliseconds(parser.value(QStringLiteral("timeout")).toInt(&valid));
        if (!valid || options.timeout.count() < 1)
            return fail(ErrorKind::Usage,
                QCoreApplication::translate(
                    "lockscope::GuiOptions", "--timeout is a number of milliseconds, 1 or more"));
    }
    const std::optional<Pace> pace = paceByName(parser.value(QStringLiteral("pace")));
    if (!pace)
        return fail(
            ErrorKind::Usage, QCoreApplication::translate("lockscope::GuiOptions", "--pace is auto, gentle or full"));
    options.pace = *pace;
    return readWatchOptions(options, parser);
}

} // namespace

Result<GuiOptions> parseGuiOptions(
    const QStringList& arguments, const QByteArray& environmentUri, const QByteArray& environmentPassword)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "lockscope::GuiOptions", "See, understand and safely release distributed locks in Redis."));
    addOptions(parser);
    if (!parser.parse(arguments))
        return fail(ErrorKind::Usage, parser.errorText());
    GuiOptions options;
    if (parser.isSet(QStringLiteral("help"))) {
        options.message = parser.helpText();
        return options;
    }
    if (parser.isSet(QStringLiteral("version"))) {
        options.message = QStringLiteral("lockscope " LOCKSCOPE_VERSION "\n");
        return options;
    }
    if (!parser.positionalArguments().isEmpty())
        return fail(ErrorKind::NotSupported,
            QCoreApplication::translate("lockscope::GuiOptions", "recordings are not supported yet"));
    if (const Status read = readSaved(options, parser); !read)
        return fail(read.error());
    options.isAddressed = options.saved || parser.isSet(QStringLiteral("uri"))
        || parser.isSet(QStringLiteral("sandbox")) || !environmentUri.isEmpty();
    const Result<QStringList> uris
        = options.saved ? Result<QStringList>(options.saved->uris()) : chosenUris(parser, environmentUri);
    if (!uris)
        return fail(uris.error());
    QList<ConnectionSpec> specs;
    for (const QString& uri : *uris) {
        Result<ConnectionSpec> spec = parseConnectionUri(uri);
        if (!spec)
            return fail(spec.error());
        if (const Status status = addPassword(*spec, parser, environmentPassword); !status)
            return fail(status.error());
        specs.append(std::move(*spec));
    }
    options.choice.spec = specs.takeFirst();
    options.choice.furtherMasters = specs;
    if (const Status status = readSwitches(options, parser); !status)
        return fail(status.error());
    if (const Status status = readEnvironment(options, parser); !status)
        return fail(status.error());
    if (options.saved) {
        options.saved->readOnly = options.saved->readOnly || options.choice.readOnly;
        if (options.environmentGiven)
            options.saved->environment = options.choice.environment;
    }
    return options;
}

} // namespace lockscope
