// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/rawargument.h"
#include "support/clifixture.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QTcpServer>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lockscope;

/// What goes wrong around the program: readers that stand still, full disks, silent servers, lost answers, odd bytes.
class CliFaultsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void argumentsKeepTheirBytes_data();
    void argumentsKeepTheirBytes();
    void keysThatAreNoTextAreTheSameKeys();
    void aReaderThatStandsStillHoldsNobody_data();
    void aReaderThatStandsStillHoldsNobody();
    void aFullDiskIsAnError_data();
    void aFullDiskIsAnError();
    void aSilentServerIsATimeout_data();
    void aSilentServerIsATimeout();
    void aRefusedReleaseIsNotHammered();
    void aLostReleaseIsSettledByLooking();
    void anInterruptedWriteIsOutcomeUnknown();
    void whatIsLeftAloneIsInTheAnswer();
    void anEmptyUriIsNoUri();

private:
    /// A run through `sh -c`, where $CLI is the program.
    CliResult shell(const QString& script);

    std::unique_ptr<CliFixture> m_cli;
};

void CliFaultsTest::init()
{
    m_cli.reset();
    m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI));
}

CliResult CliFaultsTest::shell(const QString& script)
{
    QProcess process;
    QProcessEnvironment environment = m_cli->environment();
    environment.insert(QStringLiteral("CLI"), QStringLiteral(LOCKSCOPE_CLI));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral("sh"), { QStringLiteral("-c"), script });
    return CliFixture::finish(process);
}

void CliFaultsTest::argumentsKeepTheirBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("lock:a");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("other scripts") << QByteArray("\xE5\xBA\x93 \xF0\x9F\x94\x92");
    QTest::newRow("no text") << QByteArray("lock:\xff\x80");
    QTest::newRow("cut character") << QByteArray("\xE5\xBA");
    QTest::newRow("both") << QByteArray("\xff\xF0\x9F\x94\x92\xfe\xE5\xBA\x93\xE5");
    QTest::newRow("encoded surrogate") << QByteArray("\xED\xB3\xBF");
}

void CliFaultsTest::argumentsKeepTheirBytes()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(cli::argumentBytes(cli::argumentText(bytes)), bytes);
}

void CliFaultsTest::keysThatAreNoTextAreTheSameKeys()
{
    const CliResult taken = shell(
        QStringLiteral("exec \"$CLI\" acquire \"$(printf 'lock:\\377')\" --token \"$(printf 't\\376')\" --ttl 60000"));
    QCOMPARE(taken.status, 0);
    QCOMPARE(m_cli->ask({ "GET", "lock:\xff" }), QByteArray("t\xfe"));
    QCOMPARE(shell(QStringLiteral("exec \"$CLI\" show \"$(printf 'lock:\\377')\"")).status, 0);
    QCOMPARE(shell(QStringLiteral("exec \"$CLI\" show \"$(printf 'lock:\\375')\"")).status, 1);
    const CliResult child = shell(QStringLiteral("exec \"$CLI\" acquire lock:b -- printf \"$(printf '\\377')\""));
    QCOMPARE(child.status, 2);
}

void CliFaultsTest::aReaderThatStandsStillHoldsNobody_data()
{
    QTest::addColumn<QString>("duration");
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("status");
    QTest::newRow("duration") << QStringLiteral("3") << 0 << 0;
    QTest::newRow("SIGTERM") << QStringLiteral("600") << SIGTERM << 130;
}

void CliFaultsTest::aReaderThatStandsStillHoldsNobody()
{
    QFETCH(QString, duration);
    QFETCH(int, signal);
    QFETCH(int, status);
    const QByteArray fifo = m_cli->path(QStringLiteral("fifo")).toLocal8Bit();
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const int reader = ::open(fifo.constData(), O_RDWR | O_NONBLOCK); // opened, and never read
    QVERIFY(reader >= 0);
    const auto closeReader = qScopeGuard([reader] { ::close(reader); });
    for (int i = 0; i < 2000; ++i)
        m_cli->ask({ "SET", "lock:" + QByteArray::number(i), "token", "PX", "600000" });
    QProcess process;
    process.setProcessEnvironment(m_cli->environment());
    process.setStandardOutputFile(QString::fromLocal8Bit(fifo));
    process.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--duration"), duration });
    const auto pipeIsFull = [reader] { return ::write(reader, "", 1) < 0; };
    if (signal != 0) {
        QTRY_VERIFY_WITH_TIMEOUT(pipeIsFull(), 10'000);
        ::kill(pid_t(process.processId()), signal);
    }
    QCOMPARE(CliFixture::finish(process).status, status);
}

void CliFaultsTest::aFullDiskIsAnError_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::newRow("list") << QStringLiteral("list --json");
    QTest::newRow("table") << QStringLiteral("list --quiet");
    QTest::newRow("show") << QStringLiteral("show lock:a --json");
    QTest::newRow("force-release") << QStringLiteral("force-release lock:a --any-token --yes --reason x --json");
}

void CliFaultsTest::aFullDiskIsAnError()
{
    QFETCH(QString, arguments);
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    const CliResult result = shell(QStringLiteral("exec \"$CLI\" ") + arguments + QStringLiteral(" > /dev/full"));
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains("standard output"), result.err.constData());
}

void CliFaultsTest::aSilentServerIsATimeout_data()
{
    QTest::addColumn<QStringList>("arguments");
    const QString key = QStringLiteral("lock:a");
    QTest::newRow("show") << QStringList { QStringLiteral("show"), key };
    QTest::newRow("acquire") << QStringList { QStringLiteral("acquire"), key };
    QTest::newRow("list") << QStringList { QStringLiteral("list") };
    QTest::newRow("watch") << QStringList { QStringLiteral("watch") };
}

void CliFaultsTest::aSilentServerIsATimeout()
{
    QFETCH(QStringList, arguments);
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    const CliResult result = m_cli->run(arguments << QStringLiteral("--json") << QStringLiteral("--timeout")
                                                  << QStringLiteral("300") << QStringLiteral("--uri")
                                                  << QStringLiteral("redis://127.0.0.1:%1").arg(silent.serverPort()));
    QCOMPARE(result.status, 3);
    const QJsonObject error = result.error();
    QVERIFY2(error.value(QLatin1StringView("code")) == QLatin1StringView("timeout")
            || error.value(QLatin1StringView("code")) == QLatin1StringView("connect"),
        result.err.constData());
    QVERIFY2(!result.err.contains("5000"), result.err.constData());
}

void CliFaultsTest::aRefusedReleaseIsNotHammered()
{
    const auto process = m_cli->start(
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--ttl"), QStringLiteral("600000"),
            QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("read line; exit 7") });
    QTRY_COMPARE_WITH_TIMEOUT(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("1"), 10'000);
    QCOMPARE(m_cli->ask({ "REPLICAOF", "127.0.0.1", "1" }), QByteArray("OK"));
    m_cli->ask({ "CONFIG", "RESETSTAT" });
    process->write("go on\n");
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 7);
    QVERIFY(!result.err.isEmpty());
    const QByteArray statistics = m_cli->ask({ "INFO", "commandstats" });
    QVERIFY2(statistics.count("cmdstat_evalsha:calls=1,") + statistics.count("cmdstat_evalsha:calls=2,") <= 1
            && !statistics.contains("cmdstat_evalsha:calls=3"),
        statistics.constData());
}

void CliFaultsTest::aLostReleaseIsSettledByLooking()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("SET").send("+OK\r\n").expect("EVALSHA").close());
    server.addConnection(ScriptedServer::handshake()
                             .expect("TIME")
                             .send("*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n")
                             .expect("OBJECT IDLETIME")
                             .send("$-1\r\n")
                             .expect("MEMORY USAGE")
                             .send("$-1\r\n")
                             .expect("TYPE")
                             .send("+none\r\n")
                             .expect("STRLEN")
                             .send(":0\r\n")
                             .expect("GETRANGE")
                             .send("$0\r\n\r\n")
                             .expect("PTTL")
                             .send(":-2\r\n"));
    const CliResult result = m_cli->run(
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--uri"), server.spec().redactedUri(),
            QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("exit 7") });
    const QByteArray seen = server.commandsSeen().join(' ') + result.err;
    QVERIFY2(result.status == 7, seen.constData());
    QCOMPARE(server.commandsSeen().count("EVALSHA"), 1);
    QVERIFY2(server.surprises().isEmpty(), server.surprises().join(' ').constData());
}

void CliFaultsTest::anInterruptedWriteIsOutcomeUnknown()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("EVALSHA"));
    const auto process = m_cli->start({ QStringLiteral("release"), QStringLiteral("lock:a"), QStringLiteral("--token"),
        QStringLiteral("t"), QStringLiteral("--json"), QStringLiteral("--uri"), server.spec().redactedUri(),
        QStringLiteral("--timeout"), QStringLiteral("20000") });
    QTRY_VERIFY_WITH_TIMEOUT(server.commandsSeen().contains("EVALSHA"), 10'000);
    ::kill(pid_t(process->processId()), SIGTERM);
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 130);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("outcome_unknown"));
}

void CliFaultsTest::whatIsLeftAloneIsInTheAnswer()
{
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    m_cli->ask({ "SET", "lock:long", QByteArray(3000, 'x'), "PX", "60000" });
    const CliResult result
        = m_cli->run({ QStringLiteral("force-release"), QStringLiteral("--match"), QStringLiteral("lock:*"),
            QStringLiteral("--reason"), QStringLiteral("x"), QStringLiteral("--yes"), QStringLiteral("--json") });
    QCOMPARE(result.status, 1);
    const QJsonArray results = result.json().value(QLatin1StringView("results")).toArray();
    QCOMPARE(results.size(), 2);
    const QJsonObject left = results.last().toObject();
    QCOMPARE(left.value(QLatin1StringView("key")).toString(), QStringLiteral("lock:long"));
    QCOMPARE(left.value(QLatin1StringView("outcome")).toString(), QStringLiteral("refused"));
    QVERIFY(left.value(QLatin1StringView("error")).isObject());
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:long" }), QByteArray("1"));
}

void CliFaultsTest::anEmptyUriIsNoUri()
{
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_URI"), QString());
    const CliResult result = m_cli->run(
        { QStringLiteral("show"), QStringLiteral("lock:a"), QStringLiteral("--timeout"), QStringLiteral("1000") });
    QVERIFY2(result.status != 2, result.err.constData());
}

QTEST_GUILESS_MAIN(CliFaultsTest)
#include "tst_clifaults.moc"
