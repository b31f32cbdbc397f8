// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionimport.h"

#include "base/bytetext.h"
#include "redis/sshdestination.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lockscope {

namespace {

constexpr qsizetype largestExport = 32 * 1024 * 1024;
constexpr qsizetype mostConnections = 10000;
constexpr int longestName = 200;
constexpr quint16 usualSshPort = 22;

using Names = std::initializer_list<const char*>;

/// The first of these paths (`a.b` for a field of an object) that there is.
QJsonValue valueOf(const QJsonObject& object, Names paths)
{
    for (const char* path : paths) {
        QJsonValue value = object;
        for (const QByteArray& name : QByteArray(path).split('.'))
            value = value.toObject().value(QLatin1StringView(name));
        if (!value.isUndefined() && !value.isNull())
            return value;
    }
    return QJsonValue::Undefined;
}

QString textOf(const QJsonObject& object, Names paths)
{
    const QJsonValue value = valueOf(object, paths);
    return value.isDouble() ? QString::number(value.toInteger()) : value.toString();
}

/// True, `true`, 1, or an object with something in it.
bool isOn(const QJsonObject& object, Names paths)
{
    const QJsonValue value = valueOf(object, paths);
    return value.toBool() || value.toInteger() != 0 || value.toString() == QLatin1StringView("true")
        || !value.toObject().isEmpty();
}

quint16 portOf(const QJsonObject& object, quint16 fallback)
{
    bool isNumber = false;
    const quint16 port = textOf(object, { "port" }).toUShort(&isNumber);
    return isNumber && port != 0 ? port : fallback;
}

/// Some write an IPv6 address in brackets.
QString hostOf(const QJsonObject& object)
{
    const QString host = textOf(object, { "host" }).trimmed();
    const bool inBrackets = host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']'));
    return inBrackets ? host.mid(1, host.size() - 2) : host;
}

class EntryReader {
public:
    explicit EntryReader(const QJsonObject& entry)
        : m_entry(entry)
    {
    }
    ImportedConnection read();

private:
    void readTopology();
    void readTls();
    void readFile(Names paths, const QString& what, QString& target);
    void readSsh();
    void readRest();
    void check();

    const QJsonObject m_entry;
    ImportedConnection m_result;
    ConnectionSpec m_spec;
    QStringList m_textsOfFiles; // certificates and keys that stand in the export itself
};

ImportedConnection EntryReader::read()
{
    SavedConnection& connection = m_result.connection;
    connection.id = newConnectionId();
    // Shown in lists: nothing in it may turn a line round or hide.
    connection.name = displayText(textOf(m_entry, { "name", "connectionName" }).simplified().toUtf8(), longestName);
    m_spec.user = textOf(m_entry, { "username" });
    m_result.password = Secret(textOf(m_entry, { "password", "auth" }).toUtf8());
    m_spec.database = int(qBound(qint64(0), textOf(m_entry, { "db" }).toLongLong(), qint64(1'000'000)));
    readTopology();
    readTls();
    readRest();
    check();
    return std::move(m_result);
}

void EntryReader::readTopology()
{
    const QString type = textOf(m_entry, { "connectionType", "type" }).toUpper();
    m_spec.sentinelMaster
        = textOf(m_entry, { "sentinelMaster.name", "sentinelOptions.masterName", "sentinelOptions.name" });
    if (!m_spec.sentinelMaster.isEmpty())
        m_spec.topology = Topology::Sentinel;
    else if (isOn(m_entry, { "cluster" }) || type == QLatin1StringView("CLUSTER"))
        m_spec.topology = Topology::Cluster;
    const quint16 usualPort = m_spec.topology == Topology::Sentinel ? 26379 : 6379;
    m_spec.endpoints = { Endpoint { hostOf(m_entry), portOf(m_entry, usualPort), {} } };
    if (m_spec.topology == Topology::Standalone)
        return;
    for (const QJsonValue& node : valueOf(m_entry, { "nodes" }).toArray()) {
        const Endpoint endpoint { hostOf(node.toObject()), portOf(node.toObject(), usualPort), {} };
        if (!endpoint.host.isEmpty() && !m_spec.endpoints.contains(endpoint) && m_spec.endpoints.size() < 100)
            m_spec.endpoints.append(endpoint);
    }
    if (m_spec.topology != Topology::Sentinel)
        return;
    // There the first password is the Sentinel's; the locks are behind the other one.
    const QString nodePassword = textOf(
        m_entry, { "sentinelMaster.password", "sentinelOptions.nodePassword", "sentinelOptions.sentinelPassword" });
    const QString nodeUser = textOf(m_entry, { "sentinelMaster.username" });
    if (!nodePassword.isEmpty() && !m_result.password.isEmpty() && nodePassword.toUtf8() != m_result.password.reveal())
        m_result.notes.append(
            ConnectionText::tr("The Sentinels have a password of their own; that of the master is kept."));
    if (!nodePassword.isEmpty())
        m_result.password = Secret(nodePassword.toUtf8());
    if (!nodeUser.isEmpty())
        m_spec.user = nodeUser;
}

void EntryReader::readTls()
{
    if (!isOn(m_entry, { "tls", "ssl", "sslOptions" }) && !m_entry.contains(QLatin1StringView("sslOptions")))
        return;
    m_spec.link = LinkKind::Tls;
    m_spec.tls.serverName = textOf(m_entry, { "tlsServername", "sslOptions.servername" });
    if (const QJsonValue verify = valueOf(m_entry, { "verifyServerCert" }); verify.isBool() && !verify.toBool())
        m_result.notes.append(ConnectionText::tr(
            "It accepted any certificate; here the certificate is checked until you say otherwise."));
    readFile({ "caCert.certificate", "sslOptions.ca", "ssl_ca_cert_path", "caCert" },
        ConnectionText::tr("CA certificate"), m_spec.tls.caCertificateFile);
    readFile({ "clientCert.certificate", "sslOptions.cert", "ssl_local_cert_path", "certificate" },
        ConnectionText::tr("client certificate"), m_spec.tls.certificateFile);
    readFile({ "clientCert.key", "sslOptions.key", "ssl_private_key_path", "keyFile" },
        ConnectionText::tr("client key"), m_spec.tls.keyFile);
    if (!m_textsOfFiles.isEmpty())
        m_result.notes.append(ConnectionText::tr("Not a file, save it as one and choose it: %1.")
                                  .arg(m_textsOfFiles.join(QStringLiteral(", "))));
    if (m_spec.tls.certificateFile.isEmpty() != m_spec.tls.keyFile.isEmpty()) {
        m_spec.tls.certificateFile.clear();
        m_spec.tls.keyFile.clear();
    }
}

/// A path is taken over. The text of a certificate or key is not: a connection names files, and a private key in the
/// list would be a secret in a file.
void EntryReader::readFile(Names paths, const QString& what, QString& target)
{
    const QString text = textOf(m_entry, paths).trimmed();
    if (text.startsWith(QLatin1Char('/')) && !text.contains(QLatin1Char('\n')))
        target = text;
    else if (!text.isEmpty())
        m_textsOfFiles.append(what);
}

/// The way is taken over, key and passwords are not: the user's own ssh has its own.
void EntryReader::readSsh()
{
    SshDestination destination;
    destination.host = textOf(m_entry, { "sshOptions.host", "ssh_host", "sshHost" }).trimmed();
    const QJsonValue isUsed = valueOf(m_entry, { "ssh" });
    const bool isOff = isUsed.isBool() && !isUsed.toBool();
    if (isOff || (destination.host.isEmpty() && !isOn(m_entry, { "ssh" })))
        return;
    destination.user = textOf(m_entry, { "sshOptions.username", "ssh_user" }).trimmed();
    const quint16 port = textOf(m_entry, { "sshOptions.port", "ssh_port" }).toUShort();
    destination.port = port == usualSshPort ? 0 : port;
    const bool isGood = m_spec.link != LinkKind::Unix && parseSshDestination(destination.text()).has_value();
    if (isGood) {
        for (Endpoint& endpoint : m_spec.endpoints)
            endpoint.via = destination.text();
    }
    const QString shown
        = destination.host.isEmpty() ? QStringLiteral("?") : displayText(destination.text().toUtf8(), longestName);
    m_result.notes.append((isGood
            ? ConnectionText::tr("It goes through SSH (%1) with your own keys; those of the export are not taken over.")
            : ConnectionText::tr("It went through SSH (%1), which cannot be taken over: name the way yourself."))
                              .arg(shown));
}

void EntryReader::readRest()
{
    readSsh();
    m_result.connection.readOnly = isOn(m_entry, { "connectionReadOnly" });
    if (!m_result.notes.isEmpty())
        m_result.connection.note = m_result.notes.join(QLatin1Char('\n'));
    m_result.connection.passwordSource = m_result.password.isEmpty() ? PasswordSource::None : PasswordSource::Ask;
}

/// What the URI parser would refuse is no connection.
void EntryReader::check()
{
    if (m_spec.topology == Topology::Cluster)
        m_spec.database = 0;
    Result<ConnectionSpec> checked = parseConnectionUri(m_spec.redactedUri());
    // A host like `x@y` would be read as another host, with a user.
    const bool isAnother = checked && *checked != m_spec;
    if (isAnother)
        checked = fail(ErrorKind::Usage,
            ConnectionText::tr("one of its fields holds more than belongs there, like a user in the host"));
    m_result.isUsable = checked.has_value();
    if (checked)
        m_result.connection.specs = { *checked };
    else
        m_result.notes.append(checked.error().detail);
    if (m_result.connection.name.isEmpty())
        m_result.connection.name = checked ? checked->endpoint().text() : QStringLiteral("?");
}

/// A list of our own, from a colleague or another machine. A command in it would run here: it is shown, not taken over.
ConnectionImport readOwnList(const ConnectionBook& book)
{
    ConnectionImport import;
    import.program = QStringLiteral("Lockscope");
    for (SavedConnection connection : book.connections) {
        ImportedConnection imported;
        if (connection.passwordSource == PasswordSource::Command)
            imported.notes.append(
                ConnectionText::tr("Its password came from a command, which is not taken over: %1")
                    .arg(displayText(connection.passwordCommand.join(QLatin1Char(' ')).toUtf8(), longestName)));
        if (connection.passwordSource != PasswordSource::None)
            connection.passwordSource = PasswordSource::Ask;
        connection.passwordCommand.clear();
        connection.id = newConnectionId();
        connection.name = displayText(connection.name.toUtf8(), longestName);
        connection.lastUsedMs = 0;
        imported.connection = connection;
        imported.isUsable = true;
        import.connections.append(imported);
    }
    return import;
}

QJsonArray entriesOf(const QJsonDocument& document)
{
    if (document.isArray())
        return document.array();
    const QJsonObject root = document.object();
    const QJsonValue list = valueOf(root, { "databases", "connections" });
    if (list.isArray())
        return list.toArray();
    return root.contains(QLatin1StringView("host")) ? QJsonArray { root } : QJsonArray();
}

} // namespace

Result<ConnectionImport> parseConnectionExport(const QByteArray& bytes)
{
    const QString unknown = ConnectionText::tr("this is no export of RedisInsight or Another Redis Desktop Manager, "
                                               "and no list of Lockscope, that can be read");
    if (bytes.size() > largestExport)
        return fail(ErrorKind::Usage, unknown);
    const Result<ConnectionBook> own = parseConnectionBook(bytes);
    if (own && !own->connections.isEmpty() && own->connections.size() <= mostConnections)
        return readOwnList(*own);
    ConnectionImport import;
    import.program = QStringLiteral("RedisInsight");
    QJsonDocument document = QJsonDocument::fromJson(bytes);
    if (document.isNull()) {
        import.program = QStringLiteral("Another Redis Desktop Manager");
        document = QJsonDocument::fromJson(QByteArray::fromBase64(bytes.simplified().replace(' ', QByteArray())));
    }
    const QJsonArray entries = entriesOf(document);
    if (entries.isEmpty())
        return fail(ErrorKind::Usage, unknown);
    if (entries.size() > mostConnections)
        return fail(
            ErrorKind::NotSupported, ConnectionText::tr("it holds more than %1 connections").arg(mostConnections));
    for (const QJsonValue& entry : entries)
        import.connections.append(EntryReader(entry.toObject()).read());
    return import;
}

} // namespace lockscope
