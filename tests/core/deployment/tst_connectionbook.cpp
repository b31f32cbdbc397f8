// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"
#include "deployment/connectionimport.h"
#include "deployment/passwordcommand.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

namespace lockscope {

/// The saved connections: their file, where passwords come from, and exports of other programs.
class ConnectionBookTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bookSurvivesTheFile();
    void passwordsNeverReachTheFile();
    void damagedFileIsKept_data();
    void damagedFileIsKept();
    void oddEntriesAreKeptAndTold();
    void namesAreFound();
    void twoProgramsKeepEachOthersChanges();
    void passwordCommands();
    void redisInsightIsRead();
    void olderExportIsRead();
    void anoIsRead();
    void aListOfOurOwnIsRead();
    void hostileExportsAreSafe();
};

static SavedConnection made(const QString& name, const QString& uri)
{
    SavedConnection connection;
    connection.id = newConnectionId();
    connection.name = name;
    connection.specs = { *parseConnectionUri(uri) };
    return connection;
}

static QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

static void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

void ConnectionBookTest::bookSurvivesTheFile()
{
    QTemporaryDir folder;
    const ConnectionBookFile file(folder.filePath(QStringLiteral("deep/er/connections.json")));
    QVERIFY(file.load()->connections.isEmpty());
    SavedConnection first = made(QStringLiteral("Orders \u8ba2\u5355"),
        QStringLiteral("rediss://ops@cache-1:6380/2?cacert=/etc/ca.pem&sni=cache&insecure=true"));
    first.group = QStringLiteral("Europe/Shops");
    first.environment = Environment::Production;
    first.readOnly = true;
    first.passwordSource = PasswordSource::Command;
    first.passwordCommand = { QStringLiteral("pass"), QStringLiteral("show"), QStringLiteral("a b") };
    first.note = QStringLiteral("ask team A\nbefore noon");
    first.lastUsedMs = 1'700'000'000'123;
    SavedConnection second = made(QStringLiteral("quorum"), QStringLiteral("redis://a:1/0"));
    second.specs.append(*parseConnectionUri(QStringLiteral("redis://b:2/0")));
    const Result<ConnectionBook> saved = file.update([&](ConnectionBook& book) {
        book.put(first);
        book.put(second);
    });
    QVERIFY(saved);
    const Result<ConnectionBook> loaded = file.load();
    QVERIFY(loaded);
    QCOMPARE(loaded->connections.size(), 2);
    QVERIFY(loaded->connections[0] == first);
    QVERIFY(loaded->connections[1] == second);
    QCOMPARE(QFile::permissions(file.path()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void ConnectionBookTest::passwordsNeverReachTheFile()
{
    QTemporaryDir folder;
    const ConnectionBookFile file(folder.filePath(QStringLiteral("connections.json")));
    QVERIFY(file.update([](ConnectionBook& book) {
        book.put(made(QStringLiteral("a"), QStringLiteral("redis://ops:s3cret-word@host:6379/0")));
    }));
    QVERIFY(!contents(file.path()).contains("s3cret-word"));
    // Somebody has written one into it by hand, once well and once badly.
    write(file.path(),
        R"({"version":1,"connections":[{"name":"x","uris":["redis://u:s3cret-word@h/0"]},
            {"name":"y","uris":["redis://u:s3cret-word@h:99999/0"]}]})");
    const Result<ConnectionBook> loaded = file.load();
    QVERIFY(loaded);
    QCOMPARE(loaded->connections.size(), 1);
    QVERIFY(loaded->connections[0].specs[0].password.isEmpty());
    QVERIFY(file.update([](ConnectionBook&) {}));
    QVERIFY(!contents(file.path()).contains("s3cret-word"));
    QVERIFY(contents(file.path()).contains("99999"));
}

void ConnectionBookTest::damagedFileIsKept_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("kind");
    QTest::newRow("cut") << QByteArray(R"({"version":1,"connections":[{"na)") << int(ErrorKind::Storage);
    QTest::newRow("empty") << QByteArray() << int(ErrorKind::Storage);
    QTest::newRow("shape") << QByteArray("[1,2]") << int(ErrorKind::Storage);
    QTest::newRow("no list") << QByteArray(R"({"version":1,"connections":7})") << int(ErrorKind::Storage);
    QTest::newRow("later") << QByteArray(R"({"version":2,"connections":[]})") << int(ErrorKind::NotSupported);
}

void ConnectionBookTest::damagedFileIsKept()
{
    QFETCH(QByteArray, text);
    QFETCH(int, kind);
    QTemporaryDir folder;
    const ConnectionBookFile file(folder.filePath(QStringLiteral("connections.json")));
    write(file.path(), text);
    const Result<ConnectionBook> loaded = file.load();
    QVERIFY(!loaded);
    QCOMPARE(int(loaded.error().kind), kind);
    QVERIFY(loaded.error().detail.contains(file.path()));
    QVERIFY(!file.update([](ConnectionBook& book) { book.connections.clear(); }));
    QCOMPARE(contents(file.path()), text);
    const Result<QString> aside = file.setAside();
    QVERIFY(aside);
    QCOMPARE(contents(*aside), text);
    QVERIFY(file.load());
}

void ConnectionBookTest::oddEntriesAreKeptAndTold()
{
    const Result<ConnectionBook> book = parseConnectionBook(
        R"({"version":1,"connections":[7,{"name":"bad","uris":["gopher://x"]},{"name":"none"},
            {"id":"1","name":"good","uris":["redis://h"],"environment":"production","future":true},
            {"id":"1","name":"twice","uris":["redis://h"]},{"name":"odd","uris":["redis://h"],"environment":"mars"}]})");
    QVERIFY(book);
    QCOMPARE(book->connections.size(), 1);
    QVERIFY(book->connections[0].readOnly); // production, where nothing else is said
    QCOMPARE(book->faults.size(), 5);
    QVERIFY(book->faults.join(QLatin1Char('\n')).contains(QStringLiteral("twice")));
    QVERIFY(connectionBookText(*book).contains("gopher://x"));
    QVERIFY(connectionBookText(*book).contains("mars"));
}

void ConnectionBookTest::namesAreFound()
{
    ConnectionBook book;
    QVERIFY(!book.find(QStringLiteral("x")));
    for (const char* group : { "eu", "us" }) {
        SavedConnection connection = made(QStringLiteral("orders"), QStringLiteral("redis://h"));
        connection.group = QString::fromLatin1(group);
        book.put(connection);
    }
    book.put(made(QStringLiteral("solo"), QStringLiteral("redis://solo")));
    QCOMPARE(book.find(QStringLiteral("solo"))->specs[0].endpoint().host, QStringLiteral("solo"));
    QVERIFY(book.find(QStringLiteral("orders")).error().detail.contains(QStringLiteral("GROUP/NAME")));
    QCOMPARE(book.find(QStringLiteral("us/orders"))->group, QStringLiteral("us"));
    QVERIFY(book.find(QStringLiteral("nobody")).error().detail.contains(QStringLiteral("eu/orders")));
    QCOMPARE(cleanGroup(QStringLiteral(" / a  b // c/ ")), QStringLiteral("a b/c"));
}

void ConnectionBookTest::twoProgramsKeepEachOthersChanges()
{
    QTemporaryDir folder;
    const ConnectionBookFile one(folder.filePath(QStringLiteral("connections.json")));
    const ConnectionBookFile other(one.path());
    QVERIFY(one.update([](ConnectionBook& book) { book.put(made(QStringLiteral("1"), QStringLiteral("redis://a"))); }));
    QVERIFY(
        other.update([](ConnectionBook& book) { book.put(made(QStringLiteral("2"), QStringLiteral("redis://b"))); }));
    QCOMPARE(one.load()->connections.size(), 2);
}

void ConnectionBookTest::passwordCommands()
{
    const auto shell = [](const char* script) {
        return QStringList { QStringLiteral("sh"), QStringLiteral("-c"), QString::fromLatin1(script) };
    };
    QCOMPARE(
        runPasswordCommand(shell("printf 's3cret word\\r\\nsecond line\\n'"))->reveal(), QByteArray("s3cret word"));
    // No shell of ours: what looks like one is an argument.
    QCOMPARE(
        runPasswordCommand({ QStringLiteral("echo"), QStringLiteral("$HOME;ls") })->reveal(), QByteArray("$HOME;ls"));
    const Result<Secret> failed = runPasswordCommand(shell("echo s3cret; exit 7"));
    QCOMPARE(failed.error().kind, ErrorKind::Storage);
    QVERIFY(failed.error().detail.contains(QLatin1Char('7')));
    QVERIFY(!failed.error().detail.contains(QStringLiteral("s3cret")));
    QVERIFY(runPasswordCommand(shell("true")).error().detail.contains(QStringLiteral("no password")));
    QCOMPARE(runPasswordCommand({ QStringLiteral("/nonexistent/program") }).error().kind, ErrorKind::Storage);
    QCOMPARE(runPasswordCommand({}).error().kind, ErrorKind::Usage);
    QCOMPARE(runPasswordCommand({ QStringLiteral("sleep"), QStringLiteral("60") }, Milliseconds(50)).error().kind,
        ErrorKind::Timeout);
}

void ConnectionBookTest::redisInsightIsRead()
{
    const Result<ConnectionImport> import = parseConnectionExport(R"([
        {"id":"1","name":"plain","host":"cache-1","port":6380,"db":3,"username":"ops","password":"s3cret",
         "connectionType":"STANDALONE","tls":false,"lastConnection":"2026-01-01","modules":[]},
        {"name":"secure","host":"cache-2","port":6379,"connectionType":"STANDALONE","tls":true,"verifyServerCert":false,
         "tlsServername":"cache","caCert":{"id":"c","name":"ca","certificate":"-----BEGIN CERTIFICATE-----\nxx"}},
        {"name":"watched","host":"s1","port":26379,"connectionType":"SENTINEL","password":"sentinel-pw",
         "sentinelMaster":{"name":"mymaster","username":"u","password":"node-pw"},
         "nodes":[{"host":"s1","port":26379},{"host":"s2","port":26379}]},
        {"name":"sharded","host":"c1","port":7000,"connectionType":"CLUSTER","db":0,
         "nodes":[{"host":"c1","port":7000},{"host":"c2","port":7001}]},
        {"name":"far","host":"h","port":6379,"ssh":true,"sshOptions":{"host":"bastion","port":2222,"username":"ops","privateKey":"key-text"}},
        {"name":"broken","port":6379}])");
    QVERIFY(import);
    QCOMPARE(import->program, QStringLiteral("RedisInsight"));
    const QList<ImportedConnection>& found = import->connections;
    QCOMPARE(found.size(), 6);
    QCOMPARE(found[0].connection.uris(), QStringList { QStringLiteral("redis://ops@cache-1:6380/3") });
    QCOMPARE(found[0].password.reveal(), QByteArray("s3cret"));
    QVERIFY(found[0].notes.isEmpty());
    QCOMPARE(found[1].connection.specs[0].link, LinkKind::Tls);
    QVERIFY(!found[1].connection.specs[0].tls.insecure);
    QCOMPARE(found[1].notes.size(), 2);
    QCOMPARE(found[2].connection.uris(),
        QStringList { QStringLiteral("redis-sentinel://u@s1:26379,s2:26379?master=mymaster") });
    QCOMPARE(found[2].password.reveal(), QByteArray("node-pw"));
    QCOMPARE(found[3].connection.uris(), QStringList { QStringLiteral("redis-cluster://c1:7000,c2:7001") });
    QVERIFY(found[4].notes.join(QLatin1Char(' ')).contains(QStringLiteral("bastion")));
    QVERIFY(!found[4].connection.note.contains(QStringLiteral("key-text")));
    QCOMPARE(found[4].connection.uris(), QStringList { QStringLiteral("redis://h:6379/0?ssh=ops@bastion:2222") });
    QVERIFY(!found[5].isUsable);
}

void ConnectionBookTest::olderExportIsRead()
{
    const Result<ConnectionImport> import = parseConnectionExport(R"([{"auth":"pw","host":"old","port":"6390",
        "name":"old one","ssl":true,"ssl_ca_cert_path":"/etc/ca.pem","ssh_host":"jump","ssh_port":22,"keys_pattern":"*"}])");
    QVERIFY(import);
    QCOMPARE(import->connections[0].connection.uris(),
        QStringList { QStringLiteral("rediss://old:6390/0?ssh=jump&cacert=/etc/ca.pem") });
    QCOMPARE(import->connections[0].password.reveal(), QByteArray("pw"));
    QVERIFY(import->connections[0].notes.first().contains(QStringLiteral("jump")));
}

void ConnectionBookTest::anoIsRead()
{
    const QByteArray json
        = R"([{"host":"127.0.0.1","port":"6379","auth":"pw","username":"","name":"本地","separator":":",
        "cluster":false,"connectionReadOnly":true,"key":"1_2","order":0},
        {"host":"s1","port":26379,"auth":"","name":"s","sentinelOptions":{"masterName":"mymaster","nodePassword":"n"}},
        {"host":"e","port":1,"name":"evil","sshOptions":{"host":"-oProxyCommand=x","username":"u"}},
        {"host":"c","port":7000,"name":"c","cluster":true,"sslOptions":{"key":"","cert":"","ca":"","servername":""}}])";
    const Result<ConnectionImport> import = parseConnectionExport(json.toBase64());
    QVERIFY(import);
    QCOMPARE(import->program, QStringLiteral("Another Redis Desktop Manager"));
    QCOMPARE(import->connections.size(), 4);
    QCOMPARE(import->connections[0].connection.name, QStringLiteral("\u672c\u5730"));
    QVERIFY(import->connections[0].connection.readOnly);
    QCOMPARE(import->connections[1].password.reveal(), QByteArray("n"));
    QCOMPARE(import->connections[1].connection.specs[0].topology, Topology::Sentinel);
    QCOMPARE(import->connections[2].connection.uris(), QStringList { QStringLiteral("redis://e:1/0") });
    QVERIFY(import->connections[2].notes.first().contains(QStringLiteral("cannot be taken over")));
    QCOMPARE(import->connections[3].connection.uris(), QStringList { QStringLiteral("rediss-cluster://c:7000") });
}

void ConnectionBookTest::aListOfOurOwnIsRead()
{
    ConnectionBook book;
    SavedConnection connection = made(QStringLiteral("Orders"), QStringLiteral("rediss://ops@h:1/2?ssh=bastion"));
    connection.group = QStringLiteral("Europe");
    connection.environment = Environment::Production;
    connection.readOnly = true;
    connection.passwordSource = PasswordSource::Command;
    connection.passwordCommand = { QStringLiteral("rm"), QStringLiteral("-rf"), QStringLiteral("\u202e/") };
    book.put(connection);
    const Result<ConnectionImport> import = parseConnectionExport(connectionBookText(book));
    QVERIFY(import);
    QCOMPARE(import->program, QStringLiteral("Lockscope"));
    QCOMPARE(import->connections.size(), 1);
    const ImportedConnection& found = import->connections[0];
    QVERIFY(found.isUsable && found.password.isEmpty());
    QVERIFY(found.connection.id != connection.id);
    QCOMPARE(found.connection.uris(), connection.uris());
    QCOMPARE(found.connection.group, connection.group);
    QVERIFY(found.connection.readOnly && found.connection.environment == Environment::Production);
    // What another's file wants to run here is shown, and never run.
    QCOMPARE(found.connection.passwordSource, PasswordSource::Ask);
    QVERIFY(found.connection.passwordCommand.isEmpty());
    QVERIFY(found.notes.first().contains(QStringLiteral("rm -rf")));
    QVERIFY(!found.notes.first().contains(QChar(0x202e)));
}

void ConnectionBookTest::hostileExportsAreSafe()
{
    for (const char* text : { "", "[]", "{}", "null", "[1,2]", "AAAA", "not an export at all", "[[[[[[" }) {
        const Result<ConnectionImport> import = parseConnectionExport(text);
        if (import) {
            for (const ImportedConnection& connection : import->connections)
                QVERIFY(!connection.isUsable);
        }
    }
    QVERIFY(!parseConnectionExport("not an export at all"));
    // What stands in a field stays in it: no host brings a user, a password or another host.
    for (const char* host : { "x@evil", "u:p@evil", "a,b", "h/3", "h?ssh=evil", "h#x" }) {
        const QByteArray entry = R"([{"name":"n","port":1,"host":")" + QByteArray(host) + R"("}])";
        QVERIFY2(!parseConnectionExport(entry)->connections.first().isUsable, host);
    }
    QCOMPARE(parseConnectionExport(R"([{"host":"[::1]","port":1}])")->connections.first().connection.uris(),
        QStringList { QStringLiteral("redis://[::1]:1/0") });
    QVERIFY(!parseConnectionExport(QByteArray(10001 * 3, ' ').replace("   ", "{},").prepend('[').append("{}]")));
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QByteArray good
        = R"([{"host":"h","port":1,"name":"n","sslOptions":{"ca":"/x"},"nodes":[{"host":"a","port":2}],
        "sentinelMaster":{"name":"m"},"tls":true,"password":"p","db":1}])";
    for (int i = 0; i < 20000; ++i) {
        QByteArray bytes = good;
        for (quint32 change = random.bounded(1u, 6u); change > 0; --change)
            bytes[random.bounded(int(bytes.size()))] = char(random.bounded(256));
        const Result<ConnectionImport> import = parseConnectionExport(i % 4 == 0 ? bytes.toBase64() : bytes);
        if (!import)
            continue;
        for (const ImportedConnection& connection : import->connections)
            QVERIFY(!connection.isUsable || parseConnectionUri(connection.connection.uris().value(0)));
    }
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::ConnectionBookTest)
#include "tst_connectionbook.moc"
