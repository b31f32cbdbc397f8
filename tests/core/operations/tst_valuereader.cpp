// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/valuereader.h"

#include "operations/serverinspector.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/connectionsupport.h"
#include "support/testsupport.h"

using namespace lockscope;

/// Values of any type and size, page by page, through a read-only gate.
class ValueReaderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init() { run({ "FLUSHALL" }); }
    void sizeComesWithoutContents();
    void aLongStringComesInPages();
    void structuresComeInPages_data();
    void structuresComeInPages();
    void fieldsAndScores();
    void largeElementsAreFewAndCut();
    void whatCannotBeShown();
    void theServerTellsOfItself();

private:
    ValuePage read(const ValueRequest& request);
    BlockingClient::Answer run(const QList<QByteArray>& arguments) { return m_client->run(arguments); }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<Connection> m_connection;
};

void ValueReaderTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_connection = std::make_unique<Connection>(m_server->spec(), std::make_shared<CommandGate>(true));
    m_connection->open();
    QTRY_VERIFY_WITH_TIMEOUT(m_connection->isReady(), 20000);
}

ValuePage ValueReaderTest::read(const ValueRequest& request)
{
    std::optional<Result<ValuePage>> answer;
    readValue(*m_connection, request, [&](Result<ValuePage> page) { answer = std::move(page); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20000) || !*answer)
        return {};
    return **answer;
}

void ValueReaderTest::sizeComesWithoutContents()
{
    run({ "SET", "k", QByteArray(100'000, 'x'), "PX", "60000" });
    ValueRequest request;
    request.key = "k";
    const ValuePage page = read(request);
    QCOMPARE(page.type, QByteArray("string"));
    QCOMPARE(page.size, 100'000);
    QVERIFY(page.memoryBytes > 100'000);
    QVERIFY(page.ttlMs > 0);
    QVERIFY(page.bytes.isEmpty());
    request.key = "nothing";
    QVERIFY(!read(request).exists());
}

void ValueReaderTest::aLongStringComesInPages()
{
    QByteArray value;
    for (int i = 0; i < 20'000; ++i)
        value += QByteArray::number(i) + '\0';
    run({ "SET", "k", value });
    QByteArray all;
    ValueRequest request;
    request.key = "k";
    request.sizeOnly = false;
    while (all.size() < value.size()) {
        request.from = all.size();
        const ValuePage page = read(request);
        QVERIFY(!page.bytes.isEmpty() && page.bytes.size() <= ValueRequest::pageBytes);
        all += page.bytes;
    }
    QCOMPARE(all, value);
}

void ValueReaderTest::structuresComeInPages_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const char* type : { "list", "set", "zset", "hash" })
        QTest::newRow(type) << QByteArray(type);
}

void ValueReaderTest::structuresComeInPages()
{
    QFETCH(const QByteArray, type);
    constexpr int count = 1234;
    for (int i = 0; i < count; ++i) {
        const QByteArray name = "element-" + QByteArray::number(i) + QByteArray(60, 'x');
        if (type == "list")
            run({ "RPUSH", "k", name });
        else if (type == "set")
            run({ "SADD", "k", name });
        else if (type == "zset")
            run({ "ZADD", "k", QByteArray::number(i), name });
        else
            run({ "HSET", "k", name, "value" });
    }
    QSet<QByteArray> seen;
    ValueRequest request;
    request.key = "k";
    request.sizeOnly = false;
    for (int pages = 0; pages < 200; ++pages) {
        const ValuePage page = read(request);
        QCOMPARE(page.type, type);
        QCOMPARE(page.size, count);
        for (const KeyElement& element : page.elements)
            seen.insert(element.name);
        request.from += qint64(page.elements.size());
        request.cursor = page.nextCursor;
        const bool byCursor = type == "set" || type == "hash";
        if (byCursor ? page.nextCursor.isEmpty() : request.from >= count)
            break;
        QVERIFY(byCursor || !page.elements.empty());
    }
    QCOMPARE(seen.size(), count);
}

void ValueReaderTest::fieldsAndScores()
{
    run({ "HSET", "h", "mode", "read" });
    run({ "ZADD", "z", "1763841600123", "holder" });
    ValueRequest request;
    request.sizeOnly = false;
    request.key = "h";
    QCOMPARE(read(request).elements, std::vector<KeyElement>({ { "mode", "read", 0 } }));
    request.key = "z";
    QCOMPARE(read(request).elements, std::vector<KeyElement>({ { "holder", "", 1763841600123.0 } }));
}

void ValueReaderTest::largeElementsAreFewAndCut()
{
    for (int i = 0; i < 20; ++i)
        run({ "RPUSH", "k", QByteArray(300'000, char('a' + i)) });
    ValueRequest request;
    request.key = "k";
    request.sizeOnly = false;
    const ValuePage page = read(request);
    QVERIFY2(page.elements.size() <= 5, qPrintable(QString::number(page.elements.size())));
    QVERIFY(page.elementsCut);
    QCOMPARE(page.elements.front().name.size(), ValuePage::maximumElementBytes);
}

void ValueReaderTest::whatCannotBeShown()
{
    run({ "XADD", "k", "*", "field", "value" });
    ValueRequest request;
    request.key = "k";
    request.sizeOnly = false;
    const ValuePage page = read(request);
    QCOMPARE(page.type, QByteArray("stream"));
    QVERIFY(!page.isReadable());
    QVERIFY(page.elements.empty());
}

void ValueReaderTest::theServerTellsOfItself()
{
    run({ "CONFIG", "SET", "maxmemory-policy", "allkeys-lru" });
    std::optional<Result<ServerReport>> answer;
    inspectServer(
        *m_connection, SystemClock::instance(), [&](Result<ServerReport> report) { answer = std::move(report); });
    QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20000);
    VERIFY_RESULT((*answer));
    const ServerReport& report = **answer;
    QVERIFY(!report.version.isEmpty() && !report.flavour.isEmpty());
    QCOMPARE(report.role, QByteArray("master"));
    QCOMPARE(report.memoryPolicy, QByteArray("allkeys-lru"));
    QCOMPARE(report.memoryLimitBytes, 0);
    QVERIFY(report.memoryUsedBytes > 0 && report.clients >= 2 && report.uptimeSeconds >= 0);
    QVERIFY(report.roundTrip > SteadyTime::duration::zero());
}

QTEST_GUILESS_MAIN(ValueReaderTest)
#include "tst_valuereader.moc"
