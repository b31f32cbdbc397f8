// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/rightsneeded.h"

#include "locks/families/familyregistry.h"
#include "operations/holderevidence.h"
#include "operations/lockoperations.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

using namespace lockscope;

/// What an act needs of the server, before it is tried, and who a holder may be.
class RightsNeededTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theServerKnowsEveryCommandThatIsAskedAbout();
    void whatIsMissingIsNamed_data();
    void whatIsMissingIsNamed();
    void aServerThatDoesNotTellLeavesItOpen();
    void evidence_data();
    void evidence();

private:
    Result<ReleaseImpact> weigh(const QByteArray& user, const QByteArray& key);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
};

void RightsNeededTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

/// With everything allowed DRYRUN says OK to all: no command is unknown or short of arguments.
void RightsNeededTest::theServerKnowsEveryCommandThatIsAskedAbout()
{
    for (const QByteArray& name : FamilyRegistry::instance().names()) {
        const LockFamily& family = FamilyRegistry::instance().family(FamilyRegistry::instance().byName(name));
        for (int act = 0; act < lockActCount; ++act) {
            const auto needed = commandsNeeded(family, LockAct(act), "some:lock");
            QVERIFY(needed.isEmpty()
                == (LockAct(act) != LockAct::KillConnection && !family.actRecipe(LockAct(act)).isPossible()));
            for (const QList<QByteArray>& command : needed) {
                const BlockingClient::Answer answer
                    = m_client->run(QList<QByteArray> { "ACL", "DRYRUN", "default" } + command);
                QVERIFY2(
                    answer.text == "OK", QByteArray(name + ": " + command.join(' ') + ": " + answer.text).constData());
                QVERIFY(rightMissing(command, answer.text).isEmpty());
            }
        }
    }
}

Result<ReleaseImpact> RightsNeededTest::weigh(const QByteArray& user, const QByteArray& key)
{
    ConnectionSpec spec = m_server->spec();
    spec.user = QString::fromLatin1(user);
    spec.password = Secret(QByteArray("pw"));
    Connection connection(spec, std::make_shared<CommandGate>());
    LockOperations operations(connection);
    connection.open();
    std::optional<Result<ReleaseImpact>> impact;
    if (!QTest::qWaitFor([&] { return connection.isReady(); }, 20000))
        return fail(ErrorKind::Timeout);
    operations.weigh(key, [&](Result<ReleaseImpact> answer) { impact = std::move(answer); });
    if (!QTest::qWaitFor([&] { return impact.has_value(); }, 20000))
        return fail(ErrorKind::Timeout);
    return *impact;
}

void RightsNeededTest::whatIsMissingIsNamed_data()
{
    QTest::addColumn<QByteArrayList>("rights");
    QTest::addColumn<QString>("missing");
    QTest::newRow("all") << QByteArrayList { "~*", "&*", "+@all" } << QString();
    QTest::newRow("a command of the script")
        << QByteArrayList { "~*", "&*", "+@all", "-del" } << QStringLiteral("+del");
    QTest::newRow("the channel") << QByteArrayList { "~*", "resetchannels", "+@all" }
                                 << QStringLiteral("&redisson_lock__channel:{orders}");
    QTest::newRow("the key") << QByteArrayList { "%R~*", "&*", "+@all" } << QStringLiteral("~orders");
}

void RightsNeededTest::whatIsMissingIsNamed()
{
    QFETCH(QByteArrayList, rights);
    QFETCH(QString, missing);
    m_client->run({ "FLUSHALL" });
    m_client->run({ "HSET", "orders", "b983c153-7421-469a-addb-44fb92259a1b:31", "1" });
    m_client->run({ "PEXPIRE", "orders", "30000" });
    QCOMPARE(m_client->run(QList<QByteArray> { "ACL", "SETUSER", "op", "reset", "on", ">pw" } + rights).text,
        QByteArray("OK"));
    const Result<ReleaseImpact> impact = weigh("op", "orders");
    VERIFY_RESULT(impact);
    QVERIFY(impact->rightsKnown);
    const QStringList found = impact->missingRights.value(LockAct::Release);
    QVERIFY2(missing.isEmpty() ? found.isEmpty() : found.contains(missing), qPrintable(found.join(QLatin1Char(' '))));
}

void RightsNeededTest::aServerThatDoesNotTellLeavesItOpen()
{
    m_client->run({ "ACL", "SETUSER", "shy", "reset", "on", ">pw", "~*", "&*", "+@all", "-acl", "-client|list" });
    m_client->run({ "SET", "lock:a", "theirs", "PX", "60000" });
    const Result<ReleaseImpact> impact = weigh("shy", "lock:a");
    VERIFY_RESULT(impact);
    QVERIFY(!impact->rightsKnown);
    QVERIFY(impact->missingRights.value(LockAct::Release).isEmpty());
    QCOMPARE(impact->evidence.verdict, HolderEvidence::Verdict::NotPermitted);
}

void RightsNeededTest::evidence_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QList<OwnerHint>>("owner");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<qint64>("first");
    const QList<OwnerHint> hostAndPid { { "host", QStringLiteral("worker-7"), "" },
        { "pid", QStringLiteral("4711"), "" } };
    const QByteArray ours = "id=3 addr=10.0.0.9:5 name=lockscope-operations age=1 idle=0 cmd=client|list\n";
    const QByteArray host = "id=4 addr=10.0.0.1:1 name=worker-7 age=9 idle=2 cmd=get\n";
    const QByteArray process = "id=5 addr=10.0.0.1:2 name=worker-7/4711 age=9 idle=2 cmd=get\n";
    const QByteArray other = "id=6 addr=10.0.0.2:1 name= age=9 idle=2 cmd=get\n";
    using Verdict = HolderEvidence::Verdict;
    QTest::newRow("nothing to find") << other << QList<OwnerHint>() << int(Verdict::Undecidable) << qint64(0);
    QTest::newRow("nobody like it") << ours + other << hostAndPid << int(Verdict::NotSeen) << qint64(0);
    QTest::newRow("the surest first") << host + process << hostAndPid << int(Verdict::Connected) << qint64(5);
    QTest::newRow("the host") << other + host << hostAndPid << int(Verdict::Connected) << qint64(4);
    QTest::newRow("by address") << other << QList<OwnerHint> { { "host", QStringLiteral("10.0.0.2"), "" } }
                                << int(Verdict::Connected) << qint64(6);
    QTest::newRow("never ourselves") << QByteArray("id=3 addr=10.0.0.9:5 name=lockscope-worker-7 age=1 idle=0 cmd=x\n")
                                     << hostAndPid << int(Verdict::NotSeen) << qint64(0);
    QTest::newRow("garbage") << QByteArray("\n\nid= addr\n=") << hostAndPid << int(Verdict::NotSeen) << qint64(0);
}

void RightsNeededTest::evidence()
{
    QFETCH(QByteArray, list);
    QFETCH(QList<OwnerHint>, owner);
    QFETCH(qint64, first);
    const HolderEvidence evidence = holderEvidence(list, "worker-7:4711:abc", owner);
    QTEST(int(evidence.verdict), "verdict");
    QCOMPARE(evidence.clients.isEmpty() ? 0 : evidence.clients.first().id, first);
}

QTEST_GUILESS_MAIN(RightsNeededTest)
#include "tst_rightsneeded.moc"
