// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonValue>

using namespace lockscope;

/// `discover`, as a script and as a person sees it.
class CliDiscoverTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void jsonIsWhatTheContractSays();
    void jsonTellsWhatIsNoText();
    void theTableShowsHowToGoOn();
    void whatItProposesFindsTheLocks();
    void oddNamesAreQuotedForTheShell();
    void nothingFoundIsNoError();
    void matchAndFamilyNarrowIt();
    void readOnlyConnectionsCan();
    void noConnectionIsStatusThree();
    void anInterruptionIsSaidByItsStatus();

private:
    CliResult run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }
    std::unique_ptr<CliFixture> m_cli;
};

namespace {

const QByteArray redsyncToken = "rQ7uY3Jt8m0fQ2xJxv1bLg==";

QJsonArray proposalsOf(const CliResult& result)
{
    return result.json().value(QLatin1StringView("proposals")).toArray();
}

QString textOf(const QJsonObject& object, const char* name) { return object.value(QLatin1StringView(name)).toString(); }

} // namespace

void CliDiscoverTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    for (int i = 0; i < 6; ++i)
        m_cli->ask({ "SET", "orders:" + QByteArray::number(i) + ":lock", redsyncToken, "PX", "600000" });
    m_cli->ask({ "HSET", "cart:lock", "b983c153-7421-469a-addb-44fb92259a1b:31", "1" });
    for (int i = 0; i < 50; ++i)
        m_cli->ask({ "SET", "cache:" + QByteArray::number(i), "some cached text", "EX", "600" });
}

void CliDiscoverTest::jsonIsWhatTheContractSays()
{
    const CliResult result = run(QStringLiteral("discover --json"));
    QCOMPARE(result.status, 0);
    QCOMPARE(result.err, QByteArray());
    const QJsonObject document = result.json();
    QCOMPARE(document.keys(),
        (QStringList { QStringLiteral("complete"), QStringLiteral("keys_expected"), QStringLiteral("keys_read"),
            QStringLiteral("keys_scanned"), QStringLiteral("proposals"), QStringLiteral("server"),
            QStringLiteral("taken_at") }));
    QCOMPARE(document.value(QLatin1StringView("complete")).toBool(), true);
    QCOMPARE(document.value(QLatin1StringView("keys_scanned")).toInt(), 57);
    QCOMPARE(document.value(QLatin1StringView("keys_expected")).toInt(), 57);
    QCOMPARE(document.value(QLatin1StringView("keys_read")).toInt(), 57);
    const QJsonObject server = document.value(QLatin1StringView("server")).toObject();
    QCOMPARE(textOf(server, "flavour"), QStringLiteral("redis"));
    const QJsonArray proposals = proposalsOf(result);
    QVERIFY2(proposals.size() >= 1, result.out.constData());
    const QJsonObject first = proposals.first().toObject();
    QCOMPARE(first.keys(),
        (QStringList { QStringLiteral("confidence"), QStringLiteral("count"), QStringLiteral("examples"),
            QStringLiteral("family"), QStringLiteral("match"), QStringLiteral("no_ttl"), QStringLiteral("purity"),
            QStringLiteral("share") }));
    QCOMPARE(textOf(first, "match"), QStringLiteral("orders:*:lock"));
    QCOMPARE(textOf(first, "family"), QStringLiteral("redsync"));
    QCOMPARE(first.value(QLatin1StringView("count")).toInt(), 6);
    QCOMPARE(first.value(QLatin1StringView("no_ttl")).toInt(), 0);
    QVERIFY(first.value(QLatin1StringView("confidence")).toDouble() >= 0.9);
    const QJsonArray examples = first.value(QLatin1StringView("examples")).toArray();
    QCOMPARE(examples.size(), 5);
    QVERIFY(examples.first().toString().startsWith(QStringLiteral("orders:")));
}

void CliDiscoverTest::jsonTellsWhatIsNoText()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "lock:\xff\xfe:a", redsyncToken, "PX", "600000" });
    const QJsonArray proposals = proposalsOf(run(QStringLiteral("discover --json")));
    QCOMPARE(proposals.size(), 1);
    QCOMPARE(textOf(proposals.first().toObject(), "match"), QStringLiteral("lock:*:a"));
    const QJsonValue example = proposals.first().toObject().value(QLatin1StringView("examples")).toArray().first();
    QCOMPARE(
        QByteArray::fromBase64(textOf(example.toObject(), "key_base64").toLatin1()), QByteArray("lock:\xff\xfe:a"));
}

void CliDiscoverTest::theTableShowsHowToGoOn()
{
    const CliResult result = run(QStringLiteral("discover"));
    QCOMPARE(result.status, 0);
    const QByteArrayList lines = result.out.split('\n');
    QVERIFY2(lines.value(0).startsWith("PATTERN "), result.out.constData());
    QVERIFY2(lines.value(1).startsWith("orders:*:lock  redsync"), result.out.constData());
    QVERIFY2(result.out.contains("\nlockscope-cli watch --match 'orders:*:lock'"), result.out.constData());
    QVERIFY2(result.err.contains("complete: 57 of 57 keys scanned, 57 read"), result.err.constData());
    const CliResult quiet = run(QStringLiteral("discover --quiet"));
    QCOMPARE(quiet.err, QByteArray());
}

void CliDiscoverTest::whatItProposesFindsTheLocks()
{
    const QString match = textOf(proposalsOf(run(QStringLiteral("discover --json"))).first().toObject(), "match");
    const CliResult list
        = m_cli->run({ QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--match"), match });
    QCOMPARE(list.json().value(QLatin1StringView("locks")).toArray().size(), 6);
}

void CliDiscoverTest::oddNamesAreQuotedForTheShell()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "it's a lock", redsyncToken, "PX", "600000" });
    const CliResult quoted = run(QStringLiteral("discover"));
    QVERIFY2(quoted.out.contains("--match 'it'\\''s a lock'"), quoted.out.constData());
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "lock:\xe2\x80\xae:evil", redsyncToken, "PX", "600000" }); // right-to-left override
    const CliResult escaped = run(QStringLiteral("discover"));
    QVERIFY2(escaped.out.contains("--match $'lock:\\xe2\\x80\\xae:evil'"), escaped.out.constData());
    QVERIFY(!escaped.out.contains("\xe2\x80\xae"));
}

void CliDiscoverTest::nothingFoundIsNoError()
{
    m_cli->ask({ "FLUSHALL" });
    const CliResult empty = run(QStringLiteral("discover"));
    QCOMPARE(empty.status, 0);
    QVERIFY2(empty.out.contains("no keys"), empty.out.constData());
    m_cli->ask({ "SET", "greeting", "hello" });
    const CliResult none = run(QStringLiteral("discover"));
    QCOMPARE(none.status, 0);
    QVERIFY2(none.out.contains("list --match GLOB"), none.out.constData());
    const CliResult json = run(QStringLiteral("discover --json"));
    QCOMPARE(json.status, 0);
    QCOMPARE(proposalsOf(json).size(), 0);
    QVERIFY(json.json().value(QLatin1StringView("complete")).toBool());
}

void CliDiscoverTest::matchAndFamilyNarrowIt()
{
    const QJsonArray byName = proposalsOf(run(QStringLiteral("discover --json --match cart*")));
    QCOMPARE(byName.size(), 1);
    QCOMPARE(textOf(byName.first().toObject(), "match"), QStringLiteral("cart:lock"));
    QCOMPARE(byName.first().toObject().value(QLatin1StringView("no_ttl")).toInt(), 1);
    const QJsonArray byFamily = proposalsOf(run(QStringLiteral("discover --json --family redisson")));
    QCOMPARE(byFamily.size(), 1);
    QCOMPARE(textOf(byFamily.first().toObject(), "family"), QStringLiteral("redisson"));
}

void CliDiscoverTest::readOnlyConnectionsCan()
{
    const CliResult result = run(QStringLiteral("discover --json --read-only --pace gentle"));
    QCOMPARE(result.status, 0);
    QVERIFY(!proposalsOf(result).isEmpty());
}

void CliDiscoverTest::noConnectionIsStatusThree()
{
    const CliResult result = run(QStringLiteral("discover --json --uri unix:///nonexistent/redis.sock"));
    QCOMPARE(result.status, 3);
    QCOMPARE(textOf(result.error(), "code"), QStringLiteral("connect"));
    QCOMPARE(result.out, QByteArray());
}

void CliDiscoverTest::anInterruptionIsSaidByItsStatus()
{
    m_cli->ask({ "EVAL", "for i = 1, 50000 do redis.call('SET', 'cache:' .. i, 'x') end", "0" });
    const auto process
        = m_cli->start({ QStringLiteral("discover"), QStringLiteral("--pace"), QStringLiteral("gentle") });
    QTRY_VERIFY(m_cli->ask({ "CLIENT", "LIST" }).contains("name=lockscope-discover"));
    process->terminate();
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 130);
    QCOMPARE(result.out, QByteArray());
}

QTEST_GUILESS_MAIN(CliDiscoverTest)
#include "tst_clidiscover.moc"
