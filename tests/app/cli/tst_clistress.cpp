// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/pseudoterminal.h"
#include "support/testsupport.h"

#include <QJsonArray>

#include <csignal>

using namespace lockscope;

/// `stress`: exit statuses, reports, refusals.
class CliStressTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void aCleanRunIsStatusZero();
    void aViolationIsStatusFour();
    void strategiesAreCompared();
    void ctrlCStopsAndStillReports();
    void ctrlCOnATerminalLeavesNothingBehind();
    void whatCannotRunIsRefused_data();
    void whatCannotRunIsRefused();
    void helpNamesStrategiesAndFaults();

private:
    CliResult run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }
    std::unique_ptr<CliFixture> m_cli;
};

void CliStressTest::aCleanRunIsStatusZero()
{
    const CliResult result = run(QStringLiteral("stress --strategy set-nx --clients 8 --keys 4 --ttl 10000 --hold 0..1 "
                                                "--retry 1..5 --sections 200 --seed 7 --json"));
    QVERIFY2(result.status == 0, result.err.constData());
    const QJsonObject report = result.json();
    QCOMPARE(report.value(QLatin1StringView("sections")).toInt(), 200);
    QCOMPARE(report.value(QLatin1StringView("violations")).toArray().size(), 0);
    QCOMPARE(report.value(QLatin1StringView("seed")).toString(), QStringLiteral("7"));
    QCOMPARE(report.value(QLatin1StringView("keys_left")).toInt(-1), 0);
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("0"));
}

void CliStressTest::aViolationIsStatusFour()
{
    const QString file = m_cli->path(QStringLiteral("report.html"));
    const CliResult result = run(
        QStringLiteral("stress --strategy unsafe-ignore-reply --clients 8 --keys 1 --hold 1..3 --sections 200 --out ")
        + file);
    QVERIFY2(result.status == 4, result.err.constData());
    QVERIFY2(result.out.contains("overlap (refusal_ignored)"), result.out.constData());
    QFile html(file);
    QVERIFY(html.open(QIODevice::ReadOnly));
    QVERIFY(html.readAll().contains("<svg"));
}

void CliStressTest::strategiesAreCompared()
{
    const QString common
        = QStringLiteral("stress --clients 4 --keys 2 --hold 0..1 --retry 1..5 --sections 60 --seed 3 --repeats 2 ");
    const CliResult held = run(common + QStringLiteral("--compare set-nx,lua"));
    QVERIFY2(held.status == 0, held.err.constData());
    QVERIFY2(
        held.out.contains("sections/s") && held.out.contains("±") && held.out.contains("held"), held.out.constData());
    const QString file = m_cli->path(QStringLiteral("comparison.json"));
    const CliResult violated
        = run(common + QStringLiteral("--compare set-nx,unsafe-ignore-reply --json --out ") + file);
    QVERIFY2(violated.status == 4, violated.err.constData());
    const QJsonArray rows = violated.json().value(QLatin1StringView("comparison")).toArray();
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[1].toObject().value(QLatin1StringView("violated_runs")).toInt(), 2);
    QCOMPARE(
        rows[0].toObject().value(QLatin1StringView("sections_per_s")).toObject().value(QLatin1StringView("n")).toInt(),
        2);
    QVERIFY(QFile::exists(file));
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("0"));
}

void CliStressTest::ctrlCStopsAndStillReports()
{
    m_cli->ask({ "CONFIG", "RESETSTAT" }); // what earlier runs sent
    const std::unique_ptr<QProcess> process = m_cli->start(
        { QStringLiteral("stress"), QStringLiteral("--duration"), QStringLiteral("600"), QStringLiteral("--json") });
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "INFO", "commandstats" }).contains("cmdstat_evalsha"), 30'000);
    ::kill(pid_t(process->processId()), SIGINT);
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 130);
    QVERIFY(result.json().value(QLatin1StringView("interrupted")).toBool());
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("0"));
}

void CliStressTest::ctrlCOnATerminalLeavesNothingBehind()
{
    m_cli->ask({ "CONFIG", "RESETSTAT" }); // what earlier runs sent
    m_cli->ask({ "SET", "somebody:else", "1" });
    PseudoTerminal terminal(100, 30);
    const termios before = terminal.settings();
    const auto process = terminal.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("stress"), QStringLiteral("--strategy"), QStringLiteral("fenced"), QStringLiteral("--hold"),
            QStringLiteral("1..5"), QStringLiteral("--duration"), QStringLiteral("600") },
        m_cli->environment());
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "INFO", "commandstats" }).contains("cmdstat_evalsha"), 30'000);
    terminal.type("\x03");
    QCOMPARE(CliFixture::finish(*process).status, 130);
    QCOMPARE(terminal.settings().c_lflag, before.c_lflag);
    QCOMPARE(m_cli->ask({ "KEYS", "*" }), QByteArray("somebody:else"));
    m_cli->ask({ "DEL", "somebody:else" });
}

void CliStressTest::whatCannotRunIsRefused_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<int>("status");
    QTest::newRow("a fault on a server of somebody's") << QStringLiteral("--fault kill-master") << 2;
    QTest::newRow("an unknown fault") << QStringLiteral("--fault flood") << 2;
    QTest::newRow("an unknown strategy") << QStringLiteral("--strategy hope") << 2;
    QTest::newRow("a bad range") << QStringLiteral("--hold 9..3") << 2;
    QTest::newRow("no clients") << QStringLiteral("--clients 0") << 2;
    QTest::newRow("a name that says no format") << QStringLiteral("--out report.pdf") << 2;
    QTest::newRow("a seed of none") << QStringLiteral("--seed 0") << 2;
    QTest::newRow("a comparison of one") << QStringLiteral("--compare set-nx") << 2;
    QTest::newRow("a comparison with a strategy") << QStringLiteral("--compare set-nx,lua --strategy lua") << 2;
    QTest::newRow("a comparison with an unknown one") << QStringLiteral("--compare set-nx,hope") << 2;
    QTest::newRow("a comparison as a page") << QStringLiteral("--compare set-nx,lua --out r.html") << 2;
    QTest::newRow("repeats of nothing") << QStringLiteral("--repeats 3") << 2;
    QTest::newRow("no repeats") << QStringLiteral("--compare set-nx,lua --repeats 0") << 2;
    QTest::newRow("read-only") << QStringLiteral("--read-only") << 3;
    QTest::newRow("nobody there") << QStringLiteral("--uri unix:///nonexistent.sock") << 3;
}

void CliStressTest::whatCannotRunIsRefused()
{
    QFETCH(QString, options);
    QFETCH(int, status);
    const CliResult result = run(QStringLiteral("stress --sections 10 ") + options);
    QVERIFY2(result.status == status, result.err.constData());
    QVERIFY(!result.err.isEmpty());
}

void CliStressTest::helpNamesStrategiesAndFaults()
{
    const CliResult result = run(QStringLiteral("stress --help"));
    QCOMPARE(result.status, 0);
    for (const char* name :
        { "set-nx", "lua", "redlock", "fenced", "redisson", "fair", "read-write", "semaphore", "unsafe-ignore-reply",
            "unsafe-get-del", "unsafe-no-ttl", "pause-client", "kill-connection", "server-pause", "kill-master",
            "restart-empty", "failover", "clock-jump", "--compare", "latency", "--fault", "--rate" })
        QVERIFY2(result.out.contains(name), name);
}

QTEST_GUILESS_MAIN(CliStressTest)
#include "tst_clistress.moc"
