// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/application.h"

#include "base/argumentmask.h"
#include "base/errortext.h"
#include "base/heap.h"
#include "base/translations.h"
#include "common/settings.h"
#include "connections/secretstore.h"
#include "deployment/familyfilewatcher.h"
#include "deployment/livedeployment.h"
#include "gui/guioptions.h"
#include "mainwindow/mainwindow.h"
#include "mainwindow/screenshot.h"
#include "mainwindow/windowlist.h"

#include <QApplication>
#include <QIcon>
#include <QTextStream>

namespace lockscope {

namespace {

constexpr QSize screenshotSize { 1280, 800 };

int printError(const Error& error)
{
    QTextStream(stderr) << QStringLiteral("lockscope: %1 (%2)\n").arg(errorMessage(error), errorHint(error));
    return exitStatus(error.kind);
}

DeploymentFactory liveFactory(const GuiOptions& options)
{
    return [options](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
        DeploymentOptions live;
        live.specs = QList<ConnectionSpec> { choice.spec } + choice.furtherMasters;
        live.watch.databases = choice.databases;
        live.readOnly = choice.readOnly;
        live.environment = choice.environment;
        live.timeout = options.timeout;
        live.auditFile = qEnvironmentVariable("LOCKSCOPE_AUDIT_FILE");
        live.watch.matches = choice.matches;
        live.watch.pace = options.pace;
        live.windowFirst = true;
        live.watch.listen = choice.listen;
        // Consent was given for the server of the command line, not for any that is chosen later.
        live.watch.enableNotifications
            = options.enableNotifications && choice.spec.endpoints == options.choice.spec.endpoints;
        live.watch.commandTimeout = options.timeout;
        return LiveDeployment::create(live).map(
            [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
    };
}

void prepareScreenshot(QApplication& application, MainWindow& window, const QString& file)
{
    window.resize(screenshotSize);
    auto* screenshot = new Screenshot(&window, file, &window);
    QObject::connect(screenshot, &Screenshot::written, &application, [] { QCoreApplication::exit(0); });
    // Anything that kept the picture from being taken is "no connection, or refused" to a script.
    QObject::connect(screenshot, &Screenshot::failed, &application, [](const Error& error) {
        printError(error);
        QCoreApplication::exit(exitStatus(ErrorKind::Connect));
    });
}

/// Connects as the command line says. Where it says nothing and connections are saved, the operator chooses first.
void beginWatching(
    MainWindow& window, const GuiOptions& options, const ConnectionChoice& choice, const ConnectionBookFile& book)
{
    const Result<ConnectionBook> saved = book.load();
    const bool mayChoose = !options.isAddressed && options.screenshotFile.isEmpty();
    if (mayChoose && (!saved || !saved->connections.isEmpty()))
        window.openConnections();
    else if (options.saved && options.choice.spec.password.isEmpty())
        window.connectSaved(*options.saved);
    else
        window.connectTo(choice);
}

} // namespace

int runGui(int argc, char** argv)
{
    keepHeapSmall();
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lockscope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LOCKSCOPE_VERSION));
    installTranslations(application);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Lockscope"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.lockscope.Lockscope"));
    Result<GuiOptions> options
        = parseGuiOptions(QCoreApplication::arguments(), qgetenv("LOCKSCOPE_URI"), qgetenv("REDISCLI_AUTH"));
    maskUriPasswords(argc, argv);
    if (!options)
        return printError(options.error());
    if (!options->message.isEmpty()) {
        QTextStream(stdout) << options->message;
        return 0;
    }
    const bool picture = !options->screenshotFile.isEmpty();
    // A picture must not depend on what this user's window looked like last.
    Settings settings = picture ? Settings::inMemory() : Settings::standard();
    rememberSystemTheme();
    applyTheme(options->theme.value_or(settings.themeMode()));
    QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/lockscope.svg")));
    FamilyFileWatcher families(options->familiesFile.isEmpty() ? standardFamilyFile() : options->familiesFile);
    families.load();
    families.follow();
    ConnectionChoice choice = options->choice;
    // Consent to notifications means to hear them.
    if (!options->listenGiven && !options->enableNotifications)
        choice.listen = settings.listenChoice();
    // What the operator once said of this server holds until another word is given.
    if (!options->environmentGiven)
        choice.environment = options->saved ? options->saved->environment : settings.environmentOf(choice.spec);
    choice.readOnly = choice.readOnly || (options->saved && options->saved->readOnly);
    const ConnectionBookFile book;
    KeychainSecretStore secrets;
    WindowList windows([&] {
        auto* made = new MainWindow(liveFactory(*options), settings,
            { options->choice.readOnly, !picture, options->verifyRate, qEnvironmentVariable("LOCKSCOPE_AUDIT_FILE") });
        made->setFamilyFile(families);
        made->setConnections(book, secrets);
        return made;
    });
    MainWindow* window = windows.open();
    if (picture)
        prepareScreenshot(application, *window, options->screenshotFile);
    // From the event loop: what fails at once, and ends the program, would otherwise do so before there is a loop to
    // end.
    QMetaObject::invokeMethod(
        window, [&] { beginWatching(*window, *options, choice, book); }, Qt::QueuedConnection);
    return QApplication::exec();
}

} // namespace lockscope
