// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/secretservicefixture.h"

#include <QDir>
#include <QFile>
#include <QProcessEnvironment>
#include <QTest>

#include <csignal>

namespace lockscope {

namespace {

constexpr int patience = 60000;
const char* const busVariable = "DBUS_SESSION_BUS_ADDRESS";

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void end(QProcess& process)
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(5000)) {
        process.kill();
        process.waitForFinished();
    }
}

/// The answer in the words of dbus-send; empty when there is none.
QByteArray askBus(const QStringList& question)
{
    QProcess process;
    process.start(QStringLiteral("dbus-send"),
        QStringList { QStringLiteral("--session"), QStringLiteral("--print-reply") } + question);
    process.waitForFinished(5000);
    end(process);
    return process.readAllStandardOutput();
}

} // namespace

SecretServiceFixture::SecretServiceFixture()
{
    QFile configuration(path("bus.conf"));
    // No folder of services: the bus starts nobody, above all no window that asks for a password.
    if (!configuration.open(QIODevice::WriteOnly)
        || configuration.write(
               "<busconfig><type>session</type><auth>EXTERNAL</auth><listen>unix:path=" + QFile::encodeName(path("bus"))
               + "</listen><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
                 "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n")
            < 0)
        qFatal("cannot write %s", qPrintable(configuration.fileName()));
    configuration.close();
    m_bus.setStandardOutputFile(QProcess::nullDevice());
    m_bus.setStandardErrorFile(path("bus-log"));
    m_bus.start(QStringLiteral("dbus-daemon"),
        { QStringLiteral("--config-file=") + configuration.fileName(), QStringLiteral("--nofork"),
            QStringLiteral("--nopidfile") });
    if (!QTest::qWaitFor([this] { return QFile::exists(path("bus")); }, patience))
        qFatal("no session bus: %s %s", qPrintable(m_bus.errorString()), contents(path("bus-log")).constData());
    qputenv(busVariable, QByteArray("unix:path=" + QFile::encodeName(path("bus"))));
}

SecretServiceFixture::~SecretServiceFixture()
{
    stopService();
    stopBus();
    qunsetenv(busVariable);
}

void SecretServiceFixture::startUnlocked() { startService(true); }

void SecretServiceFixture::startLocked() { startService(false); }

void SecretServiceFixture::startService(bool unlocked)
{
    stopService();
    for (const char* name : { "home", "data", "run" })
        QDir(m_folder.path()).mkpath(path(name));
    QFile::setPermissions(path("run"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), path("home"));
    environment.insert(QStringLiteral("XDG_DATA_HOME"), path("data"));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), path("run"));
    environment.remove(QStringLiteral("DISPLAY"));
    environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    m_service.setProcessEnvironment(environment);
    m_service.setStandardErrorFile(path("log"));
    QStringList arguments { QStringLiteral("--foreground"), QStringLiteral("--components=secrets") };
    if (unlocked)
        arguments += QStringLiteral("--unlock");
    m_service.start(QStringLiteral("gnome-keyring-daemon"), arguments);
    m_service.write("the keyring's own password");
    m_service.closeWriteChannel();
    if (!QTest::qWaitFor([&] { return isServiceLocked(!unlocked); }, patience))
        qFatal("no secret service: %s %s", qPrintable(m_service.errorString()), contents(path("log")).constData());
}

/// Whether the service is there, and the keyring into which it writes is locked, or is not.
bool SecretServiceFixture::isServiceLocked(bool locked) const
{
    const QByteArray answer = askBus(
        { QStringLiteral("--dest=org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets/aliases/default"),
            QStringLiteral("org.freedesktop.DBus.Properties.Get"),
            QStringLiteral("string:org.freedesktop.Secret.Collection"), QStringLiteral("string:Locked") });
    return answer.contains(locked ? "boolean true" : "boolean false");
}

qsizetype SecretServiceFixture::clientsOfBus() const
{
    return askBus({ QStringLiteral("--dest=org.freedesktop.DBus"), QStringLiteral("/org/freedesktop/DBus"),
                      QStringLiteral("org.freedesktop.DBus.ListNames") })
        .count("string \":");
}

void SecretServiceFixture::stopService()
{
    resume();
    end(m_service);
}

void SecretServiceFixture::killService()
{
    m_service.kill();
    m_service.waitForFinished();
}

void SecretServiceFixture::stopBus() { end(m_bus); }

void SecretServiceFixture::suspend() { ::kill(pid_t(m_service.processId()), SIGSTOP); }

void SecretServiceFixture::resume()
{
    if (m_service.processId() > 0)
        ::kill(pid_t(m_service.processId()), SIGCONT);
}

} // namespace lockscope
