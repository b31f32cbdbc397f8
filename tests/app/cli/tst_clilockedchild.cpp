// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/pseudoterminal.h"
#include "support/testsupport.h"

#include <csignal>

using namespace lockscope;

namespace {

constexpr int longWait = 30000;

/// The state letter of a process (`R`, `S`, `T`, `Z`…); 0 where there is none.
char stateOf(qint64 process)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(process));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray line = file.readAll();
    return line.mid(line.lastIndexOf(')') + 2, 1).at(0);
}

bool isOver(qint64 process)
{
    const char state = stateOf(process);
    return state == 0 || state == 'Z';
}

/// Also one that sleeps for good because its child was stopped between vfork() and exec().
bool isStoppedShell(qint64 process)
{
    const char state = stateOf(process);
    return state == 'T' || state == 'D';
}

} // namespace

/// `acquire KEY -- COMMAND`: what flock(1) promises, and what a lease adds to it.
class CliLockedChildTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init() { m_cli->ask({ "FLUSHALL" }); }
    void signalsReachTheCommand_data();
    void signalsReachTheCommand();
    void signalsReachItsWholeGroup();
    void aSignalWhileWaitingLeavesNothingBehind_data();
    void aSignalWhileWaitingLeavesNothingBehind();
    void aCommandThatIgnoresSigtermIsKilledWhenTheLockIsLost();
    void aShortStopGoesOn();
    void aStopBeyondTheLeaseEndsTheCommand();
    void theCommandEndsWithUs();
    void aStoppedServerEndsTheCommandBeforeTheLeaseIsOver();
    void aRestartedServerIsALostLock();
    void theReleaseSurvivesALostLink();
    void inATerminalTheCommandReadsItAndHearsCtrlCOnce();
    void aPipelineKeepsItsTerminal();
    void aFencingNumberIsForTheCommandToUse();

private:
    std::unique_ptr<QProcess> startShell(const QString& script, const QString& ttl = QStringLiteral("30000"));
    /// The number on the first line that the shell has written.
    [[nodiscard]] static qint64 firstNumber(QProcess& process);
    std::unique_ptr<CliFixture> m_cli;
};

std::unique_ptr<QProcess> CliLockedChildTest::startShell(const QString& script, const QString& ttl)
{
    return m_cli->start({ QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--ttl"), ttl,
        QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"), script });
}

qint64 CliLockedChildTest::firstNumber(QProcess& process)
{
    if (!QTest::qWaitFor([&] { return process.canReadLine(); }, longWait))
        return -1;
    return process.readLine().trimmed().toLongLong();
}

void CliLockedChildTest::signalsReachTheCommand_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("name");
    QTest::newRow("SIGINT") << SIGINT << QStringLiteral("INT");
    QTest::newRow("SIGTERM") << SIGTERM << QStringLiteral("TERM");
    QTest::newRow("SIGHUP") << SIGHUP << QStringLiteral("HUP");
    QTest::newRow("SIGQUIT") << SIGQUIT << QStringLiteral("QUIT");
    QTest::newRow("SIGUSR1") << SIGUSR1 << QStringLiteral("USR1");
    QTest::newRow("SIGUSR2") << SIGUSR2 << QStringLiteral("USR2");
    QTest::newRow("SIGWINCH") << SIGWINCH << QStringLiteral("WINCH");
}

void CliLockedChildTest::signalsReachTheCommand()
{
    QFETCH(int, signal);
    QFETCH(QString, name);
    const auto process
        = startShell(QStringLiteral("trap 'echo got %1; exit 42' %1; echo $$; while :; do sleep 0.05; done").arg(name));
    QVERIFY(firstNumber(*process) > 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("1"));
    ::kill(pid_t(process->processId()), signal);
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 42);
    QCOMPARE(result.out.trimmed(), "got " + name.toLatin1());
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliLockedChildTest::signalsReachItsWholeGroup()
{
    const auto process = startShell(QStringLiteral("sleep 60 & echo $!; wait"));
    const qint64 grandchild = firstNumber(*process);
    QVERIFY(grandchild > 0);
    ::kill(pid_t(process->processId()), SIGTERM);
    QCOMPARE(CliFixture::finish(*process).status, 128 + SIGTERM);
    QTRY_VERIFY_WITH_TIMEOUT(isOver(grandchild), longWait);
}

void CliLockedChildTest::aSignalWhileWaitingLeavesNothingBehind_data()
{
    QTest::addColumn<int>("signal");
    for (const int signal : { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 })
        QTest::addRow("%d", signal) << signal;
}

void CliLockedChildTest::aSignalWhileWaitingLeavesNothingBehind()
{
    QFETCH(int, signal);
    m_cli->ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    const auto process = m_cli->start({ QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--wait"),
        QStringLiteral("60000"), QStringLiteral("--"), QStringLiteral("touch"), m_cli->path(QStringLiteral("ran")) });
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "CLIENT", "LIST" }).contains("cmd=set"), longWait);
    ::kill(pid_t(process->processId()), signal);
    QCOMPARE(CliFixture::finish(*process).status, 130);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    QVERIFY(!QFile::exists(m_cli->path(QStringLiteral("ran"))));
}

void CliLockedChildTest::aCommandThatIgnoresSigtermIsKilledWhenTheLockIsLost()
{
    const auto process = startShell(
        QStringLiteral("trap '' TERM; sleep 120 & echo $!; while :; do sleep 0.1; done"), QStringLiteral("1500"));
    const qint64 grandchild = firstNumber(*process);
    QVERIFY(grandchild > 0);
    m_cli->ask({ "DEL", "lock:a" });
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("lost"), result.err.constData());
    QTRY_VERIFY_WITH_TIMEOUT(isOver(grandchild), longWait);
}

void CliLockedChildTest::aShortStopGoesOn()
{
    const auto process = startShell(QStringLiteral("echo $$; sleep 2; exit 5"), QStringLiteral("20000"));
    const qint64 command = firstNumber(*process);
    QVERIFY(command > 0);
    ::kill(pid_t(process->processId()), SIGTSTP);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(process->processId()), 'T', longWait);
    QTRY_VERIFY_WITH_TIMEOUT(isStoppedShell(command), longWait);
    m_cli->ask({ "PEXPIRE", "lock:a", "15000" });
    ::kill(pid_t(process->processId()), SIGCONT);
    // It is renewed at once.
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "PTTL", "lock:a" }).toInt() > 15000, longWait);
    QCOMPARE(CliFixture::finish(*process).status, 5);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliLockedChildTest::aStopBeyondTheLeaseEndsTheCommand()
{
    const QString file = m_cli->path(QStringLiteral("work"));
    const auto process = startShell(
        QStringLiteral("echo $$; while :; do echo x >> %1; sleep 0.02; done").arg(file), QStringLiteral("1500"));
    const qint64 command = firstNumber(*process);
    QVERIFY(command > 0);
    ::kill(pid_t(process->processId()), SIGTSTP);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(process->processId()), 'T', longWait);
    QTRY_VERIFY_WITH_TIMEOUT(isStoppedShell(command), longWait);
    QTRY_COMPARE_WITH_TIMEOUT(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"), longWait);
    m_cli->ask({ "SET", "lock:a", "next", "PX", "60000" });
    const qint64 done = QFileInfo(file).size();
    ::kill(pid_t(process->processId()), SIGCONT);
    QCOMPARE(CliFixture::finish(*process).status, 1);
    // It was told to end before it was told to go on: not one step was made without the lock.
    QVERIFY(QFileInfo(file).size() <= done + 2);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("next"));
}

void CliLockedChildTest::theCommandEndsWithUs()
{
    const auto process = startShell(QStringLiteral("echo $$; exec sleep 60"), QStringLiteral("1500"));
    const qint64 command = firstNumber(*process);
    QVERIFY(command > 0);
    ::kill(pid_t(process->processId()), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(isOver(command), longWait);
    // The TTL does the rest.
    QTRY_COMPARE_WITH_TIMEOUT(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"), longWait);
}

void CliLockedChildTest::aStoppedServerEndsTheCommandBeforeTheLeaseIsOver()
{
    const auto process = startShell(QStringLiteral("echo $$; exec sleep 60"), QStringLiteral("1500"));
    QVERIFY(firstNumber(*process) > 0);
    m_cli->server().suspend();
    const bool ended = QTest::qWaitFor([&] { return process->state() == QProcess::NotRunning; }, longWait);
    m_cli->server().resume();
    QVERIFY(ended);
    QCOMPARE(CliFixture::finish(*process).status, 1);
}

void CliLockedChildTest::aRestartedServerIsALostLock()
{
    CliFixture cli(QStringLiteral(LOCKSCOPE_CLI));
    const auto process = cli.start({ QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--ttl"),
        QStringLiteral("3000"), QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"),
        QStringLiteral("echo $$; exec sleep 60") });
    QVERIFY(firstNumber(*process) > 0);
    cli.server().kill();
    VERIFY_RESULT(cli.server().restart());
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("lost"), result.err.constData());
}

void CliLockedChildTest::theReleaseSurvivesALostLink()
{
    const auto process = startShell(QStringLiteral("echo $$; read line; exit 0"), QStringLiteral("20000"));
    QVERIFY(firstNumber(*process) > 0);
    m_cli->server().suspend();
    process->write("go\n");
    process->closeWriteChannel();
    QTest::qWait(300);
    m_cli->server().resume();
    m_cli->ask({ "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes" });
    QCOMPARE(CliFixture::finish(*process).status, 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliLockedChildTest::inATerminalTheCommandReadsItAndHearsCtrlCOnce()
{
    PseudoTerminal terminal(100, 30);
    const auto process = terminal.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--"), QStringLiteral("sh"),
            QStringLiteral("-c"),
            QStringLiteral("trap 'echo interrupted' INT; echo ready; read line; echo \"read:$line\"; "
                           "until read end; do :; done; exit 6") },
        m_cli->environment());
    QVERIFY(terminal.waitFor("ready"));
    terminal.type("hello\n");
    QVERIFY(terminal.waitFor("read:hello"));
    terminal.type("\x03");
    QVERIFY(terminal.waitFor("interrupted"));
    terminal.type("end\n");
    QTRY_COMPARE_WITH_TIMEOUT(process->state(), QProcess::NotRunning, longWait);
    QCOMPARE(process->exitCode(), 6);
    QCOMPARE(terminal.output().count("interrupted"), 1);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliLockedChildTest::aPipelineKeepsItsTerminal()
{
    PseudoTerminal terminal(100, 30);
    // The reader at the end of the pipe is in our process group and reads the terminal itself.
    const QString pipeline = QStringLiteral("%1 acquire lock:a -- sh -c 'echo ready; sleep 1' | "
                                            "(read first; echo \"$first\"; read typed < /dev/tty; echo typed:$typed)")
                                 .arg(QStringLiteral(LOCKSCOPE_CLI));
    const auto process
        = terminal.start(QStringLiteral("/bin/sh"), { QStringLiteral("-c"), pipeline }, m_cli->environment());
    QVERIFY(terminal.waitFor("ready"));
    terminal.type("yes\n");
    QVERIFY(terminal.waitFor("typed:yes"));
    QTRY_COMPARE_WITH_TIMEOUT(process->state(), QProcess::NotRunning, longWait);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliLockedChildTest::aFencingNumberIsForTheCommandToUse()
{
    const QStringList acquire { QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--fence"),
        QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo $LOCKSCOPE_FENCE") };
    QCOMPARE(m_cli->run(acquire).out, QByteArray("1\n"));
    QCOMPARE(m_cli->run(acquire).out, QByteArray("2\n"));
}

QTEST_GUILESS_MAIN(CliLockedChildTest)
#include "tst_clilockedchild.moc"
