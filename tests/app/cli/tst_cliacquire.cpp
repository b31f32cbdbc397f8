// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/pseudoterminal.h"
#include "support/testsupport.h"

#include <csignal>

using namespace lockscope;

/// `acquire`, `extend` and `release`, with and without a command.
class CliAcquireTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init() { m_cli->ask({ "FLUSHALL" }); }
    void printsTokenAndValidity();
    void aTakenLockIsStatusOne();
    void waitsForTheHolder();
    void extendAndReleaseNeedTheToken();
    void tokensComeFromAFileOrStandardInput();
    void readOnlyTakesNothing();
    void aRefusalNamesWhatWasAsked_data();
    void aRefusalNamesWhatWasAsked();
    void anAbsentKeyIsSaidToBeAbsent();
    void oneDatabaseCanBeChosen();
    void ctrlCOnATerminalReleases();
    void aCommandRunsUnderTheLock_data();
    void aCommandRunsUnderTheLock();
    void aCommandGetsStandardInputAndOutput();
    void theLockIsRenewedWhileTheCommandRuns();
    void aLostLockEndsTheCommand();
    void aStolenLockIsLeftToItsThief();
    void signalsReachTheCommandAndTheLockIsReleased_data();
    void signalsReachTheCommandAndTheLockIsReleased();
    void anInterruptedWaitLeavesNothingBehind();

private:
    CliResult run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }
    /// Holds `lock:a` for a shell that writes `ready` and sleeps.
    std::unique_ptr<QProcess> startHolding(const QString& ttl);
    std::unique_ptr<CliFixture> m_cli;
};

void CliAcquireTest::printsTokenAndValidity()
{
    const CliResult json = run(QStringLiteral("acquire lock:a --ttl 20000 --json"));
    QCOMPARE(json.status, 0);
    const QByteArray token = json.json().value(QLatin1StringView("token")).toString().toLatin1();
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), token);
    QCOMPARE(json.json().value(QLatin1StringView("ttl_ms")).toInt(), 20000);
    const int validity = json.json().value(QLatin1StringView("validity_ms")).toInt();
    QVERIFY(validity > 10000 && validity < 20000);
    QVERIFY(json.json().value(QLatin1StringView("fence")).isNull());
    const CliResult text = run(QStringLiteral("acquire lock:b --token mine"));
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.startsWith("token: mine\nvalidity: "), text.out.constData());
    QVERIFY(m_cli->ask({ "PTTL", "lock:b" }).toInt() > 20000);
}

void CliAcquireTest::aTakenLockIsStatusOne()
{
    m_cli->ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    const CliResult result = run(QStringLiteral("acquire lock:a --json"));
    QCOMPARE(result.status, 1);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("taken"));
    QCOMPARE(run(QStringLiteral("acquire lock:a --wait 200")).status, 1);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void CliAcquireTest::waitsForTheHolder()
{
    m_cli->ask({ "SET", "lock:a", "theirs", "PX", "400" });
    QCOMPARE(run(QStringLiteral("acquire lock:a --wait 20000 --token mine")).status, 0);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("mine"));
}

void CliAcquireTest::extendAndReleaseNeedTheToken()
{
    m_cli->ask({ "SET", "lock:a", "mine", "PX", "20000" });
    QCOMPARE(run(QStringLiteral("extend lock:a --token other --ttl 90000")).status, 1);
    const CliResult extended = run(QStringLiteral("extend lock:a --token mine --ttl 90000 --json"));
    QCOMPARE(extended.status, 0);
    QVERIFY(extended.json().value(QLatin1StringView("validity_ms")).toInt() > 60000);
    QVERIFY(m_cli->ask({ "PTTL", "lock:a" }).toInt() > 60000);
    const CliResult refused = run(QStringLiteral("release lock:a --token other --json"));
    QCOMPARE(refused.status, 1);
    QCOMPARE(refused.error().value(QLatin1StringView("code")).toString(), QStringLiteral("not_held"));
    QCOMPARE(run(QStringLiteral("release lock:a --token mine")).status, 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
    QCOMPARE(run(QStringLiteral("release lock:a --token mine")).status, 1);
}

void CliAcquireTest::tokensComeFromAFileOrStandardInput()
{
    QFile file(m_cli->path(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("secret token\n");
    file.close();
    QCOMPARE(m_cli
                 ->run({ QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--token-file"),
                     file.fileName() })
                 .status,
        0);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("secret token"));
    const QStringList release { QStringLiteral("release"), QStringLiteral("lock:a"), QStringLiteral("--token-file"),
        QStringLiteral("-") };
    QCOMPARE(m_cli->run(release, "secret token\n").status, 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAcquireTest::readOnlyTakesNothing()
{
    const CliResult result = run(QStringLiteral("acquire lock:a --read-only --json"));
    QCOMPARE(result.status, 3);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("read_only"));
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAcquireTest::aRefusalNamesWhatWasAsked_data()
{
    QTest::addColumn<QString>("command");
    QTest::newRow("acquire") << QStringLiteral("acquire lock:a");
    QTest::newRow("extend") << QStringLiteral("extend lock:a --token t --ttl 5000");
    QTest::newRow("release") << QStringLiteral("release lock:a --token t");
}

void CliAcquireTest::aRefusalNamesWhatWasAsked()
{
    QFETCH(QString, command);
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    const QByteArray asked = command.section(QLatin1Char(' '), 0, 1).toLatin1();
    for (const char* closed : { " --read-only", " --environment production" }) {
        const CliResult refused = run(command + QLatin1StringView(closed));
        QCOMPARE(refused.status, 3);
        QVERIFY2(refused.err.contains(QByteArray(": " + asked + " (")), refused.err.constData());
        QVERIFY2(!refused.err.contains("DEL"), refused.err.constData());
    }
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("t"));
}

void CliAcquireTest::anAbsentKeyIsSaidToBeAbsent()
{
    const CliResult shown = run(QStringLiteral("show lock:nowhere"));
    QCOMPARE(shown.status, 1);
    QVERIFY2(shown.err.startsWith("lockscope-cli: there is no such key: lock:nowhere ("), shown.err.constData());
    const CliResult json = run(QStringLiteral("show lock:nowhere --json"));
    QCOMPARE(json.status, 1);
    QCOMPARE(json.error().value(QLatin1StringView("code")).toString(), QStringLiteral("no_such_key"));
    for (const char* command : { "extend lock:nowhere --token t --ttl 5000", "release lock:nowhere --token t" }) {
        const CliResult result = run(QLatin1StringView(command));
        QCOMPARE(result.status, 1);
        QVERIFY2(result.err.contains("there is no such key any more"), result.err.constData());
    }
}

void CliAcquireTest::oneDatabaseCanBeChosen()
{
    m_cli->ask({ "SET", "lock:a", "of-zero", "PX", "60000" });
    const CliResult taken = run(QStringLiteral("acquire lock:a --db 3 --ttl 60000 --token mine"));
    QVERIFY2(taken.status == 0, taken.err.constData());
    const CliResult shown = run(QStringLiteral("show lock:a --db 3 --json"));
    QCOMPARE(shown.json().value(QLatin1StringView("token")).toString(), QStringLiteral("mine"));
    QCOMPARE(shown.json().value(QLatin1StringView("db")).toInt(), 3);
    QCOMPARE(run(QStringLiteral("extend lock:a --db 3 --token mine --ttl 90000")).status, 0);
    QCOMPARE(run(QStringLiteral("release lock:a --token mine")).status, 1);
    QCOMPARE(run(QStringLiteral("release lock:a --db 3 --token mine")).status, 0);
    QCOMPARE(run(QStringLiteral("acquire lock:b --db 3 --ttl 60000 --token theirs")).status, 0);
    const CliResult ended = run(QStringLiteral("force-release lock:b --db 3 --any-token --reason r --yes --json"));
    QVERIFY2(ended.status == 0, ended.err.constData());
    QCOMPARE(run(QStringLiteral("show lock:b --db 3")).status, 1);
    const int id = ended.json()[QStringLiteral("results")][0][QStringLiteral("audit_id")].toInt();
    QCOMPARE(run(QStringLiteral("restore %1 --yes").arg(id)).status, 2);
    QCOMPARE(run(QStringLiteral("restore %1 --yes --db 3").arg(id)).status, 0);
    QCOMPARE(run(QStringLiteral("show lock:b --db 3")).status, 0);
    const CliResult several = run(QStringLiteral("show lock:b --db 0,3"));
    QCOMPARE(several.status, 2);
    QVERIFY2(several.err.contains("--db needs one number"), several.err.constData());
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("of-zero"));
}

void CliAcquireTest::ctrlCOnATerminalReleases()
{
    PseudoTerminal terminal(100, 30);
    const termios before = terminal.settings();
    const auto process = terminal.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--"), QStringLiteral("sh"),
            QStringLiteral("-c"), QStringLiteral("echo ready; exec sleep 60") },
        m_cli->environment());
    QVERIFY2(terminal.waitFor("ready"), terminal.output().constData());
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("1"));
    terminal.type("\x03");
    QCOMPARE(CliFixture::finish(*process).status, 130);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
    QCOMPARE(terminal.settings().c_lflag, before.c_lflag);
}

void CliAcquireTest::aCommandRunsUnderTheLock_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("status");
    const auto shell = [](const char* script) {
        return QStringList { QStringLiteral("sh"), QStringLiteral("-c"), QString::fromLatin1(script) };
    };
    QTest::newRow("success") << shell("exit 0") << 0;
    QTest::newRow("its own status") << shell("exit 7") << 7;
    QTest::newRow("killed") << shell("kill -9 $$") << 137;
    QTest::newRow("no such program") << QStringList { QStringLiteral("/nonexistent/program") } << 127;
}

void CliAcquireTest::aCommandRunsUnderTheLock()
{
    QFETCH(QStringList, command);
    QFETCH(int, status);
    const CliResult result = m_cli->run(
        QStringList { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--") } + command);
    QCOMPARE(result.status, status);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAcquireTest::aCommandGetsStandardInputAndOutput()
{
    const CliResult result = m_cli->run(
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--"), QStringLiteral("cat") },
        "through\n");
    QCOMPARE(result.status, 0);
    QCOMPARE(result.out, QByteArray("through\n"));
}

std::unique_ptr<QProcess> CliAcquireTest::startHolding(const QString& ttl)
{
    auto process = m_cli->start(
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--ttl"), ttl, QStringLiteral("--"),
            QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo ready; exec sleep 60") });
    if (!QTest::qWaitFor([&] { return process->bytesAvailable() >= 6; }, 20000))
        qWarning("the command did not start");
    return process;
}

void CliAcquireTest::theLockIsRenewedWhileTheCommandRuns()
{
    const std::unique_ptr<QProcess> process = startHolding(QStringLiteral("900"));
    const QByteArray token = m_cli->ask({ "GET", "lock:a" });
    // Three leases later it is the same holder.
    QTest::qWait(2700);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), token);
    QCOMPARE(process->state(), QProcess::Running);
    process->terminate();
    QCOMPARE(CliFixture::finish(*process).status, 128 + SIGTERM);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAcquireTest::aLostLockEndsTheCommand()
{
    const std::unique_ptr<QProcess> process = startHolding(QStringLiteral("1500"));
    m_cli->ask({ "DEL", "lock:a" });
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("lost"), result.err.constData());
}

void CliAcquireTest::aStolenLockIsLeftToItsThief()
{
    const std::unique_ptr<QProcess> process = startHolding(QStringLiteral("1500"));
    m_cli->ask({ "SET", "lock:a", "thief", "PX", "60000" });
    QCOMPARE(CliFixture::finish(*process).status, 1);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("thief"));
}

void CliAcquireTest::signalsReachTheCommandAndTheLockIsReleased_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void CliAcquireTest::signalsReachTheCommandAndTheLockIsReleased()
{
    QFETCH(int, signal);
    const std::unique_ptr<QProcess> process = startHolding(QStringLiteral("30000"));
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("1"));
    ::kill(pid_t(process->processId()), signal);
    QCOMPARE(CliFixture::finish(*process).status, 128 + signal);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAcquireTest::anInterruptedWaitLeavesNothingBehind()
{
    m_cli->ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    const std::unique_ptr<QProcess> process = m_cli->start(
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--wait"), QStringLiteral("60000") });
    // It waits when it has been refused at least once.
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "CLIENT", "LIST" }).contains("cmd=set"), 20000);
    ::kill(pid_t(process->processId()), SIGINT);
    QCOMPARE(CliFixture::finish(*process).status, 130);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

QTEST_GUILESS_MAIN(CliAcquireTest)
#include "tst_cliacquire.moc"
