// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connectionuri.h"

#include "base/bytetext.h"
#include "redis/ipv6literal.h"
#include "redis/redistext.h"
#include "redis/sshdestination.h"

#include <QUrl>

#include <algorithm>
#include <limits>
#include <optional>

namespace lockscope {

namespace {

constexpr quint16 serverPort = 6379;
constexpr quint16 sentinelPort = 26379;
constexpr int mostSandboxMasters = 9;

struct Scheme {
    const char* name;
    Topology topology;
    LinkKind link;
};

// The first name of a combination is the one that we write.
constexpr Scheme schemes[] = {
    { "redis", Topology::Standalone, LinkKind::Tcp },
    { "rediss", Topology::Standalone, LinkKind::Tls },
    { "unix", Topology::Standalone, LinkKind::Unix },
    { "redis+unix", Topology::Standalone, LinkKind::Unix },
    { "redis-socket", Topology::Standalone, LinkKind::Unix },
    { "redis-sentinel", Topology::Sentinel, LinkKind::Tcp },
    { "rediss-sentinel", Topology::Sentinel, LinkKind::Tls },
    { "redis-cluster", Topology::Cluster, LinkKind::Tcp },
    { "rediss-cluster", Topology::Cluster, LinkKind::Tls },
    { "sandbox", Topology::Sandbox, LinkKind::Unix },
};

// None of these texts may quote what stands before the path: a password with a wrongly placed character could be in it.
tl::unexpected<Error> wrong(const QString& detail) { return fail(ErrorKind::Usage, detail); }

// A `%` without two hexadecimal digits stands for itself: passwords are pasted as they are.
QByteArray percentDecoded(const QString& text)
{
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0'
            : c >= 'a' && c <= 'f'  ? c - 'a' + 10
            : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                    : -1;
    };
    const QByteArray bytes = text.toUtf8();
    QByteArray decoded;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '%' && i + 2 < bytes.size() && digit(bytes[i + 1]) >= 0 && digit(bytes[i + 2]) >= 0) {
            decoded += char(digit(bytes[i + 1]) * 16 + digit(bytes[i + 2]));
            i += 2;
        } else {
            decoded += bytes[i];
        }
    }
    return decoded;
}

QString percentEncoded(const QString& text, const QByteArray& keep = {})
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text, keep));
}

/// One URI on its way into a spec; each step takes its part.
class UriReader {
public:
    Result<ConnectionSpec> read(const QString& uri);

private:
    Status readScheme(const QString& name);
    void readUser(const QString& text);
    Status readEndpoints(const QString& text);
    Result<Endpoint> readEndpoint(const QString& text) const;
    Status readPath(const QString& path);
    Status readDatabase(const QString& text);
    Status readQuery(const QString& query);
    Status readOption(const QString& name, const QString& value);
    Status readSsh(const QString& value);
    Status readScan(const QString& value);
    Status readTlsOption(const QString& name, const QString& value);
    Status readSandboxOption(const QString& name, const QString& value);
    Status checkWhole() const;

    ConnectionSpec m_spec;
};

Result<ConnectionSpec> UriReader::read(const QString& uri)
{
    const qsizetype colon = uri.indexOf(QLatin1Char(':'));
    if (colon <= 0)
        return wrong(RedisText::tr("the URI has no scheme; write redis://HOST:PORT"));
    if (const Status scheme = readScheme(uri.left(colon)); !scheme)
        return fail(scheme.error());

    QString rest = uri.mid(colon + 1);
    if (m_spec.topology != Topology::Sandbox) {
        if (!rest.startsWith(QLatin1StringView("//")))
            return wrong(RedisText::tr("after the scheme of the URI comes ://"));
        rest.remove(0, 2);
    }
    const qsizetype question = rest.indexOf(QLatin1Char('?'));
    const QString query = question < 0 ? QString() : rest.mid(question + 1);
    rest.truncate(question < 0 ? rest.size() : question);
    const qsizetype slash = rest.indexOf(QLatin1Char('/'));
    QString authority = slash < 0 ? rest : rest.left(slash);
    const QString path = slash < 0 ? QString() : rest.mid(slash);

    if (const qsizetype at = authority.lastIndexOf(QLatin1Char('@')); at >= 0) {
        readUser(authority.left(at));
        authority.remove(0, at + 1);
    }
    for (const auto& step : { readEndpoints(authority), readPath(path), readQuery(query), checkWhole() }) {
        if (!step)
            return fail(step.error());
    }
    return m_spec;
}

Status UriReader::readScheme(const QString& name)
{
    const QString lower = name.toLower();
    for (const Scheme& scheme : schemes) {
        if (lower != QLatin1StringView(scheme.name))
            continue;
        m_spec.topology = scheme.topology;
        m_spec.link = scheme.link;
        return {};
    }
    return wrong(
        RedisText::tr("the URI's scheme is none of redis, rediss, unix, redis-sentinel, redis-cluster, sandbox"));
}

void UriReader::readUser(const QString& text)
{
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    m_spec.user = QString::fromUtf8(percentDecoded(colon < 0 ? text : text.left(colon)));
    if (colon >= 0)
        m_spec.password = Secret(percentDecoded(text.mid(colon + 1)));
}

Status UriReader::readEndpoints(const QString& text)
{
    if (m_spec.link == LinkKind::Unix) {
        if (text.isEmpty())
            return {};
        return wrong(m_spec.topology == Topology::Sandbox
                ? RedisText::tr("after sandbox: only ?NAME=VALUE may follow")
                : RedisText::tr("the path of a Unix socket is absolute: unix:///run/redis.sock"));
    }
    const bool several = m_spec.topology != Topology::Standalone;
    for (const QString& part : several ? text.split(QLatin1Char(',')) : QStringList { text }) {
        Result<Endpoint> endpoint = readEndpoint(part);
        if (!endpoint)
            return fail(std::move(endpoint.error()));
        m_spec.endpoints += *endpoint;
    }
    return {};
}

Result<Endpoint> UriReader::readEndpoint(const QString& text) const
{
    Endpoint endpoint;
    endpoint.port = m_spec.topology == Topology::Sentinel ? sentinelPort : serverPort;
    QString portText;
    bool hasPort = false;
    if (text.startsWith(QLatin1Char('['))) {
        const qsizetype end = text.indexOf(QLatin1Char(']'));
        endpoint.host = QString::fromUtf8(percentDecoded(text.mid(1, end < 0 ? -1 : end - 1)));
        const QString behind = end < 0 ? QString() : text.mid(end + 1);
        hasPort = behind.startsWith(QLatin1Char(':'));
        portText = behind.mid(1);
        if (end < 0 || (!behind.isEmpty() && !hasPort) || !isIpv6Literal(endpoint.host))
            return wrong(RedisText::tr("what stands in brackets must be an IPv6 address"));
    } else {
        const qsizetype colon = text.indexOf(QLatin1Char(':'));
        endpoint.host = colon < 0 ? text : text.left(colon);
        hasPort = colon >= 0;
        portText = colon < 0 ? QString() : text.mid(colon + 1);
        if (portText.contains(QLatin1Char(':')))
            return wrong(RedisText::tr("more than one colon in the address; an IPv6 address stands in brackets"));
    }
    const auto isOdd
        = [](QChar c) { return c.isSpace() || !c.isPrint() || QStringLiteral("[]\"'<>\\^`{|}%,@#").contains(c); };
    if (endpoint.host.isEmpty())
        return wrong(RedisText::tr("the URI has no host"));
    if (!text.startsWith(QLatin1Char('[')) && std::ranges::any_of(endpoint.host, isOdd))
        return wrong(RedisText::tr("the host has a character that no host name has"));
    if (hasPort) {
        bool ok = false;
        endpoint.port = portText.toUShort(&ok);
        if (!ok || endpoint.port == 0)
            return wrong(RedisText::tr(
                "the port must be a number from 1 to 65535; / and ? in a password are written %2F and %3F"));
    }
    return endpoint;
}

Status UriReader::readPath(const QString& path)
{
    if (m_spec.topology == Topology::Sandbox)
        return path.isEmpty() ? Status() : wrong(RedisText::tr("after sandbox: only ?NAME=VALUE may follow"));
    if (m_spec.link != LinkKind::Unix)
        return path.size() <= 1 ? Status() : readDatabase(path.mid(1));
    if (path.size() <= 1 || path.endsWith(QLatin1Char('/')))
        return wrong(RedisText::tr("the URI has no path of a Unix socket"));
    m_spec.endpoints = { Endpoint { {}, 0, QString::fromUtf8(percentDecoded(path)) } };
    return {};
}

Status UriReader::readDatabase(const QString& text)
{
    bool ok = std::ranges::all_of(text, [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); });
    if (ok)
        m_spec.database = text.toInt(&ok);
    if (!ok || m_spec.database == std::numeric_limits<int>::max())
        return wrong(RedisText::tr("the database must be a number from 0 on"));
    return {};
}

Status UriReader::readQuery(const QString& query)
{
    QStringList seen;
    for (const QString& part : query.split(QLatin1Char('&'), Qt::SkipEmptyParts)) {
        const qsizetype equals = part.indexOf(QLatin1Char('='));
        const QString name = equals < 0 ? part : part.left(equals);
        if (equals < 0)
            return wrong(RedisText::tr("an option of the URI is written NAME=VALUE"));
        if (seen.contains(name))
            return wrong(RedisText::tr("the option %1 stands twice in the URI").arg(name));
        seen += name;
        if (const Status option = readOption(name, QString::fromUtf8(percentDecoded(part.mid(equals + 1)))); !option)
            return option;
    }
    return {};
}

Status UriReader::readOption(const QString& name, const QString& value)
{
    if (m_spec.topology == Topology::Sandbox)
        return readSandboxOption(name, value);
    if (m_spec.link == LinkKind::Unix && name == QLatin1StringView("db"))
        return readDatabase(value);
    if (m_spec.topology == Topology::Sentinel && name == QLatin1StringView("master")) {
        m_spec.sentinelMaster = value;
        return {};
    }
    if (m_spec.link != LinkKind::Unix && name == QLatin1StringView("ssh"))
        return readSsh(value);
    if (m_spec.link != LinkKind::Unix && name == QLatin1StringView("scan"))
        return readScan(value);
    if (m_spec.link == LinkKind::Tls)
        return readTlsOption(name, value);
    // The name is not quoted: behind a `?` in a password it would be a part of it.
    return wrong(RedisText::tr("the URI has an option that its scheme does not know"));
}

Status UriReader::readSsh(const QString& value)
{
    const Result<SshDestination> destination = parseSshDestination(value);
    if (!destination)
        return fail(destination.error());
    for (Endpoint& endpoint : m_spec.endpoints)
        endpoint.via = destination->text();
    return {};
}

Status UriReader::readScan(const QString& value)
{
    m_spec.scanOnReplica = value == QLatin1StringView("replica");
    if (m_spec.scanOnReplica || value == QLatin1StringView("master"))
        return {};
    return wrong(RedisText::tr("scan is master or replica"));
}

Status UriReader::readTlsOption(const QString& name, const QString& value)
{
    if (name == QLatin1StringView("insecure")) {
        m_spec.tls.insecure = value == QLatin1StringView("true");
        if (m_spec.tls.insecure || value == QLatin1StringView("false"))
            return {};
        return wrong(RedisText::tr("insecure is true or false"));
    }
    QString* const target = name == QLatin1StringView("cacert") ? &m_spec.tls.caCertificateFile
        : name == QLatin1StringView("cert")                     ? &m_spec.tls.certificateFile
        : name == QLatin1StringView("key")                      ? &m_spec.tls.keyFile
        : name == QLatin1StringView("sni")                      ? &m_spec.tls.serverName
                                                                : nullptr;
    if (!target)
        return wrong(RedisText::tr("the URI has an option that its scheme does not know"));
    if (value.isEmpty())
        return wrong(RedisText::tr("the option %1 has no value").arg(name));
    *target = value;
    return {};
}

Status UriReader::readSandboxOption(const QString& name, const QString& value)
{
    if (name == QLatin1StringView("masters")) {
        bool ok = false;
        m_spec.sandbox.masters = value.toInt(&ok);
        if (ok && m_spec.sandbox.masters >= 1 && m_spec.sandbox.masters <= mostSandboxMasters)
            return {};
        return wrong(RedisText::tr("masters is a number from 1 to %1").arg(mostSandboxMasters));
    }
    if (name == QLatin1StringView("workload")) {
        m_spec.sandbox.demoWorkload = value == QLatin1StringView("demo");
        if (m_spec.sandbox.demoWorkload || value == QLatin1StringView("none"))
            return {};
        return wrong(RedisText::tr("workload is demo or none"));
    }
    return wrong(RedisText::tr("the sandbox knows the options masters and workload"));
}

Status UriReader::checkWhole() const
{
    if (m_spec.topology == Topology::Sentinel && m_spec.sentinelMaster.isEmpty())
        return wrong(RedisText::tr("a Sentinel URI names its master: ?master=NAME"));
    if (m_spec.topology == Topology::Cluster && m_spec.database != 0)
        return wrong(RedisText::tr("a cluster has database 0 only"));
    if (m_spec.tls.certificateFile.isEmpty() != m_spec.tls.keyFile.isEmpty())
        return wrong(RedisText::tr("cert and key go together"));
    return {};
}

QString schemeOf(const ConnectionSpec& spec)
{
    for (const Scheme& scheme : schemes) {
        if (scheme.topology == spec.topology && (scheme.link == spec.link || spec.topology == Topology::Sandbox))
            return QLatin1StringView(scheme.name);
    }
    return QStringLiteral("redis");
}

QStringList optionsOf(const ConnectionSpec& spec)
{
    QStringList options;
    const auto add = [&options](QLatin1StringView name, const QString& value) {
        if (!value.isEmpty())
            options += name + QLatin1Char('=') + percentEncoded(value, "/:@[]");
    };
    if (spec.link == LinkKind::Unix && spec.database != 0)
        add(QLatin1StringView("db"), QString::number(spec.database));
    add(QLatin1StringView("master"), spec.sentinelMaster);
    add(QLatin1StringView("ssh"), spec.endpoint().via);
    if (spec.scanOnReplica)
        add(QLatin1StringView("scan"), QStringLiteral("replica"));
    add(QLatin1StringView("cacert"), spec.tls.caCertificateFile);
    add(QLatin1StringView("cert"), spec.tls.certificateFile);
    add(QLatin1StringView("key"), spec.tls.keyFile);
    add(QLatin1StringView("sni"), spec.tls.serverName);
    if (spec.tls.insecure)
        add(QLatin1StringView("insecure"), QStringLiteral("true"));
    if (spec.sandbox.masters != 1)
        add(QLatin1StringView("masters"), QString::number(spec.sandbox.masters));
    if (spec.sandbox.demoWorkload)
        add(QLatin1StringView("workload"), QStringLiteral("demo"));
    return options;
}

} // namespace

QString Endpoint::text() const
{
    if (!path.isEmpty())
        return path;
    // A cluster or a Sentinel names its hosts as it likes.
    QString shown = displayText(host.toUtf8());
    if (host.contains(QLatin1Char(':')))
        shown = QLatin1Char('[') + shown + QLatin1Char(']');
    shown += QLatin1Char(':') + QString::number(port);
    return via.isEmpty() ? shown : QString(shown + QLatin1StringView(" via ") + via);
}

QString ConnectionSpec::redactedUri() const
{
    QString uri = schemeOf(*this) + QLatin1Char(':');
    if (topology != Topology::Sandbox) {
        uri += QLatin1StringView("//") + percentEncoded(user);
        if (!password.isEmpty())
            uri += QLatin1StringView(":***");
        if (!user.isEmpty() || !password.isEmpty())
            uri += QLatin1Char('@');
        QStringList nodes;
        for (Endpoint endpoint : endpoints) {
            endpoint.via.clear();
            endpoint.host.replace(QLatin1Char('%'), QLatin1StringView("%25"));
            nodes += endpoint.path.isEmpty() ? endpoint.text() : percentEncoded(endpoint.path, "/");
        }
        uri += nodes.join(QLatin1Char(','));
        if (link != LinkKind::Unix && (database != 0 || topology == Topology::Standalone))
            uri += QLatin1Char('/') + QString::number(database);
    }
    const QStringList options = optionsOf(*this);
    return options.isEmpty() ? uri : uri + QLatin1Char('?') + options.join(QLatin1Char('&'));
}

Result<ConnectionSpec> parseConnectionUri(const QString& uri) { return UriReader().read(uri); }

} // namespace lockscope
