// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/redlockfixture.h"
#include "support/testsupport.h"

#include <QHash>
#include <QRandomGenerator>
#include <QTimer>

#include <functional>

using namespace lockscope;
using namespace std::chrono_literals;

/// Many flows at once over the same masters: never two in one critical section, whatever happens to a master meanwhile.
class RedlockExclusionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void neverTwoAtOnce_data();
    void neverTwoAtOnce();
};

void RedlockExclusionTest::neverTwoAtOnce_data()
{
    QTest::addColumn<int>("masters");
    QTest::addColumn<bool>("disturbed");
    QTest::newRow("3 masters") << 3 << false;
    QTest::newRow("3 masters, one stopped now and then") << 3 << true;
    QTest::newRow("5 masters, one stopped now and then") << 5 << true;
}

void RedlockExclusionTest::neverTwoAtOnce()
{
    QFETCH(int, masters);
    QFETCH(bool, disturbed);
    const quint32 seed = QRandomGenerator::system()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    constexpr int clients = 64;
    constexpr int keys = 4;
    constexpr int wanted = 300;
    QHash<QByteArray, QByteArray> holders; // key → token
    int sections = 0;
    int violations = 0;
    std::function<void(int)> enter;
    // The last: what it still answers when it goes must find all of the above.
    RedlockFixture quorum(masters);
    QVERIFY(quorum.waitUntilReady());
    enter = [&](int client) {
        if (sections >= wanted)
            return;
        AcquireRequest request;
        request.key = "lock:" + QByteArray::number(client % keys);
        request.ttl = 4s;
        request.wait = 60s;
        quorum.operations().acquire(request, [&, client](const Result<AcquireGrant>& grant) {
            if (!grant)
                return QTimer::singleShot(20, &quorum.operations(), [&, client] { enter(client); });
            ++sections;
            violations += holders.contains(grant->key);
            holders.insert(grant->key, grant->token);
            QTimer::singleShot(random.bounded(4), &quorum.operations(), [&, client, held = *grant] {
                violations += holders.value(held.key) != held.token;
                holders.remove(held.key);
                quorum.operations().release({ held.key, held.token }, [&, client](const Status&) { enter(client); });
            });
        });
    };
    for (int client = 0; client < clients; ++client)
        enter(client);
    for (int round = 0; sections < wanted && round < 1200; ++round) {
        SandboxServer& unlucky = quorum.server(int(random.bounded(masters)));
        if (disturbed)
            unlucky.suspend();
        QTest::qWait(100);
        if (disturbed)
            unlucky.resume();
        QTest::qWait(random.bounded(100));
    }
    QVERIFY2(sections >= wanted, QByteArray::number(sections).constData());
    QCOMPARE(violations, 0);
    quorum.operations().cancelAcquires();
    QTRY_VERIFY_WITH_TIMEOUT(quorum.operations().isIdle() && holders.isEmpty(), 30000);
}

QTEST_GUILESS_MAIN(RedlockExclusionTest)
#include "tst_redlockexclusion.moc"
