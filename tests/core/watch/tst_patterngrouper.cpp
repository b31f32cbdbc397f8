// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/globpattern.h"
#include "watch/patterngrouper.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace lockscope;

/// What the names of keys come to, without a server.
class PatternGrouperTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void looksOfANameTellWhatVaries_data();
    void looksOfANameTellWhatVaries();
    void namesThatVaryBecomeAStar();
    void numberedNamesBecomeAStar();
    void namesThatVaryAtTwoPlacesAreOnePattern();
    void aFewNamesStayThemselves();
    void aOneOffKeyIsProposedAsItself();
    void globsAreEscaped();
    void bareIdentifiersNeverBecomeAStarAlone();
    void eachFamilyHasItsOwnProposal();
    void otherKeysLowerTheConfidence();
    void aStarDoesNotDrawInEverythingElse();
    void countsSharesAndExamples();
    void theBestComesFirst();
    void aWiderPatternTakesTheNarrowerOnes();
    void randomCachesGiveNoProposal();
};

static const FamilyId redsync { 2 };
static const FamilyId redisson { 3 };

static FamilyMatch matchOf(FamilyId family, float confidence = 0.9F) { return { family, { confidence, "" } }; }

static QByteArrayList globsOf(const PatternGrouper& grouper)
{
    QByteArrayList globs;
    for (const PatternProposal& proposal : grouper.proposals())
        globs.append(proposal.match);
    return globs;
}

static QByteArrayList globsOf(const QByteArrayList& keys)
{
    PatternGrouper grouper;
    for (const QByteArray& key : keys)
        grouper.add(key, matchOf(redsync), 1000);
    return globsOf(grouper);
}

static QByteArray someName(QRandomGenerator& random)
{
    QByteArray name;
    for (int i = 0; i < 8; ++i)
        name += char('a' + random.bounded(26));
    return name;
}

void PatternGrouperTest::looksOfANameTellWhatVaries_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("glob");
    const auto row
        = [](const char* key, const char* glob) { QTest::newRow(key) << QByteArray(key) << QByteArray(glob); };
    row("lock:orders:42", "lock:orders:*");
    row("lock:orders", "lock:orders");
    row("orders:3f2504e0-4f89-11d3-9a0c-0305e82c3301:lock", "orders:*:lock");
    row("lock-3f2504e0-4f89-11d3-9a0c-0305e82c3301", "lock-*");
    row("lock:9f86d081884c7d65", "lock:*");
    row("lock:deadbeef", "lock:deadbeef");
    row("lock:dGhpcyBpcyBhIHRva2VuLCB5ZXM=", "lock:*");
    row("lock:01ARZ3NDEKTSV4RRFFQ69G5FAV", "lock:*");
    row("bull:mail:1337:lock", "bull:mail:*:lock");
    row("{orders:42}:lock", "{orders:*}:lock");
    row("redisson_rw_timeout:{map-7}", "redisson_rw_timeout:{map-*}");
    row("job_17_lock", "job_*_lock");
    row("app.lock.2026-11-24", "app.lock.*");
    row("locks/eu/77", "locks/eu/*");
    row("lock:user 12", "lock:user *");
    row("worker7:lock", "worker7:lock");
    row("lock:", "lock:");
    row("", "");
    row("\xd0\xb7\xd0\xb0\xd0\xbc\xd0\xbe\xd0\xba:\xe9\x94\x81:5",
        "\xd0\xb7\xd0\xb0\xd0\xbc\xd0\xbe\xd0\xba:\xe9\x94\x81:*");
    QTest::newRow("binary") << QByteArray("lock:\xff\x00\xfe", 8) << QByteArray("lock:*");
}

void PatternGrouperTest::looksOfANameTellWhatVaries()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, glob);
    QCOMPARE(keyTemplateOf(key).glob(), glob);
    QVERIFY(globMatches(glob, key));
}

void PatternGrouperTest::namesThatVaryBecomeAStar()
{
    QCOMPARE(globsOf({ "lock:orders", "lock:users", "lock:carts", "lock:mails" }), QByteArrayList { "lock:*" });
    QCOMPARE(globsOf({ "orders:lock", "users:lock", "carts:lock", "mails:lock" }), QByteArrayList { "*:lock" });
    QCOMPARE(globsOf({ "lock_orders", "lock_users", "lock_carts", "lock_mails" }), QByteArrayList { "lock_*" });
}

void PatternGrouperTest::numberedNamesBecomeAStar()
{
    QCOMPARE(globsOf({ "lock:worker7", "lock:worker12" }), QByteArrayList { "lock:worker*" });
}

void PatternGrouperTest::namesThatVaryAtTwoPlacesAreOnePattern()
{
    QRandomGenerator random(7);
    QByteArrayList keys;
    for (int i = 0; i < 300; ++i)
        keys.append("lock:" + someName(random) + ':' + someName(random));
    QCOMPARE(globsOf(keys), QByteArrayList { "lock:*:*" });
}

void PatternGrouperTest::aFewNamesStayThemselves()
{
    QCOMPARE(globsOf({ "lock:deploy", "lock:backup" }), (QByteArrayList { "lock:backup", "lock:deploy" }));
}

void PatternGrouperTest::aOneOffKeyIsProposedAsItself()
{
    QCOMPARE(globsOf({ "the-one-and-only" }), QByteArrayList { "the-one-and-only" });
}

void PatternGrouperTest::globsAreEscaped()
{
    const QByteArray odd = "lock:[a]*?\\b";
    const QByteArrayList globs = globsOf({ odd });
    QCOMPARE(globs, QByteArrayList { "lock:\\[a]\\*\\?\\\\b" });
    QVERIFY(globMatches(globs.first(), odd));
    QVERIFY(!globMatches(globs.first(), "lock:axx\\b"));
    const QByteArrayList numbered = globsOf({ "lock:*7", "lock:*8" });
    QCOMPARE(numbered, QByteArrayList { "lock:\\**" });
    QVERIFY(!globMatches(numbered.first(), "lock:x7"));
}

void PatternGrouperTest::bareIdentifiersNeverBecomeAStarAlone()
{
    QByteArrayList keys;
    for (int i = 0; i < 40; ++i)
        keys.append("3f2504e0-4f89-11d3-9a0c-0305e82c33" + QByteArray::number(10 + i));
    const QByteArrayList globs = globsOf(keys);
    QCOMPARE(globs.size(), 1);
    QVERIFY(globMatches(globs.first(), keys.first()));
    QVERIFY(!globMatches(globs.first(), "session"));
    QCOMPARE(globsOf({ "17", "18" }), QByteArrayList { "[0-9]*" });
    QVERIFY(!globsOf({ "alpha", "beta", "gamma", "delta", "omega" }).contains("*"));
}

void PatternGrouperTest::eachFamilyHasItsOwnProposal()
{
    PatternGrouper grouper;
    for (int i = 0; i < 10; ++i)
        grouper.add("lock:" + QByteArray::number(i), matchOf(i < 6 ? redsync : redisson), 1000);
    const QList<PatternProposal> proposals = grouper.proposals();
    QCOMPARE(proposals.size(), 2);
    QCOMPARE(proposals[0].match, QByteArray("lock:*"));
    QCOMPARE(proposals[1].match, QByteArray("lock:*"));
    QCOMPARE(proposals[0].family, redsync);
    QCOMPARE(proposals[1].family, redisson);
    QCOMPARE(proposals[0].purity, 1.0F);
}

void PatternGrouperTest::otherKeysLowerTheConfidence()
{
    PatternGrouper grouper;
    for (int i = 0; i < 20; ++i) {
        grouper.add("mixed:" + QByteArray::number(i), matchOf(redsync), 1000);
        grouper.add("mixed:" + QByteArray::number(100 + i), {}, 1000);
        grouper.add("other:" + QByteArray::number(i), {}, 1000);
    }
    const QList<PatternProposal> proposals = grouper.proposals();
    QCOMPARE(proposals.size(), 1);
    QCOMPARE(proposals[0].match, QByteArray("mixed:*"));
    QCOMPARE(proposals[0].purity, 0.5F);
    QVERIFY(qAbs(proposals[0].confidence - 0.45F) < 0.001F);
}

void PatternGrouperTest::aStarDoesNotDrawInEverythingElse()
{
    PatternGrouper grouper;
    for (const char* name : { "deploy", "backup", "report", "import" })
        grouper.add(QByteArray("app:") + name, matchOf(redsync), 1000);
    for (const char* name : { "queue", "cache", "config", "stats", "users", "orders", "mails", "flags", "menu", "theme",
             "texts", "rates", "zones" })
        grouper.add(QByteArray("app:") + name, {}, -1);
    QCOMPARE(globsOf(grouper), (QByteArrayList { "app:backup", "app:deploy", "app:import", "app:report" }));
}

void PatternGrouperTest::countsSharesAndExamples()
{
    PatternGrouper grouper;
    for (int i = 0; i < 8; ++i)
        grouper.add("lock:" + QByteArray::number(i), matchOf(redsync, i < 4 ? 1.0F : 0.5F), i < 3 ? -1 : 5000);
    for (int i = 0; i < 8; ++i)
        grouper.add("cache:" + QByteArray::number(i), {}, 5000);
    const QList<PatternProposal> proposals = grouper.proposals();
    QCOMPARE(proposals.size(), 1);
    const PatternProposal& proposal = proposals.first();
    QCOMPARE(proposal.count, quint64(8));
    QCOMPARE(proposal.noTtl, quint64(3));
    QCOMPARE(proposal.share, 0.5);
    QCOMPARE(proposal.confidence, 0.75F);
    QCOMPARE(proposal.examples, (QList<QByteArray> { "lock:0", "lock:1", "lock:2", "lock:3", "lock:4" }));
}

void PatternGrouperTest::theBestComesFirst()
{
    PatternGrouper grouper;
    grouper.add("rare:lock:1", matchOf(redsync, 1.0F), 1000);
    for (int i = 0; i < 5; ++i)
        grouper.add("often:lock:" + QByteArray::number(i), matchOf(redsync, 0.5F), 1000);
    QCOMPARE(globsOf(grouper), (QByteArrayList { "often:lock:*", "rare:lock:*" }));
}

void PatternGrouperTest::aWiderPatternTakesTheNarrowerOnes()
{
    PatternGrouper grouper;
    for (int i = 0; i < 5; ++i)
        grouper.add("lock:" + QByteArray::number(i), matchOf(redsync, 0.8F), 1000);
    for (int i = 0; i < 5; ++i)
        grouper.add("lock:eu:" + QByteArray::number(i), matchOf(redsync, 1.0F), -1);
    const QList<PatternProposal> proposals = grouper.proposals();
    QCOMPARE(proposals.size(), 1);
    QCOMPARE(proposals[0].match, QByteArray("lock:*"));
    QCOMPARE(proposals[0].count, quint64(10));
    QCOMPARE(proposals[0].noTtl, quint64(5));
    QVERIFY(qAbs(proposals[0].confidence - 0.9F) < 0.001F);
}

void PatternGrouperTest::randomCachesGiveNoProposal()
{
    PatternGrouper grouper;
    QRandomGenerator random(11);
    for (int i = 0; i < 100'000; ++i) {
        const QByteArray key = "cache:" + someName(random) + ':' + QByteArray::number(random.generate());
        // Some hold something like a token, as sessions do.
        const bool tokenLike = random.bounded(10) == 0;
        grouper.add(key, tokenLike ? matchOf(FamilyId(1), 0.3F) : FamilyMatch(), 60000);
    }
    QCOMPARE(grouper.keys(), quint64(100'000));
    QCOMPARE(grouper.proposals().size(), 0);
    grouper.add("lock:orders:42", matchOf(redsync), 1000);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(globsOf(grouper), QByteArrayList { "lock:orders:*" });
    QVERIFY2(timer.elapsed() < 5000, "other keys are looked at too often");
}

QTEST_GUILESS_MAIN(PatternGrouperTest)
#include "tst_patterngrouper.moc"
