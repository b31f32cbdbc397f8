// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/releasereview.h"

#include "support/testsupport.h"

namespace lockscope {

class ReleaseReviewTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pendingTargetsBlock();
    void onlyWhatIsAsSeenIsSent();
    void aChangedHolderNeedsAdoption();
    void anyTokenTakesAllThatExist();
    void atMostTen();
    void resultsFindTheirTargets();
    void outcomesSpeak_data();
    void outcomesSpeak();
};

namespace {

LockRecord lock(const QByteArray& key, const QByteArray& token)
{
    LockRecord record;
    record.id = { 1, 1 };
    record.key = key;
    record.token = token;
    return record;
}

LockInspection found(const QByteArray& token)
{
    LockInspection inspection;
    inspection.exists = !token.isEmpty();
    inspection.hasToken = inspection.exists;
    inspection.token = token;
    return inspection;
}

} // namespace

void ReleaseReviewTest::pendingTargetsBlock()
{
    ReleaseReview review({ lock("a", "1"), lock("b", "2") });
    review.setLook(0, found("1"));
    QVERIFY(!review.allLooked());
    QVERIFY(!review.isReady(QStringLiteral("why")));
    review.setLook(1, found("2"));
    QVERIFY(review.isReady(QStringLiteral("why")));
    QVERIFY(!review.isReady(QStringLiteral("  \t ")));
}

void ReleaseReviewTest::onlyWhatIsAsSeenIsSent()
{
    ReleaseReview review({ lock("same", "1"), lock("changed", "2"), lock("gone", "3"), lock("unread", "4") });
    review.setLook(0, found("1"));
    review.setLook(1, found("22"));
    review.setLook(2, found({}));
    review.setLook(3, fail(ErrorKind::Timeout));
    const QList<ForceReleaseTarget> targets = review.targets();
    QCOMPARE(targets.size(), 1);
    QCOMPARE(targets[0].key, QByteArray("same"));
    QCOMPARE(targets[0].expectedToken, QByteArray("1"));
    QVERIFY(!targets[0].anyToken);
}

void ReleaseReviewTest::aChangedHolderNeedsAdoption()
{
    ReleaseReview review({ lock("changed", "2") });
    review.setLook(0, found("22"));
    QVERIFY(!review.isReady(QStringLiteral("why")));
    review.adopt(0);
    QCOMPARE(review.targets().at(0).expectedToken, QByteArray("22"));
    review.setPending(0);
    QVERIFY(review.targets().isEmpty());
}

void ReleaseReviewTest::anyTokenTakesAllThatExist()
{
    ReleaseReview review({ lock("same", "1"), lock("changed", "2"), lock("gone", "3") });
    review.setLook(0, found("1"));
    review.setLook(1, found("22"));
    review.setLook(2, found({}));
    review.setAnyToken(true);
    const QList<ForceReleaseTarget> targets = review.targets();
    QCOMPARE(targets.size(), 2);
    for (const ForceReleaseTarget& target : targets) {
        QVERIFY(target.anyToken);
        QVERIFY(target.expectedToken.isEmpty());
    }
}

void ReleaseReviewTest::atMostTen()
{
    QList<LockRecord> many;
    for (int i = 0; i < 25; ++i)
        many.append(lock(QByteArray::number(i), "t"));
    QCOMPARE(ReleaseReview(many).count(), 10);
}

void ReleaseReviewTest::resultsFindTheirTargets()
{
    ReleaseReview review({ lock("gone", "1"), lock("held", "2") });
    review.setLook(0, found({}));
    review.setLook(1, found("2"));
    ForceReleaseResult result;
    result.outcome = ReleaseOutcome::Released;
    review.setResults({ result });
    QVERIFY(!review.at(0).result);
    QVERIFY(review.at(1).result);
    QVERIFY(review.finished());
}

void ReleaseReviewTest::outcomesSpeak_data()
{
    QTest::addColumn<ReleaseOutcome>("outcome");
    QTest::addColumn<QString>("expected");
    QTest::newRow("released") << ReleaseOutcome::Released << QStringLiteral("Released");
    QTest::newRow("gone") << ReleaseOutcome::AlreadyGone << QStringLiteral("nothing was deleted");
    QTest::newRow("changed") << ReleaseOutcome::HolderChanged << QStringLiteral("now held with another token");
    QTest::newRow("refused") << ReleaseOutcome::Refused << QStringLiteral("Refused");
    QTest::newRow("unknown") << ReleaseOutcome::OutcomeUnknown << QStringLiteral("not sent again");
}

void ReleaseReviewTest::outcomesSpeak()
{
    QFETCH(ReleaseOutcome, outcome);
    QFETCH(QString, expected);
    ForceReleaseResult result;
    result.outcome = outcome;
    QVERIFY2(releaseResultText(result).contains(expected), qPrintable(releaseResultText(result)));
    QVERIFY(releaseSummary({ result, result }).startsWith(QLatin1Char('2')));
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::ReleaseReviewTest)
#include "tst_releasereview.moc"
