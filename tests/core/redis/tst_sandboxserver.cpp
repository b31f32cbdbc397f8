// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "support/testsupport.h"

#include <QFileInfo>
#include <QProcess>
#include <QScopeGuard>
#include <QTemporaryDir>

#include <csignal>

using namespace lockscope;

namespace {

// Sends one command on a link of its own; the error's name if there is one.
QByteArray answerTo(const ConnectionSpec& spec, const Command& command)
{
    Connection connection(spec, std::make_shared<const CommandGate>());
    connection.open();
    std::optional<QByteArray> answer;
    if (!QTest::qWaitFor([&] { return connection.isReady(); }))
        return "not ready";
    connection.send(command, [&answer](Result<ReplyView> reply) {
        answer = reply ? reply->isArray() ? reply->at(1).toByteArray() : reply->toByteArray()
                       : "error " + reply.error().detail.toUtf8();
    });
    return QTest::qWaitFor([&] { return answer.has_value(); }) ? *answer : "no answer";
}

} // namespace

class SandboxServerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isPrivateAndReady();
    void severalAtOnce();
    void listensOnAPortOnRequest();
    void optionsArePassedOn();
    void killAndRestart();
    void suspendAndResume();
    void nothingIsLeftBehind();
    void inheritsNoPassword();
    void aMissingProgramIsSaid();
    void aRefusedOptionIsSaid();
    void endsWithItsOwner();
};

void SandboxServerTest::isPrivateAndReady()
{
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    const QFileInfo socket((*server)->socketPath());
    QVERIFY(socket.exists());
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QVERIFY(!(QFileInfo(socket.absolutePath()).permissions() & others));
    QCOMPARE((*server)->port(), quint16(0));
    QVERIFY((*server)->processId() > 0);
    QCOMPARE(answerTo((*server)->spec(), { "DEBUG", "SET-ACTIVE-EXPIRE", "1" }), QByteArray("OK"));
    QCOMPARE(answerTo((*server)->spec(), { "CONFIG", "GET", "save" }), QByteArray());
    QVERIFY(answerTo((*server)->spec(), { "CONFIG", "GET", "notify-keyspace-events" }).contains('K'));
}

void SandboxServerTest::severalAtOnce()
{
    SandboxServer::Options options;
    options.tcp = true;
    std::vector<std::unique_ptr<SandboxServer>> servers;
    for (int i = 0; i < 5; ++i) {
        Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
        VERIFY_RESULT(server);
        servers.push_back(std::move(*server));
    }
    for (size_t i = 0; i < servers.size(); ++i) {
        const QByteArray number = QByteArray::number(quint64(i));
        QCOMPARE(answerTo(servers[i]->spec(), { "SET", "number", number }), QByteArray("OK"));
    }
    for (size_t i = 0; i < servers.size(); ++i)
        QCOMPARE(answerTo(servers[i]->tcpSpec(), { "GET", "number" }), QByteArray::number(quint64(i)));
}

void SandboxServerTest::listensOnAPortOnRequest()
{
    SandboxServer::Options options;
    options.tcp = true;
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    QVERIFY((*server)->port() > 0);
    QCOMPARE(answerTo((*server)->tcpSpec(), { "ECHO", "tcp" }), QByteArray("tcp"));
}

void SandboxServerTest::optionsArePassedOn()
{
    SandboxServer::Options options;
    options.notifyFlags.clear();
    options.arguments = { QStringLiteral("--maxmemory"), QStringLiteral("7mb") };
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    QCOMPARE(answerTo((*server)->spec(), { "CONFIG", "GET", "notify-keyspace-events" }), QByteArray());
    QCOMPARE(answerTo((*server)->spec(), { "CONFIG", "GET", "maxmemory" }), QByteArray::number(7 << 20));
}

void SandboxServerTest::killAndRestart()
{
    SandboxServer::Options options;
    options.tcp = true;
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    QCOMPARE(answerTo((*server)->spec(), { "SET", "k", "v" }), QByteArray("OK"));
    const quint16 port = (*server)->port();
    const auto firstProcess = pid_t((*server)->processId());
    (*server)->kill();
    QCOMPARE((*server)->processId(), 0);
    QCOMPARE(::kill(firstProcess, 0), -1);
    (*server)->kill(); // once more does no harm
    VERIFY_RESULT((*server)->restart());
    QCOMPARE((*server)->port(), port);
    QCOMPARE(answerTo((*server)->tcpSpec(), { "EXISTS", "k" }), QByteArray());
    QCOMPARE(answerTo((*server)->spec(), { "GET", "k" }), QByteArray());
    VERIFY_RESULT((*server)->restart()); // while it runs
    QCOMPARE(answerTo((*server)->tcpSpec(), { "ECHO", "x" }), QByteArray("x"));
}

void SandboxServerTest::suspendAndResume()
{
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    Connection connection((*server)->spec(), std::make_shared<const CommandGate>());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    (*server)->suspend();
    std::optional<ErrorKind> late;
    bool answered = false;
    connection.send(
        { "PING" }, [&late](Result<ReplyView> reply) { late = reply.error().kind; }, Milliseconds(50));
    connection.send({ "PING" }, [&answered](Result<ReplyView> reply) { answered = reply.has_value(); });
    QTRY_COMPARE(late, ErrorKind::Timeout);
    QVERIFY(!answered);
    (*server)->resume();
    QTRY_VERIFY(answered);
}

void SandboxServerTest::nothingIsLeftBehind()
{
    QString folder;
    pid_t process = 0;
    {
        const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
        VERIFY_RESULT(server);
        folder = QFileInfo((*server)->socketPath()).absolutePath();
        process = pid_t((*server)->processId());
        (*server)->suspend(); // a stopped one ends as well
    }
    QVERIFY(!QFileInfo::exists(folder));
    QCOMPARE(::kill(process, 0), -1);
}

// The server itself overwrites what /proc shows of its environment; a script in its place writes it down.
void SandboxServerTest::inheritsNoPassword()
{
    const QTemporaryDir folder;
    const QString script = folder.filePath(QStringLiteral("server"));
    const QString seen = folder.filePath(QStringLiteral("environment"));
    QFile file(script);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\nenv > '" + QFile::encodeName(seen) + "'\nexec redis-server \"$@\"\n");
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    SandboxServer::Options options;
    options.program = script;
    const auto set = [](const char* name, const char* value) {
        qputenv(name, value);
        return qScopeGuard([name] { qunsetenv(name); });
    };
    const auto password = set("REDISCLI_AUTH", "s3cret-Word-77");
    const auto uri = set("LOCKSCOPE_URI", "redis://u:s3cret-Word-77@h");
    const auto other = set("LOCKSCOPE_URI_OF_SOMEBODY", "kept");
    const auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    QFile environment(seen);
    QVERIFY(environment.open(QIODevice::ReadOnly));
    const QByteArray text = environment.readAll();
    QVERIFY(text.contains("LOCKSCOPE_URI_OF_SOMEBODY=kept"));
    QVERIFY(!text.contains("s3cret-Word-77"));
}

void SandboxServerTest::aMissingProgramIsSaid()
{
    SandboxServer::Options options;
    options.program = QStringLiteral("no-such-redis-server");
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    QVERIFY(!server);
    QCOMPARE(server.error().kind, ErrorKind::NotSupported);
    QVERIFY(server.error().detail.contains(QStringLiteral("redis-server")));
}

void SandboxServerTest::aRefusedOptionIsSaid()
{
    SandboxServer::Options options;
    options.arguments = { QStringLiteral("--no-such-option"), QStringLiteral("1") };
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    QVERIFY(!server);
    QVERIFY2(server.error().detail.contains(QStringLiteral("no-such-option")), qPrintable(server.error().detail));
}

// A child of ours starts a server and is killed: the server must not stay.
void SandboxServerTest::endsWithItsOwner()
{
    if (qEnvironmentVariableIsSet("LOCKSCOPE_TEST_SANDBOX_OWNER")) {
        const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
        VERIFY_RESULT(server);
        printf("pid=%lld\n", static_cast<long long>((*server)->processId()));
        fflush(stdout);
        QTest::qWait(60'000);
        return;
    }
    QProcess owner;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LOCKSCOPE_TEST_SANDBOX_OWNER"), QStringLiteral("1"));
    owner.setProcessEnvironment(environment);
    owner.start(QCoreApplication::applicationFilePath(), { QStringLiteral("endsWithItsOwner") });
    QByteArray output;
    QTRY_VERIFY_WITH_TIMEOUT(
        (output += owner.readAllStandardOutput()).contains("pid=") && output.indexOf('\n', output.indexOf("pid=")) > 0,
        20'000);
    const qsizetype begin = output.indexOf("pid=") + 4;
    const auto process = pid_t(output.mid(begin, output.indexOf('\n', begin) - begin).toInt());
    QVERIFY(process > 0);
    QCOMPARE(::kill(process, 0), 0);
    owner.kill();
    QVERIFY(owner.waitForFinished());
    const auto isGone = [process] {
        QFile status(QStringLiteral("/proc/%1/stat").arg(process));
        // It may stay as a zombie where nobody reaps orphans.
        return !status.open(QIODevice::ReadOnly) || status.readAll().contains(") Z ");
    };
    QTRY_VERIFY(isGone());
}

QTEST_GUILESS_MAIN(SandboxServerTest)
#include "tst_sandboxserver.moc"
