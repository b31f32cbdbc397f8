// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/pseudoterminal.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <csignal>

using namespace lockscope;

/// `watch` as a stream and as a screen.
class CliWatchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void eventsTellTheLifeOfALock();
    void theSnapshotAtTheEndIsWhatTheServerHas();
    void anInterruptIsStatus130();
    void aClosedOutputEndsItQuietly();
    void withoutNotificationsItTracksAndSaysSo();
    void withoutAnyEarItPollsAndSaysSo();
    void aRestartedServerIsNotSaidToBeSilent();
    void consentSwitchesNotificationsOn();
    void noConnectionIsStatusThree();
    void theScreenShowsLocksAndGoesAway_data();
    void theScreenShowsLocksAndGoesAway();
    void forceReleaseAsksOnATerminal_data();
    void forceReleaseAsksOnATerminal();
    void passwordsAreAskedWithoutEcho();

private:
    std::unique_ptr<QProcess> startStream(const QStringList& options = {});
    /// Events of one key, as names, once the last of them is this one.
    QStringList eventsUntil(QProcess& process, const QString& key, const QString& last);
    QByteArray m_output;
    std::unique_ptr<CliFixture> m_cli;
};

void CliWatchTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "CONFIG", "SET", "notify-keyspace-events", "Kg$hszlxe" });
    m_output.clear();
}

std::unique_ptr<QProcess> CliWatchTest::startStream(const QStringList& options)
{
    return m_cli->start(QStringList { QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--match"),
                            QStringLiteral("lock:*") }
        + options);
}

QStringList CliWatchTest::eventsUntil(QProcess& process, const QString& key, const QString& last)
{
    QStringList names;
    const bool seen = QTest::qWaitFor(
        [&] {
            m_output += process.readAllStandardOutput();
            names.clear();
            const CliResult result { 0, m_output.left(m_output.lastIndexOf('\n') + 1), {} };
            const QList<QJsonObject> events = result.lines();
            for (const QJsonObject& event : events) {
                if (event.value(QLatin1StringView("key")).toString() == key)
                    names << event.value(QLatin1StringView("event")).toString();
            }
            return !names.isEmpty() && names.last() == last;
        },
        20000);
    return seen ? names : names << QStringLiteral("(timeout)") << QString::fromUtf8(process.readAllStandardError());
}

void CliWatchTest::eventsTellTheLifeOfALock()
{
    m_cli->ask({ "SET", "lock:old", "t0", "PX", "60000" });
    const std::unique_ptr<QProcess> process = startStream();
    const QString life = QStringLiteral("lock:life");
    QCOMPARE(eventsUntil(*process, QStringLiteral("lock:old"), QStringLiteral("found")),
        QStringList { QStringLiteral("found") });
    m_cli->ask({ "SET", "lock:life", "t1", "NX", "PX", "20000" });
    eventsUntil(*process, life, QStringLiteral("acquired"));
    m_cli->ask({ "PEXPIRE", "lock:life", "60000" });
    eventsUntil(*process, life, QStringLiteral("renewed"));
    m_cli->ask({ "SET", "lock:life", "t2", "PX", "60000" });
    eventsUntil(*process, life, QStringLiteral("holder_changed"));
    m_cli->ask({ "PERSIST", "lock:life" });
    eventsUntil(*process, life, QStringLiteral("lost_ttl"));
    m_cli->ask({ "DEL", "lock:life" });
    eventsUntil(*process, life, QStringLiteral("released"));
    m_cli->ask({ "SET", "lock:life", "t3", "PX", "100" });
    QCOMPARE(eventsUntil(*process, life, QStringLiteral("expired")),
        (QStringList { QStringLiteral("acquired"), QStringLiteral("renewed"), QStringLiteral("holder_changed"),
            QStringLiteral("lost_ttl"), QStringLiteral("released"), QStringLiteral("acquired"),
            QStringLiteral("expired") }));
    process->terminate();
    QCOMPARE(CliFixture::finish(*process).status, 130);
    const QJsonObject event = CliResult { 0, m_output, {} }.lines().first();
    QCOMPARE(event.keys(),
        (QStringList { QStringLiteral("at"), QStringLiteral("certain"), QStringLiteral("db"), QStringLiteral("event"),
            QStringLiteral("family"), QStringLiteral("key"), QStringLiteral("node"), QStringLiteral("previous_token"),
            QStringLiteral("source"), QStringLiteral("token"), QStringLiteral("ttl_ms") }));
}

void CliWatchTest::theSnapshotAtTheEndIsWhatTheServerHas()
{
    const QString file = m_cli->path(QStringLiteral("snapshot.json"));
    m_cli->ask({ "SET", "lock:stays", "t", "PX", "60000" });
    m_cli->ask({ "SET", "lock:goes", "t", "PX", "60000" });
    const std::unique_ptr<QProcess> process
        = startStream({ QStringLiteral("--duration"), QStringLiteral("2"), QStringLiteral("--snapshot-at-end"), file });
    eventsUntil(*process, QStringLiteral("lock:goes"), QStringLiteral("found"));
    m_cli->ask({ "DEL", "lock:goes" });
    m_cli->ask({ "SET", "lock:comes", "t", "PX", "60000" });
    QCOMPARE(CliFixture::finish(*process).status, 0);
    QFile snapshot(file);
    QVERIFY(snapshot.open(QIODevice::ReadOnly));
    const QJsonObject json = QJsonDocument::fromJson(snapshot.readAll()).object();
    QStringList keys;
    const QJsonArray locks = json.value(QLatin1StringView("locks")).toArray();
    for (const QJsonValue& lock : locks)
        keys << lock.toObject().value(QLatin1StringView("key")).toString();
    keys.sort();
    QCOMPARE(keys, (QStringList { QStringLiteral("lock:comes"), QStringLiteral("lock:stays") }));
    QVERIFY(json.contains(QLatin1StringView("server")));
    QVERIFY(json.contains(QLatin1StringView("taken_at")));
}

void CliWatchTest::anInterruptIsStatus130()
{
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    const std::unique_ptr<QProcess> process = startStream();
    eventsUntil(*process, QStringLiteral("lock:a"), QStringLiteral("found"));
    ::kill(pid_t(process->processId()), SIGINT);
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 130);
    QCOMPARE(result.err, QByteArray());
}

void CliWatchTest::aClosedOutputEndsItQuietly()
{
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    QProcess shell;
    shell.setProcessEnvironment(m_cli->environment());
    shell.start(QStringLiteral("sh"),
        { QStringLiteral("-c"), QStringLiteral("{ \"$0\" watch --json; echo status $? >&2; } | head -n 1"),
            QStringLiteral(LOCKSCOPE_CLI) });
    // It notices with the first line that nobody takes.
    int token = 0;
    const auto hasEnded = [&] {
        m_cli->ask({ "SET", "lock:b", QByteArray::number(++token), "PX", "60000" });
        return shell.state() == QProcess::NotRunning;
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 20000);
    QCOMPARE(shell.readAllStandardError(), QByteArray("status 0\n"));
    QCOMPARE(shell.readAllStandardOutput().count('\n'), 1);
}

void CliWatchTest::withoutNotificationsItTracksAndSaysSo()
{
    m_cli->ask({ "CONFIG", "SET", "notify-keyspace-events", "" });
    m_cli->ask({ "SET", "lock:old", "t", "PX", "60000" });
    const QString file = m_cli->path(QStringLiteral("tracked.json"));
    const std::unique_ptr<QProcess> process = startStream({ QStringLiteral("--snapshot-at-end"), file,
        QStringLiteral("--budget"), QStringLiteral("150"), QStringLiteral("--duration"), QStringLiteral("8") });
    eventsUntil(*process, QStringLiteral("lock:old"), QStringLiteral("found"));
    m_cli->ask({ "SET", "lock:tracked", "t", "PX", "60000" });
    eventsUntil(*process, QStringLiteral("lock:tracked"), QStringLiteral("acquired"));
    m_cli->ask({ "DEL", "lock:tracked" });
    QCOMPARE(eventsUntil(*process, QStringLiteral("lock:tracked"), QStringLiteral("released")),
        (QStringList { QStringLiteral("acquired"), QStringLiteral("released") }));
    const QJsonObject released = CliResult { 0, m_output, {} }.lines().last();
    QCOMPARE(released.value(QLatin1StringView("source")).toString(), QStringLiteral("tracking"));
    QCOMPARE(released.value(QLatin1StringView("certain")), QJsonValue(false));
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains("client tracking") && result.err.contains("--enable-notifications"),
        result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
    QFile snapshot(file);
    QVERIFY(snapshot.open(QIODevice::ReadOnly));
    const QJsonObject server
        = QJsonDocument::fromJson(snapshot.readAll()).object().value(QLatin1StringView("server")).toObject();
    QCOMPARE(server.value(QLatin1StringView("listening")).toString(), QStringLiteral("tracking"));
    QVERIFY(server.value(QLatin1StringView("blind_spots")).toArray().contains(QStringLiteral("how_it_ended")));
    QCOMPARE(m_cli->ask({ "CONFIG", "GET", "notify-keyspace-events" }), QByteArray("notify-keyspace-events "));
}

void CliWatchTest::withoutAnyEarItPollsAndSaysSo()
{
    m_cli->ask({ "CONFIG", "SET", "notify-keyspace-events", "" });
    m_cli->ask({ "SET", "lock:old", "t", "PX", "60000" });
    const std::unique_ptr<QProcess> process
        = startStream({ QStringLiteral("--listen"), QStringLiteral("notifications") });
    eventsUntil(*process, QStringLiteral("lock:old"), QStringLiteral("found"));
    m_cli->ask({ "SET", "lock:polled", "t", "PX", "60000" });
    QCOMPARE(eventsUntil(*process, QStringLiteral("lock:polled"), QStringLiteral("acquired")),
        QStringList { QStringLiteral("acquired") });
    process->terminate();
    const CliResult result = CliFixture::finish(*process);
    QVERIFY2(result.err.contains("polling") && result.err.contains("--enable-notifications"), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
    QCOMPARE(m_cli->ask({ "CONFIG", "GET", "notify-keyspace-events" }), QByteArray("notify-keyspace-events "));
}

void CliWatchTest::aRestartedServerIsNotSaidToBeSilent()
{
    CliFixture fixture(QStringLiteral(LOCKSCOPE_CLI));
    const QStringList command { QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--match"),
        QStringLiteral("lock:*") };
    fixture.ask({ "SET", "lock:old", "t", "PX", "60000" });
    const std::unique_ptr<QProcess> process = fixture.start(command);
    QCOMPARE(eventsUntil(*process, QStringLiteral("lock:old"), QStringLiteral("found")).size(), 1);
    fixture.server().kill();
    const Status restarted = fixture.server().restart();
    QVERIFY2(restarted, restarted ? "" : qPrintable(restarted.error().detail));
    QVERIFY(eventsUntil(*process, QString(), QStringLiteral("gap")).endsWith(QStringLiteral("gap")));
    process->terminate();
    // Its notifications are on, before and after: that none was heard in between was the lost connection.
    QCOMPARE(CliFixture::finish(*process).err, QByteArray());
}

void CliWatchTest::consentSwitchesNotificationsOn()
{
    m_cli->ask({ "CONFIG", "SET", "notify-keyspace-events", "" });
    const std::unique_ptr<QProcess> process = startStream({ QStringLiteral("--enable-notifications") });
    const QByteArray off("notify-keyspace-events ");
    QTRY_VERIFY_WITH_TIMEOUT(m_cli->ask({ "CONFIG", "GET", "notify-keyspace-events" }) != off, 20000);
    process->terminate();
    QCOMPARE(CliFixture::finish(*process).status, 130);
}

void CliWatchTest::noConnectionIsStatusThree()
{
    const CliResult result = m_cli->run({ QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--uri"),
        QStringLiteral("unix:///nonexistent/redis.sock") });
    QCOMPARE(result.status, 3);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("connect"));
}

void CliWatchTest::theScreenShowsLocksAndGoesAway_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("status");
    QTest::newRow("q") << 0 << 0;
    QTest::newRow("Ctrl-C typed") << -1 << 130;
    QTest::newRow("SIGINT") << SIGINT << 130;
    QTest::newRow("SIGTERM") << SIGTERM << 130;
    QTest::newRow("SIGHUP") << SIGHUP << 130;
    QTest::newRow("SIGQUIT") << SIGQUIT << 130;
}

void CliWatchTest::theScreenShowsLocksAndGoesAway()
{
    QFETCH(int, signal);
    QFETCH(int, status);
    m_cli->ask({ "SET", "lock:on-screen", "4f1c2b0e9d8a7b6c5d4e3f2a1b0c9d8e", "PX", "60000" });
    PseudoTerminal terminal(100, 30);
    const termios before = terminal.settings();
    const auto process
        = terminal.start(QStringLiteral(LOCKSCOPE_CLI), { QStringLiteral("watch") }, m_cli->environment());
    QVERIFY2(terminal.waitFor("lock:on-screen"), terminal.output().constData());
    QVERIFY(terminal.output().contains("\x1b[?1049h"));
    QVERIFY(terminal.output().contains("REMAINING"));
    QCOMPARE(terminal.settings().c_lflag & (ICANON | ECHO), tcflag_t(0));
    if (signal <= 0)
        terminal.type(signal == 0 ? "q" : "\x03");
    else
        ::kill(pid_t(process->processId()), signal);
    QCOMPARE(CliFixture::finish(*process).status, status);
    QVERIFY(terminal.waitFor("\x1b[?1049l"));
    QCOMPARE(terminal.settings().c_lflag, before.c_lflag);
    QVERIFY(terminal.waitFor("\x1b[?25h")); // the cursor is back
}

void CliWatchTest::forceReleaseAsksOnATerminal_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("left");
    QTest::newRow("yes") << QByteArray("yes\n") << 0 << QByteArray("0");
    QTest::newRow("y is not yes") << QByteArray("y\n") << 1 << QByteArray("1");
    QTest::newRow("Ctrl-C") << QByteArray("\x03") << 130 << QByteArray("1");
}

void CliWatchTest::forceReleaseAsksOnATerminal()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, status);
    QFETCH(QByteArray, left);
    m_cli->ask({ "SET", "lock:asked", "t", "PX", "60000" });
    PseudoTerminal terminal(100, 30);
    const auto process = terminal.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("force-release"), QStringLiteral("lock:asked"), QStringLiteral("--any-token"),
            QStringLiteral("--reason"), QStringLiteral("test") },
        m_cli->environment());
    QVERIFY2(terminal.waitFor("Type yes"), terminal.output().constData());
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:asked" }), QByteArray("1"));
    terminal.type(answer);
    QCOMPARE(CliFixture::finish(*process).status, status);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:asked" }), left);
}

void CliWatchTest::passwordsAreAskedWithoutEcho()
{
    m_cli->ask({ "CONFIG", "SET", "requirepass", "s3cret" });
    PseudoTerminal terminal(100, 30);
    const auto process
        = terminal.start(QStringLiteral(LOCKSCOPE_CLI), { QStringLiteral("list") }, m_cli->environment());
    const bool asked = terminal.waitFor("Password for");
    terminal.type("s3cret\n");
    const int status = CliFixture::finish(*process).status;
    m_cli->ask({ "CONFIG", "SET", "requirepass", "" });
    QVERIFY2(asked, terminal.output().constData());
    QCOMPARE(status, 0);
    QVERIFY(terminal.waitFor("STATE"));
    QVERIFY(!terminal.output().contains("s3cret"));
}

QTEST_GUILESS_MAIN(CliWatchTest)
#include "tst_cliwatch.moc"
