// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/sessionbus.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QLibrary>

#include <algorithm>
#include <memory>

namespace lockscope {

namespace {

using Attributes = QMap<QString, QString>;

QString secretService() { return QStringLiteral("org.freedesktop.secrets"); }

QDBusMessage serviceCall(const char* interface, const char* method)
{
    QDBusMessage message = QDBusMessage::createMethodCall(secretService(), QStringLiteral("/org/freedesktop/secrets"),
        QString::fromLatin1(interface), QString::fromLatin1(method));
    message.setAutoStartService(false);
    return message;
}

/// `done(call)` with the answer or the error, which without a bus is one at once.
template <typename Done>
void ask(const QDBusMessage& message, std::chrono::milliseconds patience, QObject* guard, Done done)
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    const QDBusPendingCall call = bus.isConnected()
        ? bus.asyncCall(message, int(patience.count()))
        : QDBusPendingCall::fromError(QDBusError(QDBusError::Disconnected, QString()));
    auto* watcher = new QDBusPendingCallWatcher(call, guard);
    const auto kept = std::make_shared<Done>(std::move(done));
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, guard, [kept](QDBusPendingCallWatcher* finished) {
        finished->deleteLater();
        (*kept)(*finished);
    });
}

QLibrary& secretLibrary()
{
    static QLibrary library(QStringLiteral("secret-1"), 0);
    return library;
}

} // namespace

void askWhetherServiceRuns(std::chrono::milliseconds patience, QObject* guard, UniqueFunction<void(bool)> handler)
{
    const QString bus = QStringLiteral("org.freedesktop.DBus");
    const QDBusMessage message = QDBusMessage::createMethodCall(
        bus, QStringLiteral("/org/freedesktop/DBus"), bus, QStringLiteral("ListNames"));
    ask(message, patience, guard, [handler = std::move(handler)](const QDBusPendingCall& call) mutable {
        const QDBusPendingReply<QStringList> reply = call;
        const QStringList names = reply.isValid() ? reply.value() : QStringList();
        handler(std::any_of(names.begin(), names.end(), [](const QString& name) {
            return name == secretService() || name.startsWith(QStringLiteral("org.kde.kwalletd"));
        }));
    });
}

void askWhetherServiceAnswers(std::chrono::milliseconds patience, QObject* guard, UniqueFunction<void(bool)> handler)
{
    QDBusMessage message = serviceCall("org.freedesktop.DBus.Properties", "Get");
    message << QStringLiteral("org.freedesktop.Secret.Service") << QStringLiteral("Collections");
    ask(message, patience, guard, [handler = std::move(handler)](const QDBusPendingCall& call) mutable {
        const QDBusError::ErrorType error = call.error().type();
        handler(error != QDBusError::NoReply && error != QDBusError::Timeout && error != QDBusError::TimedOut);
    });
}

void countSecrets(const QString& program, const QString& id, std::chrono::milliseconds patience, QObject* guard,
    UniqueFunction<void(SecretCount)> handler)
{
    qDBusRegisterMetaType<Attributes>();
    QDBusMessage message = serviceCall("org.freedesktop.Secret.Service", "SearchItems");
    message << QVariant::fromValue(
        Attributes { { QStringLiteral("server"), program }, { QStringLiteral("user"), id } });
    ask(message, patience, guard, [handler = std::move(handler)](const QDBusPendingCall& call) mutable {
        const QDBusPendingReply<QList<QDBusObjectPath>, QList<QDBusObjectPath>> reply = call;
        if (reply.isValid())
            handler({ reply.argumentAt<0>().size(), reply.argumentAt<1>().size() });
        else
            handler({});
    });
}

void outliveSessionBus()
{
    static bool isDone = false;
    // Without a bus GLib has no connection to it either; asking would only make it look for one.
    if (isDone || !QDBusConnection::sessionBus().isConnected())
        return;
    isDone = true;
    constexpr int sessionBus = 2; // G_BUS_TYPE_SESSION
    QLibrary gio(QStringLiteral("gio-2.0"), 0);
    const auto get = reinterpret_cast<void* (*)(int, void*, void**)>(gio.resolve("g_bus_get_sync"));
    const auto setExit = reinterpret_cast<void (*)(void*, int)>(gio.resolve("g_dbus_connection_set_exit_on_close"));
    if (!get || !setExit)
        return;
    // The very connection that libsecret is given. It stays referenced: a later one would have the old habit.
    if (void* const connection = get(sessionBus, nullptr, nullptr))
        setExit(connection, 0);
}

void meetServiceAnew()
{
    if (const auto disconnect = reinterpret_cast<void (*)()>(secretLibrary().resolve("secret_service_disconnect")))
        disconnect();
}

bool hasSecretLibrary() { return secretLibrary().load(); }

} // namespace lockscope
