// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"
#include "support/clifixture.h"
#include "support/pseudoterminal.h"
#include "support/secretsearch.h"
#include "support/sshfixture.h"

#include <QTest>

namespace lockscope {

/// A password that lockscope-cli was given is nowhere else but on the wire.
class CliSecretsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSearchFinds();
    void inTheUri();
    void refused();
    void printedByACommand();
    void typedAtThePrompt();
    void inTheEnvironmentOfChildren();
    void theCommandOfALockSeesNone();
};

static const QByteArray secret = "s3cret-Word-77-cli";

/// A server that lets `ops` in with the secret, and a home for the program.
struct GuardedServer {
    ProgramHome home;
    std::unique_ptr<SandboxServer> server;
    std::unique_ptr<BlockingClient> client;

    GuardedServer()
    {
        SandboxServer::Options options;
        options.tcp = true;
        server = std::move(*SandboxServer::start(options));
        client = std::make_unique<BlockingClient>(server->socketPath());
        client->run({ "ACL", "SETUSER", "ops", "on", '>' + secret, "~*", "&*", "+@all" });
        client->run({ "SET", "lock:a", "token-1", "PX", "600000" });
    }
    [[nodiscard]] QString uri(const QByteArray& user) const
    {
        return QStringLiteral("redis://%1@127.0.0.1:%2/0").arg(QString::fromUtf8(user)).arg(server->port());
    }
    [[nodiscard]] bool isIn() { return client->run({ "CLIENT", "LIST" }).text.contains("user=ops"); }
    [[nodiscard]] std::unique_ptr<QProcess> start(
        const QStringList& arguments, const QProcessEnvironment& environment) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(environment);
        process->start(QStringLiteral(LOCKSCOPE_CLI), arguments);
        return process;
    }
};

/// Ends the program, and answers where it has left the secret, if anywhere.
static QString leftBy(QProcess& process, const ProgramHome& home)
{
    const SecretSearch search(secret);
    QStringList found { search.inProcess(process.processId()), search.inChildren(process.processId()) };
    process.terminate();
    const CliResult result = CliFixture::finish(process);
    found << search.inBytes(result.out, QStringLiteral("standard output"))
          << search.inBytes(result.err, QStringLiteral("standard error")) << search.inFolder(home.path());
    found.removeAll(QString());
    return found.join(QLatin1Char('\n'));
}

static const QStringList watching { QStringLiteral("watch"), QStringLiteral("--verbose"), QStringLiteral("--uri") };

void CliSecretsTest::theSearchFinds()
{
    const SecretSearch search(secret);
    const ProgramHome home;
    QVERIFY(search.inFolder(home.path()).isEmpty());
    const QByteArrayList forms { secret, QByteArray("x" + secret + "y"), QByteArray("ab" + secret).toBase64(),
        QByteArray("a:" + secret).toBase64(), QByteArray("a" + secret + "bc").toBase64(), secret.toHex(),
        QByteArray(reinterpret_cast<const char*>(QString::fromUtf8(secret).utf16()), secret.size() * 2) };
    for (const QByteArray& form : forms) {
        QFile file(home.path(QStringLiteral("tmp/.hidden")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(form);
        file.close();
        QVERIFY2(!search.inFolder(home.path()).isEmpty(), form.constData());
    }
    QProcess process;
    QProcessEnvironment environment = home.environment();
    environment.insert(QStringLiteral("WORD"), QString::fromUtf8(secret));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral("sleep"), { QStringLiteral("60") });
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY(search.inChildren(::getpid()).contains(QStringLiteral("environ")));
    process.kill();
    process.waitForFinished();
    process.start(
        QStringLiteral("sh"), { QStringLiteral("-c"), QStringLiteral("read line"), QString::fromUtf8(secret) });
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY(!search.inProcess(process.processId()).isEmpty());
    process.kill();
    process.waitForFinished();
}

void CliSecretsTest::inTheUri()
{
    GuardedServer guarded;
    const auto process
        = guarded.start(watching + QStringList { guarded.uri("ops:" + secret) }, guarded.home.environment());
    QTRY_VERIFY_WITH_TIMEOUT(guarded.isIn(), 30000);
    // The user name and the server stay readable.
    QFile line(QStringLiteral("/proc/%1/cmdline").arg(process->processId()));
    QVERIFY(line.open(QIODevice::ReadOnly));
    QVERIFY(
        line.readAll().contains(QByteArray("redis://ops:***@127.0.0.1:" + QByteArray::number(guarded.server->port()))));
    QCOMPARE(leftBy(*process, guarded.home), QString());
}

void CliSecretsTest::refused()
{
    GuardedServer guarded;
    const auto process = guarded.start({ QStringLiteral("list"), QStringLiteral("--verbose"),
                                           QStringLiteral("--uri=") + guarded.uri("nobody:" + secret) },
        guarded.home.environment());
    QVERIFY(process->waitForFinished(30000));
    QCOMPARE(process->exitCode(), 3);
    QCOMPARE(leftBy(*process, guarded.home), QString());
}

void CliSecretsTest::printedByACommand()
{
    GuardedServer guarded;
    SavedConnection connection;
    connection.id = newConnectionId();
    connection.name = QStringLiteral("guarded");
    connection.specs = { *parseConnectionUri(guarded.uri("ops")) };
    connection.passwordSource = PasswordSource::Command;
    // The command writes down what it was started with.
    connection.passwordCommand
        = { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("env > \"$1\"; cat \"$2\""),
              QStringLiteral("sh"), guarded.home.path(QStringLiteral("tmp/environment")), guarded.home.vault(secret) };
    const ConnectionBookFile book(guarded.home.path(QStringLiteral("config/lockscope/connections.json")));
    QVERIFY(book.update([&connection](ConnectionBook& all) { all.put(connection); }));
    QProcessEnvironment environment = guarded.home.environment();
    environment.insert(QStringLiteral("LOCKSCOPE_URI"), guarded.uri("other:" + secret));
    const auto process = guarded.start({ QStringLiteral("watch"), QStringLiteral("--verbose"),
                                           QStringLiteral("--connection"), QStringLiteral("guarded") },
        environment);
    QTRY_VERIFY_WITH_TIMEOUT(guarded.isIn(), 30000);
    QVERIFY(QFile(guarded.home.path(QStringLiteral("tmp/environment"))).size() > 0);
    QCOMPARE(leftBy(*process, guarded.home), QString());
}

void CliSecretsTest::typedAtThePrompt()
{
    GuardedServer guarded;
    PseudoTerminal terminal(100, 30);
    const auto process = terminal.start(
        QStringLiteral(LOCKSCOPE_CLI), watching + QStringList { guarded.uri("ops") }, guarded.home.environment());
    QVERIFY2(terminal.waitFor("Password for"), terminal.output().constData());
    terminal.type(secret + '\n');
    QVERIFY2(terminal.waitFor("lock:a"), terminal.output().constData());
    QVERIFY(guarded.isIn());
    QCOMPARE(leftBy(*process, guarded.home), QString());
    QCOMPARE(SecretSearch(secret).inBytes(terminal.output(), QStringLiteral("the terminal")), QString());
}

void CliSecretsTest::inTheEnvironmentOfChildren()
{
    if (!SshFixture::isPossible())
        QSKIP("the package openssh-server is not installed");
    const SshFixture ssh;
    GuardedServer guarded;
    QProcessEnvironment environment = guarded.home.environment();
    environment.insert(QStringLiteral("LOCKSCOPE_SSH_CONFIG"), ssh.configFile());
    environment.insert(QStringLiteral("REDISCLI_AUTH"), QString::fromUtf8(secret));
    const auto process
        = guarded.start(watching + QStringList { guarded.uri("ops") + QStringLiteral("?ssh=bastion") }, environment);
    QTRY_VERIFY_WITH_TIMEOUT(guarded.isIn(), 30000);
    QVERIFY(!descendantsOf(process->processId()).isEmpty());
    QCOMPARE(leftBy(*process, guarded.home), QString());
}

void CliSecretsTest::theCommandOfALockSeesNone()
{
    GuardedServer guarded;
    const QString ready = guarded.home.path(QStringLiteral("tmp/ready"));
    const auto process = guarded.start(
        { QStringLiteral("acquire"), QStringLiteral("lock:mine"), QStringLiteral("--uri"), guarded.uri("ops:" + secret),
            QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"),
            QStringLiteral("env > \"$1\"; exec sleep 60"), QStringLiteral("sh"), ready },
        guarded.home.environment());
    QTRY_VERIFY_WITH_TIMEOUT(QFile(ready).size() > 0, 30000);
    QCOMPARE(leftBy(*process, guarded.home), QString());
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::CliSecretsTest)
#include "tst_clisecrets.moc"
