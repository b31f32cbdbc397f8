// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"

#include "base/bytetext.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimeZone>
#include <QUuid>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int bookVersion = 1;
constexpr qsizetype longestText = 2000;
constexpr int longestShownName = 200;
constexpr QLatin1StringView sourceNames[passwordSourceCount] = { QLatin1StringView("none"), QLatin1StringView("ask"),
    QLatin1StringView("keychain"), QLatin1StringView("command") };

QString textOf(const QJsonObject& object, const char* name)
{
    return object.value(QLatin1StringView(name)).toString().left(longestText);
}

Result<QList<ConnectionSpec>> readSpecs(const QJsonArray& uris)
{
    QList<ConnectionSpec> specs;
    for (const QJsonValue& uri : uris) {
        Result<ConnectionSpec> spec = parseConnectionUri(uri.toString());
        if (!spec)
            return fail(spec.error());
        spec->password = Secret();
        specs.append(std::move(*spec));
    }
    if (specs.isEmpty())
        return fail(ErrorKind::Usage, ConnectionText::tr("it has no URI"));
    return specs;
}

Result<SavedConnection> readConnection(const QJsonObject& object)
{
    SavedConnection connection;
    connection.id = textOf(object, "id");
    connection.name = textOf(object, "name").simplified();
    connection.group = cleanGroup(textOf(object, "group"));
    Result<QList<ConnectionSpec>> specs = readSpecs(object.value(QLatin1StringView("uris")).toArray());
    if (!specs)
        return fail(specs.error());
    connection.specs = std::move(*specs);
    if (connection.id.isEmpty())
        connection.id = newConnectionId();
    if (connection.name.isEmpty())
        connection.name = connection.uris().first();
    const QString environment = textOf(object, "environment");
    const std::optional<Environment> known = environmentByName(environment);
    if (!environment.isEmpty() && !known)
        return fail(ErrorKind::Usage, ConnectionText::tr("its environment is not known"));
    connection.environment = known.value_or(Environment::Unspecified);
    // Where it is not said, what can do harm is read-only.
    connection.readOnly
        = object.value(QLatin1StringView("read_only")).toBool(connection.environment == Environment::Production);
    connection.passwordSource = passwordSourceByName(textOf(object, "password")).value_or(PasswordSource::Ask);
    for (const QJsonValue& word : object.value(QLatin1StringView("password_command")).toArray())
        connection.passwordCommand.append(word.toString());
    connection.note = textOf(object, "note");
    const QDateTime used = QDateTime::fromString(textOf(object, "last_used"), Qt::ISODateWithMs);
    connection.lastUsedMs = used.isValid() ? used.toMSecsSinceEpoch() : 0;
    return connection;
}

QJsonObject toJson(const SavedConnection& connection)
{
    QJsonObject object { { QStringLiteral("id"), connection.id }, { QStringLiteral("name"), connection.name },
        { QStringLiteral("uris"), QJsonArray::fromStringList(connection.uris()) },
        { QStringLiteral("environment"), QString(environmentName(connection.environment)) },
        { QStringLiteral("read_only"), connection.readOnly },
        { QStringLiteral("password"), QString(passwordSourceName(connection.passwordSource)) } };
    if (!connection.group.isEmpty())
        object.insert(QStringLiteral("group"), connection.group);
    if (!connection.passwordCommand.isEmpty())
        object.insert(QStringLiteral("password_command"), QJsonArray::fromStringList(connection.passwordCommand));
    if (!connection.note.isEmpty())
        object.insert(QStringLiteral("note"), connection.note);
    if (connection.lastUsedMs > 0)
        object.insert(QStringLiteral("last_used"),
            QDateTime::fromMSecsSinceEpoch(connection.lastUsedMs, QTimeZone::utc()).toString(Qt::ISODateWithMs));
    return object;
}

/// For a terminal too: whoever has written the file.
QString shownName(const QString& name) { return displayText(name.simplified().toUtf8(), longestShownName); }

/// A URI of ours that does not parse may still have a password before its last `@`.
QJsonValue withoutPasswords(QJsonObject object)
{
    QJsonArray uris;
    for (const QJsonValue& value : object.value(QLatin1StringView("uris")).toArray()) {
        QString uri = value.toString();
        const qsizetype scheme = uri.indexOf(QLatin1StringView("://"));
        const qsizetype at = uri.lastIndexOf(QLatin1Char('@'));
        const qsizetype colon = scheme < 0 ? -1 : uri.indexOf(QLatin1Char(':'), scheme + 3);
        if (colon >= 0 && at > colon)
            uri.remove(colon, at - colon);
        uris.append(uri);
    }
    object.insert(QStringLiteral("uris"), uris);
    object.remove(QStringLiteral("password_value"));
    return object;
}

} // namespace

QLatin1StringView passwordSourceName(PasswordSource source) { return sourceNames[int(source)]; }

std::optional<PasswordSource> passwordSourceByName(QStringView name)
{
    for (int i = 0; i < passwordSourceCount; ++i) {
        if (name == sourceNames[i])
            return PasswordSource(i);
    }
    return std::nullopt;
}

QStringList SavedConnection::uris() const
{
    QStringList texts;
    for (ConnectionSpec spec : specs) {
        spec.password = Secret();
        texts.append(spec.redactedUri());
    }
    return texts;
}

QString newConnectionId() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }

QString topologyTitle(const SavedConnection& connection)
{
    if (connection.specs.size() > 1)
        return ConnectionText::tr("Quorum of %1 masters").arg(connection.specs.size());
    const ConnectionSpec spec = connection.specs.value(0);
    switch (spec.topology) {
    case Topology::Sentinel:
        return ConnectionText::tr("Sentinel");
    case Topology::Cluster:
        return ConnectionText::tr("Cluster");
    case Topology::Sandbox:
        return ConnectionText::tr("Sandbox");
    case Topology::Standalone:
        break;
    }
    return spec.link == LinkKind::Unix ? ConnectionText::tr("Unix socket") : ConnectionText::tr("One server");
}

QString cleanGroup(const QString& group)
{
    QStringList names;
    for (const QString& part : group.split(QLatin1Char('/'))) {
        if (const QString name = part.simplified(); !name.isEmpty())
            names.append(name);
    }
    return names.join(QLatin1Char('/'));
}

const SavedConnection* ConnectionBook::byId(const QString& id) const
{
    const int index = indexOf(id);
    return index < 0 ? nullptr : &connections[index];
}

const SavedConnection* ConnectionBook::byUris(const QStringList& uris) const
{
    const auto found = std::find_if(connections.cbegin(), connections.cend(),
        [&uris](const SavedConnection& connection) { return connection.uris() == uris; });
    return found == connections.cend() ? nullptr : &*found;
}

Result<SavedConnection> ConnectionBook::find(const QString& name) const
{
    QList<SavedConnection> found;
    QStringList names;
    for (const SavedConnection& connection : connections) {
        const QString path
            = connection.group.isEmpty() ? connection.name : connection.group + QLatin1Char('/') + connection.name;
        names.append(shownName(path));
        if (path == name)
            return connection;
        if (connection.name == name)
            found.append(connection);
    }
    if (found.size() == 1)
        return found.first();
    if (found.size() > 1)
        return fail(ErrorKind::Usage,
            ConnectionText::tr("several saved connections are called %1; write GROUP/NAME").arg(shownName(name)));
    return fail(ErrorKind::Usage,
        names.isEmpty() ? ConnectionText::tr("no connection is saved yet")
                        : ConnectionText::tr("no saved connection is called %1; there are: %2")
                              .arg(shownName(name), names.join(QStringLiteral(", "))));
}

QStringList ConnectionBook::groups() const
{
    QStringList names;
    for (const SavedConnection& connection : connections) {
        if (!connection.group.isEmpty() && !names.contains(connection.group))
            names.append(connection.group);
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

int ConnectionBook::indexOf(const QString& id) const
{
    for (int i = 0; i < connections.size(); ++i) {
        if (connections[i].id == id)
            return i;
    }
    return -1;
}

void ConnectionBook::put(const SavedConnection& connection)
{
    const int index = indexOf(connection.id);
    if (index < 0)
        connections.append(connection);
    else
        connections[index] = connection;
}

Result<ConnectionBook> parseConnectionBook(const QByteArray& text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        return fail(ErrorKind::Storage,
            ConnectionText::tr("it is no JSON (at byte %1: %2)").arg(error.offset).arg(error.errorString()));
    const QJsonObject root = document.object();
    const int version = root.value(QLatin1StringView("version")).toInt();
    if (version > bookVersion)
        return fail(ErrorKind::NotSupported, ConnectionText::tr("it was written by a later version of Lockscope"));
    if (version < 1 || !root.value(QLatin1StringView("connections")).isArray())
        return fail(ErrorKind::Storage, ConnectionText::tr("it is not a list of connections"));
    ConnectionBook book;
    for (const QJsonValue& value : root.value(QLatin1StringView("connections")).toArray()) {
        Result<SavedConnection> connection = readConnection(value.toObject());
        if (connection && !book.byId(connection->id)) {
            book.connections.append(std::move(*connection));
            continue;
        }
        const QString name = shownName(textOf(value.toObject(), "name"));
        book.faults.append(ConnectionText::tr("%1: %2").arg(name.isEmpty() ? QStringLiteral("?") : name,
            connection ? ConnectionText::tr("its id stands twice") : connection.error().detail));
        book.unread.append(withoutPasswords(value.toObject()));
    }
    return book;
}

QByteArray connectionBookText(const ConnectionBook& book)
{
    QJsonArray list;
    for (const SavedConnection& connection : book.connections)
        list.append(toJson(connection));
    for (const QJsonValue& value : book.unread)
        list.append(value);
    const QJsonObject root { { QStringLiteral("version"), bookVersion }, { QStringLiteral("connections"), list } };
    return QJsonDocument(root).toJson(QJsonDocument::Indented);
}

QByteArray connectionListJson(const ConnectionBook& book)
{
    QJsonArray list;
    for (const SavedConnection& connection : book.connections)
        list.append(toJson(connection));
    return QJsonDocument(QJsonObject { { QStringLiteral("connections"), list } }).toJson(QJsonDocument::Compact);
}

} // namespace lockscope
