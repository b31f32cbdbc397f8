// SPDX-License-Identifier: GPL-3.0-or-later

// The acts between waiting and deleting, for every family, on what its library leaves on a real server.
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/familyfixture.h"
#include "support/testsupport.h"

#include <QDir>
#include <QFile>

#include <map>

using namespace lockscope;
using Answer = BlockingClient::Answer;

namespace {

const QString fixtureFolder = QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/core/locks/fixtures/");
constexpr qint64 tenYears = 10LL * 365 * 24 * 3600 * 1000;

QByteArrayList texts(const Answer& answer)
{
    QByteArrayList list;
    for (const Answer& item : answer.items)
        list.append(item.type == ':' ? QByteArray::number(item.number) : item.text);
    return list;
}

} // namespace

class TestLockActs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void namesComeBack();
    void slotsAreThoseOfTheSpecification();
    void impossibleActsSayWhy();
    void everyAct_data();
    void everyAct();
    void takingOverKeepsOthersOut();
    void aLeaseNeverGetsLonger();
    void anotherSlotIsLeftAlone();

private:
    void prepare();
    QByteArrayList run(LockAct act, const QByteArray& token, qint64 ttlMs = 1000, const QByteArray& newToken = {});
    [[nodiscard]] std::map<QByteArray, QByteArray> wholeServer();
    void checkWrongToken(LockAct act);
    void checkLease();
    void checkTakeOver();

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    FamilyCase m_case;
    ExpectedLock m_lock;
    QByteArray m_token;
    const LockFamily* m_family = nullptr;
};

void TestLockActs::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

void TestLockActs::namesComeBack()
{
    for (int i = 0; i < lockActCount; ++i)
        QCOMPARE(lockActByName(QString(lockActName(LockAct(i)))), std::optional(LockAct(i)));
    QVERIFY(!lockActByName(u"delete"));
}

void TestLockActs::slotsAreThoseOfTheSpecification()
{
    QCOMPARE(keySlot("123456789"), 0x31C3 % 16384);
    QCOMPARE(keySlot("{user1000}.following"), keySlot("{user1000}.followers"));
    QCOMPARE(keySlot("foo{}{bar}"), keySlot("foo{}{bar}"));
    QVERIFY(keySlot("foo{}{bar}") != keySlot("bar"));
    QCOMPARE(keySlot("foo{{bar}}zap"), keySlot("{bar"));
    const FamilyRegistry& registry = FamilyRegistry::instance();
    QVERIFY(keysOfOtherSlots(registry.family(registry.byName("redisson")), "orders").isEmpty());
    QVERIFY(!keysOfOtherSlots(registry.family(registry.byName("python-redis-lock")), "lock:orders").isEmpty());
}

void TestLockActs::impossibleActsSayWhy()
{
    for (const QByteArray& name : FamilyRegistry::instance().names()) {
        const LockFamily& family = FamilyRegistry::instance().family(FamilyRegistry::instance().byName(name));
        for (int i = 0; i < lockActCount; ++i) {
            const ActRecipe recipe = family.actRecipe(LockAct(i));
            QVERIFY2(*recipe.explanation != '\0', name.constData());
            if (LockAct(i) != LockAct::KillConnection)
                QVERIFY2(recipe.isPossible() != (*recipe.obstacle != '\0'), name.constData());
        }
        QVERIFY2(family.actRecipe(LockAct::Release).isPossible(), name.constData());
    }
}

void TestLockActs::prepare()
{
    m_client->run({ "FLUSHALL" });
    const QByteArrayList time = texts(m_client->run({ "TIME" }));
    const qint64 nowMs = time.value(0).toLongLong() * 1000 + time.value(1).toLongLong() / 1000;
    for (const QList<QByteArray>& command : std::as_const(m_case.commands)) {
        QByteArrayList words;
        for (const QByteArray& word : command)
            words.append(withTimes(word, nowMs));
        m_client->run(words);
    }
    m_token = withTimes(m_lock.release->token, nowMs);
}

QByteArrayList TestLockActs::run(LockAct act, const QByteArray& token, qint64 ttlMs, const QByteArray& newToken)
{
    const ActCall call = actCall(*m_family, act, { m_lock.key, token, false, ttlMs, newToken });
    QByteArrayList words { "EVAL", call.source, QByteArray::number(call.keys.size()) };
    words += call.keys;
    words += call.arguments;
    const Answer answer = m_client->run(words);
    return answer.type == '*' ? texts(answer) : QByteArrayList { "error", answer.text };
}

std::map<QByteArray, QByteArray> TestLockActs::wholeServer()
{
    std::map<QByteArray, QByteArray> state;
    for (const QByteArray& key : texts(m_client->run({ "KEYS", "*" }))) {
        const qint64 deadline = m_client->run({ "PEXPIRETIME", key }).number;
        state[key] = texts(m_client->run({ "DEBUG", "DIGEST-VALUE", key })).value(0) + QByteArray::number(deadline);
    }
    return state;
}

void TestLockActs::everyAct_data()
{
    QTest::addColumn<FamilyCase>("familyCase");
    QTest::addColumn<int>("lock");
    for (const QString& name : QDir(fixtureFolder).entryList({ QStringLiteral("*.txt") }, QDir::Files, QDir::Name)) {
        QFile file(fixtureFolder + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const FamilyCase& familyCase : parseFixture(name, file.readAll()).cases) {
            for (int i = 0; i < familyCase.locks.size(); ++i) {
                if (familyCase.locks.at(i).release)
                    QTest::addRow("%s: %s: %s", qPrintable(name), familyCase.name.constData(),
                        familyCase.locks.at(i).key.constData())
                        << familyCase << i;
            }
        }
    }
}

void TestLockActs::everyAct()
{
    QFETCH(FamilyCase, familyCase);
    QFETCH(int, lock);
    m_case = familyCase;
    m_lock = m_case.locks.at(lock);
    m_family = &FamilyRegistry::instance().family(FamilyRegistry::instance().byName(m_lock.family));
    for (LockAct act : { LockAct::Shorten, LockAct::AddTtl, LockAct::TakeOver, LockAct::HandBack }) {
        if (m_family->actRecipe(act).isPossible() && !QTest::currentTestFailed())
            checkWrongToken(act);
    }
    if (m_family->actRecipe(LockAct::Shorten).isPossible() && !QTest::currentTestFailed())
        checkLease();
    if (m_family->actRecipe(LockAct::TakeOver).isPossible() && !QTest::currentTestFailed())
        checkTakeOver();
}

void TestLockActs::checkWrongToken(LockAct act)
{
    prepare();
    const auto before = wholeServer();
    const QByteArrayList answer = run(act, "somebody:else", 1000, "operator:token");
    QVERIFY2(answer.value(0) == "changed", answer.join(' ').constData());
    QVERIFY(wholeServer() == before);
}

void TestLockActs::checkLease()
{
    prepare();
    const auto before = wholeServer();
    const QByteArrayList longer = run(LockAct::Shorten, m_token, tenYears);
    if (longer.value(0) == "shared") {
        QVERIFY(wholeServer() == before);
        return;
    }
    QVERIFY2(longer.value(0) == "unneeded" || longer.value(0) == "done", longer.join(' ').constData());
    QCOMPARE(longer.value(1), m_token);
    if (longer.value(0) == "unneeded") {
        QVERIFY(wholeServer() == before); // it had a shorter lease
    } else {
        const qint64 left = longer.value(2).toLongLong(); // only what ends later, or never, may get that end
        QVERIFY(left == -1 || left > tenYears);
    }
    const QByteArrayList shorter = run(LockAct::Shorten, m_token, 900);
    QVERIFY2(shorter.value(0) == "done" || (shorter.value(0) == "unneeded" && shorter.value(2).toLongLong() <= 900),
        shorter.join(' ').constData());
    // Some keep whole seconds.
    const QByteArrayList again = run(LockAct::Shorten, m_token, 2000);
    QVERIFY2(again.value(0) == "unneeded", again.join(' ').constData());
    if (m_family->actRecipe(LockAct::AddTtl).isPossible())
        QCOMPARE(run(LockAct::AddTtl, m_token, 60000).value(0), QByteArray("unneeded"));
}

void TestLockActs::checkTakeOver()
{
    prepare();
    const QByteArray ours = m_family->operatorToken(m_token, "ann@desk-1");
    QVERIFY(ours != m_token && ours != m_family->operatorToken(m_token, "ann@desk-1"));
    const QByteArrayList taken = run(LockAct::TakeOver, m_token, 60000, ours);
    if (taken.value(0) == "reader")
        return;
    QVERIFY2(taken.value(0) == "done", taken.join(' ').constData());
    QCOMPARE(taken.value(1), m_token);
    QCOMPARE(run(LockAct::Shorten, m_token, 10).value(0), QByteArray("changed")); // no longer the old holder's
    QCOMPARE(run(LockAct::Release, m_token).value(0), QByteArray("changed"));
    const qint64 left = std::min<qint64>(taken.value(2).toLongLong(), 60000); // a lease that has run out gives 0
    const QByteArrayList back = run(LockAct::HandBack, ours, left == 0 ? 1000 : left, m_token);
    QVERIFY2(back.value(0) == "done", back.join(' ').constData());
    QCOMPARE(run(LockAct::HandBack, ours, 1000, m_token).value(0), QByteArray("changed")); // once only
    const QByteArrayList released = run(LockAct::Release, m_token);
    QVERIFY2(released.value(0) == "released", released.join(' ').constData());
}

void TestLockActs::takingOverKeepsOthersOut()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    m_family = &registry.family(registry.byName("redisson"));
    m_lock = {};
    m_lock.key = "orders";
    const QByteArray holder = "b983c153-7421-469a-addb-44fb92259a1b:31";
    m_client->run({ "FLUSHALL" });
    m_client->run({ "HSET", "orders", holder, "2" });
    m_client->run({ "PEXPIRE", "orders", "30000" });
    const QByteArray ours = m_family->operatorToken(holder, "ann@desk-1");
    QCOMPARE(run(LockAct::TakeOver, holder, 5000, ours).value(0), QByteArray("done"));
    QCOMPARE(texts(m_client->run({ "HGETALL", "orders" })), (QByteArrayList { ours, "2" }));
    QVERIFY(m_client->run({ "PTTL", "orders" }).number <= 5000);
    QCOMPARE(run(LockAct::HandBack, ours, 29000, holder).value(0), QByteArray("done"));
    QCOMPARE(texts(m_client->run({ "HGETALL", "orders" })), (QByteArrayList { holder, "2" })); // re-entries, too
    QVERIFY(m_client->run({ "PTTL", "orders" }).number > 5000);
}

void TestLockActs::aLeaseNeverGetsLonger()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    m_family = &registry.family(registry.byName("plain"));
    m_lock = {};
    m_lock.key = "lock:a";
    m_client->run({ "SET", "lock:a", "theirs", "PX", "5000" });
    QCOMPARE(run(LockAct::Shorten, "theirs", 60000).value(0), QByteArray("unneeded"));
    QVERIFY(m_client->run({ "PTTL", "lock:a" }).number <= 5000);
    QCOMPARE(run(LockAct::AddTtl, "theirs", 60000).value(0), QByteArray("unneeded"));
    m_client->run({ "PERSIST", "lock:a" });
    QCOMPARE(run(LockAct::AddTtl, "theirs", 60000).value(0), QByteArray("done"));
    QVERIFY(m_client->run({ "PTTL", "lock:a" }).number > 5000);
    QCOMPARE(run(LockAct::HandBack, "theirs", -1, "older").value(0), QByteArray("done")); // to a lock without TTL
    QCOMPARE(m_client->run({ "PTTL", "lock:a" }).number, -1);
    QCOMPARE(m_client->run({ "GET", "lock:a" }).text, QByteArray("older"));
}

/// What actCall() gives for a cluster: the keys of other slots in the shape of the lock's own.
void TestLockActs::anotherSlotIsLeftAlone()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        const LockFamily& family = registry.family(registry.byName(name));
        const ActCall call = actCall(family, LockAct::Release, { "some:lock", "t", false, -1, {}, true });
        for (const QByteArray& key : call.keys)
            QCOMPARE(keySlot(key), keySlot("some:lock"));
    }
    m_family = &registry.family(registry.byName("python-redis-lock"));
    m_client->run({ "FLUSHALL" });
    m_client->run({ "SET", "lock:a", "theirs" });
    const ActCall call = actCall(*m_family, LockAct::Release, { "lock:a", "theirs", false, -1, {}, true });
    QByteArrayList words { "EVAL", call.source, QByteArray::number(call.keys.size()) };
    QCOMPARE(texts(m_client->run(words + call.keys + call.arguments)).value(0), QByteArray("released"));
    QCOMPARE(m_client->run({ "DBSIZE" }).number, 0);
}

QTEST_GUILESS_MAIN(TestLockActs)
#include "tst_lockacts.moc"
