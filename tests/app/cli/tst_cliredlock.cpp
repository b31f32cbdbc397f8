// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QJsonArray>

using namespace lockscope;

namespace {
constexpr int longWait = 30000;
} // namespace

/// `acquire`, `extend` and `release` over three independent masters, and with fencing tokens.
class CliRedlockTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void acquireExtendRelease();
    void saysWhoFailed();
    void withoutAQuorumItIsStatusThree();
    void theFamilyMustFitTheMasters_data();
    void theFamilyMustFitTheMasters();
    void aCommandSurvivesOneMasterAndEndsWithTwo();
    void fencingNumbersRise();
    void aTakenLockLeavesTheCounterAlone();
    void aSandboxHasItsOwnMasters();

private:
    CliResult run(const QString& arguments);
    [[nodiscard]] QStringList withUris(const QStringList& arguments) const;
    QByteArray ask(int master, const QList<QByteArray>& command);

    std::unique_ptr<CliFixture> m_cli;
    std::vector<std::unique_ptr<SandboxServer>> m_servers;
};

void CliRedlockTest::init()
{
    m_servers.clear();
    for (int i = 0; i < 3; ++i) {
        auto server = SandboxServer::start();
        VERIFY_RESULT(server);
        m_servers.push_back(std::move(*server));
    }
}

QStringList CliRedlockTest::withUris(const QStringList& arguments) const
{
    QStringList all;
    for (const auto& server : m_servers)
        all << QStringLiteral("--uri") << QStringLiteral("unix://") + server->socketPath();
    return all + arguments;
}

CliResult CliRedlockTest::run(const QString& arguments)
{
    return m_cli->run(withUris(arguments.split(QLatin1Char(' '))));
}

QByteArray CliRedlockTest::ask(int master, const QList<QByteArray>& command)
{
    BlockingClient client(m_servers.at(size_t(master))->socketPath());
    const BlockingClient::Answer answer = client.run(command);
    if (answer.type == ':')
        return QByteArray::number(answer.number);
    return answer.type == 0 ? QByteArray("nil") : answer.text;
}

void CliRedlockTest::acquireExtendRelease()
{
    const CliResult taken = run(QStringLiteral("acquire lock:a --json"));
    QCOMPARE(taken.status, 0);
    const QString token = taken.json().value(QLatin1StringView("token")).toString();
    QCOMPARE(taken.json().value(QLatin1StringView("ttl_ms")).toInt(), 8000);
    QCOMPARE(taken.json().value(QLatin1StringView("votes")).toObject().size(), 3);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(ask(i, { "GET", "lock:a" }), token.toLatin1());
    QCOMPARE(run(QStringLiteral("acquire lock:a")).status, 1);
    QCOMPARE(run(QStringLiteral("extend lock:a --ttl 60000 --token other")).status, 1);
    QCOMPARE(run(QStringLiteral("extend lock:a --ttl 60000 --family redlock --token ") + token).status, 0);
    QVERIFY(ask(2, { "PTTL", "lock:a" }).toInt() > 30000);
    QCOMPARE(run(QStringLiteral("release lock:a --token other")).status, 1);
    QCOMPARE(run(QStringLiteral("release lock:a --family redlock --token ") + token).status, 0);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(ask(i, { "GET", "lock:a" }), QByteArray("nil"));
    const CliResult gone = run(QStringLiteral("release lock:a --json --token ") + token);
    QCOMPARE(gone.status, 1);
    QCOMPARE(gone.error().value(QLatin1StringView("code")).toString(), QStringLiteral("expired"));
}

void CliRedlockTest::saysWhoFailed()
{
    m_servers.at(1)->kill();
    const CliResult taken = run(QStringLiteral("acquire lock:a --ttl 20000"));
    QCOMPARE(taken.status, 0);
    const QByteArray votes = "votes: 2 of 3 (" + m_servers.at(1)->socketPath().toUtf8();
    QVERIFY2(taken.out.contains(votes), taken.out.constData());
}

void CliRedlockTest::withoutAQuorumItIsStatusThree()
{
    m_servers.at(0)->kill();
    m_servers.at(1)->kill();
    const CliResult refused = run(QStringLiteral("acquire lock:a --json"));
    QCOMPARE(refused.status, 3);
    QCOMPARE(refused.error().value(QLatin1StringView("code")).toString(), QStringLiteral("no_quorum"));
    QCOMPARE(ask(2, { "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliRedlockTest::theFamilyMustFitTheMasters_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<bool>("several");
    for (const auto& command : { QStringLiteral("acquire lock:a"), QStringLiteral("extend lock:a --token t --ttl 9"),
             QStringLiteral("release lock:a --token t") }) {
        QTest::addRow("plain, %s", qPrintable(command)) << command + QStringLiteral(" --family plain") << true;
        QTest::addRow("redlock, %s", qPrintable(command)) << command + QStringLiteral(" --family redlock") << false;
        QTest::addRow("other, %s", qPrintable(command)) << command + QStringLiteral(" --family redisson") << true;
    }
}

void CliRedlockTest::theFamilyMustFitTheMasters()
{
    QFETCH(QString, arguments);
    QFETCH(bool, several);
    const QStringList words = arguments.split(QLatin1Char(' '));
    QCOMPARE(m_cli->run(several ? withUris(words) : words).status, 2);
}

void CliRedlockTest::aCommandSurvivesOneMasterAndEndsWithTwo()
{
    const auto process = m_cli->start(withUris({ QStringLiteral("acquire"), QStringLiteral("lock:a"),
        QStringLiteral("--ttl"), QStringLiteral("3000"), QStringLiteral("--"), QStringLiteral("sh"),
        QStringLiteral("-c"), QStringLiteral("echo ready; exec sleep 60") }));
    QTRY_VERIFY_WITH_TIMEOUT(process->bytesAvailable() >= 6, longWait);
    const QByteArray token = ask(1, { "GET", "lock:a" });
    m_servers.at(0)->kill();
    // Longer than the lease: it was renewed by the two that are left.
    QTest::qWait(4000);
    QCOMPARE(process->state(), QProcess::Running);
    QCOMPARE(ask(1, { "GET", "lock:a" }), token);
    QCOMPARE(ask(2, { "GET", "lock:a" }), token);
    m_servers.at(1)->kill();
    QCOMPARE(CliFixture::finish(*process).status, 1);
}

void CliRedlockTest::fencingNumbersRise()
{
    for (int number = 1; number <= 3; ++number) {
        const CliResult taken = run(QStringLiteral("acquire lock:a --fence --json"));
        QCOMPARE(taken.status, 0);
        QCOMPARE(taken.json().value(QLatin1StringView("fence")).toInt(), number);
        const QString token = taken.json().value(QLatin1StringView("token")).toString();
        QCOMPARE(run(QStringLiteral("release lock:a --token ") + token).status, 0);
        // Whichever master is away: the number goes on from what a quorum knows.
        const size_t away = size_t(number - 1);
        m_servers.at(away)->suspend();
        const CliResult other = run(QStringLiteral("acquire lock:b --fence --json"));
        m_servers.at(away)->resume();
        QCOMPARE(other.status, 0);
        QCOMPARE(other.json().value(QLatin1StringView("fence")).toInt(), number);
        for (int i = 0; i < 3; ++i)
            ask(i, { "DEL", "lock:b" });
    }
    QCOMPARE(ask(0, { "GET", "{lock:a}:fence" }), QByteArray("3"));
}

void CliRedlockTest::aTakenLockLeavesTheCounterAlone()
{
    const auto plain = [this](const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); };
    m_cli->ask({ "FLUSHALL" });
    const CliResult taken = plain(QStringLiteral("acquire lock:a --fence"));
    QCOMPARE(taken.status, 0);
    QVERIFY2(taken.out.contains("fence: 1\n"), taken.out.constData());
    QCOMPARE(plain(QStringLiteral("acquire lock:a --fence")).status, 1);
    QCOMPARE(plain(QStringLiteral("acquire lock:a --fence --wait 300")).status, 1);
    QCOMPARE(m_cli->ask({ "GET", "{lock:a}:fence" }), QByteArray("1"));
    // The list shows the number, and the counter is no lock.
    const QJsonObject list = plain(QStringLiteral("list --match *lock* --json")).json();
    QCOMPARE(list.value(QLatin1StringView("locks")).toArray().size(), 1);
    QCOMPARE(
        list.value(QLatin1StringView("locks")).toArray().at(0).toObject().value(QLatin1StringView("fence")).toInt(), 1);
    QCOMPARE(plain(QStringLiteral("show lock:a --json")).json().value(QLatin1StringView("fence")).toInt(), 1);
}

void CliRedlockTest::aSandboxHasItsOwnMasters()
{
    const CliResult result = m_cli->run({ QStringLiteral("--uri"), QStringLiteral("sandbox:?masters=3"),
        QStringLiteral("acquire"), QStringLiteral("lock:a"), QStringLiteral("--json") });
    QCOMPARE(result.status, 0);
    QCOMPARE(result.json().value(QLatin1StringView("votes")).toObject().size(), 3);
}

QTEST_GUILESS_MAIN(CliRedlockTest)
#include "tst_cliredlock.moc"
