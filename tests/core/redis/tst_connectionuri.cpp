// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connectionuri.h"
#include "support/testsupport.h"

using namespace lockscope;

namespace {

// What a row expects, in few words.
struct Expected {
    Topology topology = Topology::Standalone;
    LinkKind link = LinkKind::Tcp;
    QString nodes; ///< texts of the endpoints, joined by blanks
    QString user;
    QByteArray password;
    int database = 0;
};

} // namespace

class ConnectionUriTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goodOnesAreRead_data();
    void goodOnesAreRead();
    void wrongOnesAreRefused_data();
    void wrongOnesAreRefused();
    void tlsOptionsAreRead();
    void sandboxOptionsAreRead();
    void sentinelMasterIsRead();
    void redactedFormsAreStable_data();
    void redactedFormsAreStable();
};

void ConnectionUriTest::goodOnesAreRead_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<Expected>("expected");
    const auto row = [](const char* uri, const char* nodes, const char* user = "", const QByteArray& password = {},
                         int database = 0, Topology topology = Topology::Standalone, LinkKind link = LinkKind::Tcp) {
        QTest::newRow(uri) << QString::fromUtf8(
            uri) << Expected { topology, link, QString::fromUtf8(nodes), QString::fromUtf8(user), password, database };
    };
    row("redis://localhost", "localhost:6379");
    row("REDIS://localhost", "localhost:6379");
    row("redis://localhost/", "localhost:6379");
    row("redis://localhost:6380", "localhost:6380");
    row("redis://localhost:6380/7", "localhost:6380", "", "", 7);
    row("redis://localhost/0", "localhost:6379");
    row("redis://localhost/15", "localhost:6379", "", "", 15);
    row("redis://localhost/100000", "localhost:6379", "", "", 100000);
    row("redis://127.0.0.1:1", "127.0.0.1:1");
    row("redis://127.0.0.1:65535", "127.0.0.1:65535");
    row("redis://my_host-1.example.org", "my_host-1.example.org:6379");
    row("redis://b\xC3\xBC"
        "cher.example",
        "b\xC3\xBC"
        "cher.example:6379");
    row("redis://[::1]", "[::1]:6379");
    row("redis://[::1]:6390/2", "[::1]:6390", "", "", 2);
    row("redis://[2001:db8::7]", "[2001:db8::7]:6379");
    row("redis://[fe80::1%25lo]:1", "[fe80::1%lo]:1");
    row("redis://:secret@h", "h:6379", "", "secret");
    row("redis://user@h", "h:6379", "user");
    row("redis://user:@h", "h:6379", "user");
    row("redis://user:pw@h", "h:6379", "user", "pw");
    row("redis://user:p%40w@h", "h:6379", "user", "p@w");
    row("redis://user:p@w@h:5/1", "h:5", "user", "p@w", 1);
    row("redis://user:@@@h", "h:6379", "user", "@@");
    row("redis://u:a:b:c@h", "h:6379", "u", "a:b:c");
    row("redis://u:a%2Fb@h/3", "h:6379", "u", "a/b", 3);
    row("redis://u:a%3Fb@h", "h:6379", "u", "a?b");
    row("redis://u:100%@h", "h:6379", "u", "100%");
    row("redis://u:%zz%4@h", "h:6379", "u", "%zz%4");
    row("redis://u:%25@h", "h:6379", "u", "%");
    row("redis://u:%00%ff@h", "h:6379", "u", QByteArray("\0\xff", 2));
    row("redis://u:p+w#x@h", "h:6379", "u", "p+w#x");
    row("redis://u:p%20w@h", "h:6379", "u", "p w");
    row("redis://na%3Ame:pw@h", "h:6379", "na:me", "pw");
    row("redis://\xC3\xBCser:\xE5\xAF\x86@h", "h:6379", "\xC3\xBCser", "\xE5\xAF\x86");
    row("redis://u:p@[::1]:7/1", "[::1]:7", "u", "p", 1);
    row("redis://u:[p]@h", "h:6379", "u", "[p]");
    row("rediss://h", "h:6379", "", "", 0, Topology::Standalone, LinkKind::Tls);
    row("rediss://u:p@h:6390/1", "h:6390", "u", "p", 1, Topology::Standalone, LinkKind::Tls);
    row("unix:///run/redis.sock", "/run/redis.sock", "", "", 0, Topology::Standalone, LinkKind::Unix);
    row("unix:///run/redis.sock?db=4", "/run/redis.sock", "", "", 4, Topology::Standalone, LinkKind::Unix);
    row("redis+unix:///r", "/r", "", "", 0, Topology::Standalone, LinkKind::Unix);
    row("redis-socket:///r?db=1", "/r", "", "", 1, Topology::Standalone, LinkKind::Unix);
    row("unix:///with%20blank/a@b.sock", "/with blank/a@b.sock", "", "", 0, Topology::Standalone, LinkKind::Unix);
    row("unix://user:pw@/run/redis.sock?db=2", "/run/redis.sock", "user", "pw", 2, Topology::Standalone,
        LinkKind::Unix);
    row("unix://:p@w@/run/r", "/run/r", "", "p@w", 0, Topology::Standalone, LinkKind::Unix);
    row("redis-sentinel://s1/?master=m", "s1:26379", "", "", 0, Topology::Sentinel);
    row("redis-sentinel://s1?master=m", "s1:26379", "", "", 0, Topology::Sentinel);
    row("redis-sentinel://u:p@s1,s2:5,[::1]/3?master=m", "s1:26379 s2:5 [::1]:26379", "u", "p", 3, Topology::Sentinel);
    row("rediss-sentinel://s1/?master=m", "s1:26379", "", "", 0, Topology::Sentinel, LinkKind::Tls);
    row("redis-cluster://h1", "h1:6379", "", "", 0, Topology::Cluster);
    row("redis-cluster://h1,h2:7001,h3/0", "h1:6379 h2:7001 h3:6379", "", "", 0, Topology::Cluster);
    row("redis-cluster://u:p%2Cq@h1,h2", "h1:6379 h2:6379", "u", "p,q", 0, Topology::Cluster);
    row("rediss-cluster://h1", "h1:6379", "", "", 0, Topology::Cluster, LinkKind::Tls);
    row("redis://h?ssh=bastion", "h:6379 via bastion");
    row("redis://u:p@h:1/2?ssh=ops%40bastion:2222", "h:1 via ops@bastion:2222", "u", "p", 2);
    row("redis://[::1]?ssh=ops@[2001:db8::1]:22", "[::1]:6379 via ops@[2001:db8::1]:22");
    row("rediss://h?ssh=b", "h:6379 via b", "", "", 0, Topology::Standalone, LinkKind::Tls);
    row("redis-sentinel://s1,s2/?ssh=b&master=m", "s1:26379 via b s2:26379 via b", "", "", 0, Topology::Sentinel);
    row("redis://h?scan=master", "h:6379");
    row("redis-cluster://h1,h2?ssh=b", "h1:6379 via b h2:6379 via b", "", "", 0, Topology::Cluster);
    row("sandbox:", "", "", "", 0, Topology::Sandbox, LinkKind::Unix);
}

void ConnectionUriTest::goodOnesAreRead()
{
    QFETCH(QString, uri);
    QFETCH(Expected, expected);
    const Result<ConnectionSpec> spec = parseConnectionUri(uri);
    VERIFY_RESULT(spec);
    QStringList nodes;
    for (const Endpoint& endpoint : spec->endpoints)
        nodes += endpoint.text();
    QCOMPARE(spec->topology, expected.topology);
    QCOMPARE(spec->link, expected.link);
    QCOMPARE(nodes.join(QLatin1Char(' ')), expected.nodes);
    QCOMPARE(spec->user, expected.user);
    QCOMPARE(spec->password.reveal(), expected.password);
    QCOMPARE(spec->database, expected.database);

    // What is shown names everything but the password, and reads back as the same.
    const QString redacted = spec->redactedUri();
    if (spec->password.reveal().size() > 3)
        QVERIFY2(!redacted.toUtf8().contains(spec->password.reveal()), qPrintable(redacted));
    const Result<ConnectionSpec> again = parseConnectionUri(redacted);
    VERIFY_RESULT(again);
    ConnectionSpec shown = *spec;
    if (!shown.password.isEmpty())
        shown.password = Secret("***");
    QVERIFY2(*again == shown, qPrintable(redacted));
}

void ConnectionUriTest::wrongOnesAreRefused_data()
{
    QTest::addColumn<QString>("uri");
    const char* const uris[] = {
        "", "localhost", ":", "redis", "redis:", "redis:/h", "redis:h", "http://h", "redisss://h",
        "localhost:6379", // no scheme of ours
        "redis://", "redis:///0", "redis://:6379", "redis://SECRET@", "redis://u:SECRET@:1",
        "redis://u:SECRET@/0", // no host
        "redis://h:", "redis://h:0", "redis://h:65536", "redis://h:-1", "redis://h:x", "redis://h:+1x",
        "redis://h:6379x", // port
        "redis://u:SEC/RET@h", "redis://u:SEC?RET@h", "redis://u:SECRET", // a character that ends the address
        "redis://h/x", "redis://h/-1", "redis://h/1/2", "redis://h/1.5", "redis://h/99999999999",
        "redis://h/2147483647", "redis://h//", "redis://::1", "redis://::1:6379", "redis://[::1", "redis://[]",
        "redis://[127.0.0.1]", "redis://[::1]x", "redis://[fe80::1%252%01o]:1", "redis://[fe80::1%25]",
        "redis://[2001:db8::7%00]:1",
        "redis://[h]:1", // IPv6
        "redis://h h", "redis://h,g", "redis://h%20", "redis://h^", "redis://h#x", // host
        "redis://h?db=1", "redis://h?x=y", "redis://h?ssh=", "redis://h?ssh=-oProxyCommand=x", "redis://h?ssh=a%20b",
        "redis://h?scan=", "redis://h?scan=slave", "unix:///r?scan=replica", "sandbox:?scan=replica",
        "redis://h?ssh=[fe80::1%25;reboot]", "redis://h?ssh=[::1%00]", "unix:///r?ssh=b", "sandbox:?ssh=b",
        "redis://h?cacert=/f", "redis://h?x",
        "redis://u:SECRET@h?SECRET=1", // options
        "rediss://h?db=1", "rediss://h?insecure=yes", "rediss://h?insecure", "rediss://h?cacert=", "rediss://h?cert=/f",
        "rediss://h?key=/f", "rediss://h?sni=a&sni=b", "unix://", "unix:///", "unix:///dir/", "unix://run/redis.sock",
        "unix:/run/r", "unix:///r?db=x", "unix:///r?db=-1", "unix:///r?x=1", "unix:///r?insecure=true", // Unix sockets
        "redis-sentinel://s1", "redis-sentinel://s1/?master=", "redis-sentinel://?master=m",
        "redis-sentinel://a,,b?master=m", "redis-sentinel://s1/x?master=m", "redis-sentinel://s1?master=m&x=1",
        "redis-cluster://", "redis-cluster://h/1", "redis-cluster://h,", "redis-cluster://h?master=m", // several
        "sandbox", "sandbox://", "sandbox:x", "sandbox:?masters=0", "sandbox:?masters=10", "sandbox:?masters=x",
        "sandbox:?workload=x", "sandbox:?x=1", "sandbox:/1", "sandbox:?masters=1&masters=2" // sandbox
    };
    for (const char* uri : uris)
        QTest::newRow(*uri ? uri : "empty") << QString::fromUtf8(uri);
}

void ConnectionUriTest::wrongOnesAreRefused()
{
    QFETCH(QString, uri);
    const Result<ConnectionSpec> spec = parseConnectionUri(uri);
    QVERIFY2(!spec, qPrintable(spec ? spec->redactedUri() : QString()));
    QCOMPARE(spec.error().kind, ErrorKind::Usage);
    QVERIFY(!spec.error().detail.isEmpty());
    QVERIFY2(!spec.error().detail.contains(QLatin1StringView("SEC"))
            && !spec.error().detail.contains(QLatin1StringView("RET")),
        qPrintable(spec.error().detail));
}

void ConnectionUriTest::tlsOptionsAreRead()
{
    const Result<ConnectionSpec> spec = parseConnectionUri(
        QStringLiteral("rediss://h?cacert=/a%20b/ca.pem&cert=c.pem&key=/k%26.pem&sni=name.example&insecure=true"));
    VERIFY_RESULT(spec);
    QCOMPARE(spec->tls.caCertificateFile, QStringLiteral("/a b/ca.pem"));
    QCOMPARE(spec->tls.certificateFile, QStringLiteral("c.pem"));
    QCOMPARE(spec->tls.keyFile, QStringLiteral("/k&.pem"));
    QCOMPARE(spec->tls.serverName, QStringLiteral("name.example"));
    QVERIFY(spec->tls.insecure);
    QCOMPARE(*parseConnectionUri(spec->redactedUri()), *spec);
    QVERIFY(!parseConnectionUri(QStringLiteral("rediss://h?insecure=false"))->tls.insecure);
}

void ConnectionUriTest::sandboxOptionsAreRead()
{
    const Result<ConnectionSpec> spec = parseConnectionUri(QStringLiteral("sandbox:?masters=3&workload=demo"));
    VERIFY_RESULT(spec);
    QCOMPARE(spec->sandbox.masters, 3);
    QVERIFY(spec->sandbox.demoWorkload);
    QVERIFY(spec->endpoints.isEmpty());
    QCOMPARE(spec->redactedUri(), QStringLiteral("sandbox:?masters=3&workload=demo"));
    QCOMPARE(*parseConnectionUri(spec->redactedUri()), *spec);
}

void ConnectionUriTest::sentinelMasterIsRead()
{
    const Result<ConnectionSpec> spec
        = parseConnectionUri(QStringLiteral("rediss-sentinel://s1/2?master=my%20master&cacert=/ca.pem"));
    VERIFY_RESULT(spec);
    QCOMPARE(spec->sentinelMaster, QStringLiteral("my master"));
    QCOMPARE(spec->tls.caCertificateFile, QStringLiteral("/ca.pem"));
    QCOMPARE(*parseConnectionUri(spec->redactedUri()), *spec);
}

void ConnectionUriTest::redactedFormsAreStable_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QString>("redacted");
    QTest::newRow("plain") << QStringLiteral("redis://h") << QStringLiteral("redis://h:6379/0");
    QTest::newRow("password") << QStringLiteral("redis://:pw@h/2") << QStringLiteral("redis://:***@h:6379/2");
    QTest::newRow("user") << QStringLiteral("redis://us%40er:pw@h") << QStringLiteral("redis://us%40er:***@h:6379/0");
    QTest::newRow("unix") << QStringLiteral("redis-socket://:pw@/a%20b?db=3")
                          << QStringLiteral("unix://:***@/a%20b?db=3");
    QTest::newRow("scan") << QStringLiteral("redis-sentinel://u:pw@h/?scan=replica&master=m")
                          << QStringLiteral("redis-sentinel://u:***@h:26379?master=m&scan=replica");
    QTest::newRow("scan on the master") << QStringLiteral("redis://h?scan=master")
                                        << QStringLiteral("redis://h:6379/0");
    QTest::newRow("ssh") << QStringLiteral("rediss://u:pw@h?sni=n&ssh=ops%40bastion%3A22")
                         << QStringLiteral("rediss://u:***@h:6379/0?ssh=ops@bastion:22&sni=n");
    // The name of an interface may look like an encoded byte.
    QTest::newRow("zone") << QStringLiteral("redis://[fe80::1%25ba0]:1")
                          << QStringLiteral("redis://[fe80::1%25ba0]:1/0");
    QTest::newRow("cluster") << QStringLiteral("redis-cluster://u:pw@a,[::1]:7")
                             << QStringLiteral("redis-cluster://u:***@a:6379,[::1]:7");
}

void ConnectionUriTest::redactedFormsAreStable()
{
    QFETCH(QString, uri);
    QFETCH(QString, redacted);
    const Result<ConnectionSpec> spec = parseConnectionUri(uri);
    VERIFY_RESULT(spec);
    QCOMPARE(spec->redactedUri(), redacted);
    const Result<ConnectionSpec> again = parseConnectionUri(redacted);
    VERIFY_RESULT(again);
    QCOMPARE(again->endpoints, spec->endpoints);
}

QTEST_GUILESS_MAIN(ConnectionUriTest)
#include "tst_connectionuri.moc"
