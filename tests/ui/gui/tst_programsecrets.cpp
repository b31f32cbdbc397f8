// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/secretsearch.h"
#include "support/testsupport.h"
#include "support/typedprogram.h"

namespace lockscope {

/// A password that the program `lockscope` was given is nowhere else but on the wire: not in any of its files, not in
/// its log, nor in what others see of it and of what it starts.
class ProgramSecretsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void inTheUri();
    void refused();
    void printedByACommand();
    void typedIntoTheWindow();

private:
    void start(const QStringList& arguments, const QProcessEnvironment& environment);
    [[nodiscard]] QString uri(const QByteArray& user) const;
    [[nodiscard]] bool isIn();
    /// Closes the windows, waits for the end, and answers where the secret is, if anywhere.
    [[nodiscard]] QString leftBehind();
    [[nodiscard]] bool hasKept(const char* name, const QByteArray& word) const;

    std::unique_ptr<ProgramHome> m_home;
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<TypedProgram> m_program;
};

static const QByteArray secret = "s3cret-Word-77-gui";

void ProgramSecretsTest::init()
{
    m_home = std::make_unique<ProgramHome>();
    SandboxServer::Options options;
    options.tcp = true;
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_client->run({ "ACL", "SETUSER", "ops", "on", '>' + secret, "~*", "&*", "+@all" });
    m_client->run({ "SET", "lock:a", "token-1", "PX", "600000" });
}

void ProgramSecretsTest::cleanup()
{
    m_program.reset();
    m_client.reset();
    m_server.reset();
}

void ProgramSecretsTest::start(const QStringList& arguments, const QProcessEnvironment& environment)
{
    m_program
        = std::make_unique<TypedProgram>(QStringLiteral(LOCKSCOPE_GUI_PROGRAM), QStringLiteral(LOCKSCOPE_BINARY_DIR));
    m_program->start(arguments, environment);
}

QString ProgramSecretsTest::uri(const QByteArray& user) const
{
    return QStringLiteral("redis://%1@127.0.0.1:%2/0").arg(QString::fromUtf8(user)).arg(m_server->port());
}

bool ProgramSecretsTest::isIn() { return m_client->run({ "CLIENT", "LIST" }).text.contains("user=ops"); }

QString ProgramSecretsTest::leftBehind() { return m_program->leftBehind(secret, m_home->path()); }

bool ProgramSecretsTest::hasKept(const char* name, const QByteArray& word) const
{
    QFile file(m_home->path(QString::fromLatin1(name)));
    return file.open(QIODevice::ReadOnly) && file.readAll().contains(word);
}

void ProgramSecretsTest::inTheUri()
{
    start({ QStringLiteral("--uri"), uri("ops:" + secret) }, m_home->environment());
    QTRY_VERIFY_WITH_TIMEOUT(isIn(), 60000);
    QCOMPARE(leftBehind(), QString());
    // It has kept what it may keep, so the search has looked where the secret would be.
    QVERIFY(hasKept("config/lockscope/lockscope.ini", "ops@127.0.0.1:" + QByteArray::number(m_server->port())));
}

void ProgramSecretsTest::refused()
{
    start({ QStringLiteral("--uri=") + uri("nobody:" + secret) }, m_home->environment());
    const auto isRefused = [this] { return m_client->run({ "ACL", "LOG" }).items.size() > 0; };
    QTRY_VERIFY_WITH_TIMEOUT(isRefused(), 60000);
    QCOMPARE(leftBehind(), QString());
}

void ProgramSecretsTest::printedByACommand()
{
    SavedConnection connection;
    connection.id = newConnectionId();
    connection.name = QStringLiteral("guarded");
    connection.specs = { *parseConnectionUri(uri("ops")) };
    connection.passwordSource = PasswordSource::Command;
    // The command writes down what it was started with.
    connection.passwordCommand
        = { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("env > \"$1\"; cat \"$2\""),
              QStringLiteral("sh"), m_home->path(QStringLiteral("tmp/environment")), m_home->vault(secret) };
    const ConnectionBookFile book(m_home->path(QStringLiteral("config/lockscope/connections.json")));
    QVERIFY(book.update([&connection](ConnectionBook& all) { all.put(connection); }));
    QProcessEnvironment environment = m_home->environment();
    environment.insert(QStringLiteral("LOCKSCOPE_URI"), uri("other:" + secret));
    start({ QStringLiteral("--connection"), QStringLiteral("guarded") }, environment);
    QTRY_VERIFY_WITH_TIMEOUT(isIn(), 60000);
    QVERIFY(hasKept("tmp/environment", "XDG_CONFIG_HOME="));
    QCOMPARE(leftBehind(), QString());
}

void ProgramSecretsTest::typedIntoTheWindow()
{
    start({ QStringLiteral("--uri"), uri("ops") }, m_home->environment());
    m_program->type("password " + secret);
    QTRY_VERIFY_WITH_TIMEOUT(isIn(), 60000);
    QCOMPARE(leftBehind(), QString());
    QVERIFY(hasKept("config/lockscope/lockscope.ini", "ops@127.0.0.1:" + QByteArray::number(m_server->port())));
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::ProgramSecretsTest)
#include "tst_programsecrets.moc"
