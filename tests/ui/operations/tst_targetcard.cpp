// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "operations/targetcard.h"
#include "support/testsupport.h"

#include <QLabel>
#include <QTest>

using namespace lockscope;
using namespace std::chrono_literals;

/// What the release dialog tells of one lock.
class TargetCardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void factsStandInColumns();
    void waitersOfAnUnknownFamilyAreSaid();
    void whatWasShownBeforeIsGone();
    void everyMasterIsTold();

private:
    static ReleaseCandidate candidate(const QByteArray& family);
    static QString textOf(const QWidget& card);
};

ReleaseCandidate TargetCardTest::candidate(const QByteArray& family)
{
    ReleaseCandidate candidate;
    candidate.seen.key = "lock:a";
    candidate.seen.token = "token-a";
    candidate.seen.deadline = SystemClock::instance().now() + 60s;
    candidate.look = ReleaseCandidate::Look::Same;
    candidate.found.exists = true;
    candidate.found.hasToken = true;
    candidate.found.token = "token-a";
    candidate.found.ttlMs = 60000;
    candidate.found.at = SystemClock::instance().now();
    candidate.found.family = family.isEmpty() ? FamilyId::None : FamilyRegistry::instance().byName(family);
    candidate.impact = ReleaseImpact();
    candidate.impact->seen = candidate.found;
    return candidate;
}

QString TargetCardTest::textOf(const QWidget& card)
{
    QStringList texts;
    for (const QLabel* label : card.findChildren<QLabel*>()) {
        if (label->isVisibleTo(&card))
            texts += label->text();
    }
    return texts.join(QLatin1Char('\n'));
}

void TargetCardTest::factsStandInColumns()
{
    TargetCard card(candidate("plain"));
    card.resize(680, card.heightForWidth(680));
    card.setVisible(true);
    QVERIFY(QTest::qWaitForWindowExposed(&card));
    QSet<int> left;
    QStringList subjects;
    for (const QLabel* label : card.findChildren<QLabel*>()) {
        if (!label->isVisible() || label->accessibleName().isEmpty() || label->text().isEmpty())
            continue;
        left += label->mapTo(&card, QPoint()).x();
        subjects += label->accessibleName();
    }
    QVERIFY2(subjects.contains(QStringLiteral("Waiting")), qPrintable(subjects.join(QLatin1Char(','))));
    QVERIFY(subjects.size() >= 4);
    QCOMPARE(left.size(), 1);
}

void TargetCardTest::waitersOfAnUnknownFamilyAreSaid()
{
    const TargetCard card(candidate({}));
    const QString text = textOf(card);
    QVERIFY2(text.contains(QStringLiteral("Not known: no lock library is recognised here")), qPrintable(text));
    QVERIFY2(!text.contains(QStringLiteral("Not known: \n")), qPrintable(text));
}

void TargetCardTest::whatWasShownBeforeIsGone()
{
    TargetCard card(candidate("plain"));
    QVERIFY(textOf(card).contains(QStringLiteral("Waiting:")));
    ReleaseCandidate pending = candidate("plain");
    pending.impact.reset();
    pending.look = ReleaseCandidate::Look::Pending;
    card.show(pending, false);
    QVERIFY(!textOf(card).contains(QStringLiteral("Waiting:")));
    card.show(candidate("plain"), false);
    QVERIFY(textOf(card).contains(QStringLiteral("Waiting:")));
}

void TargetCardTest::everyMasterIsTold()
{
    ReleaseCandidate quorum = candidate("redlock");
    NodeLook other { QStringLiteral("c:6379"), true, true, "theirs", 1000, {} };
    quorum.found.nodes = { { QStringLiteral("a:6379"), true, true, "token-a", 60000, {} },
        { QStringLiteral("b:6379"), false, false, {}, -1, {} }, other,
        { QStringLiteral("d:6379"), false, false, {}, -1, makeError(ErrorKind::Connect) } };
    TargetCard card(quorum);
    const QString looked = textOf(card);
    for (const char* line : { "a:6379: token-a, ", "b:6379: nothing", "c:6379: theirs, ", "d:6379: cannot connect" })
        QVERIFY2(looked.contains(QLatin1StringView(line)), qPrintable(looked));
    quorum.result = ForceReleaseResult();
    quorum.result->outcome = ReleaseOutcome::Released;
    quorum.result->nodes = { { QStringLiteral("a:6379"), ReleaseOutcome::Released, "token-a", {} },
        { QStringLiteral("b:6379"), ReleaseOutcome::AlreadyGone, {}, {} },
        { QStringLiteral("c:6379"), ReleaseOutcome::HolderChanged, "theirs", {} },
        { QStringLiteral("d:6379"), ReleaseOutcome::Refused, {}, makeError(ErrorKind::Connect) } };
    card.show(quorum, false);
    const QString told = textOf(card);
    for (const char* line : { "a:6379: released", "b:6379: already gone", "c:6379: another holder, left alone (theirs)",
             "d:6379: refused: cannot connect" })
        QVERIFY2(told.contains(QLatin1StringView(line)), qPrintable(told));
}

QTEST_MAIN(TargetCardTest)
#include "tst_targetcard.moc"
