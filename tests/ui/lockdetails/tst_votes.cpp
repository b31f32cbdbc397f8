// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectionstrip.h"
#include "lockdetails/lockfacts.h"
#include "locktable/lockcolumns.h"

#include <QAction>
#include <QLabel>
#include <QTest>

using namespace lockscope;
using namespace std::chrono_literals;

/// What the window says of a quorum group.
class VotesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDetailsNameEachMaster();
    void theTableHasTheVotesInWords();
    void theStripCountsTheMasters();

private:
    static WatchStatus status(bool thirdIsUp);
    static LockRecord record(SteadyTime now);
    static QString shownText(const QWidget& widget);
};

WatchStatus VotesTest::status(bool thirdIsUp)
{
    WatchStatus status;
    status.link = LinkState::Ready;
    status.quorum = 2;
    for (const char* name : { "a:6379", "b:6379", "c:6379" }) {
        NodeStatus node;
        node.name = QString::fromLatin1(name);
        node.link = LinkState::Ready;
        node.version = "7.0.15";
        node.clockOffset = Milliseconds(12);
        status.nodes.append(node);
    }
    if (!thirdIsUp) {
        status.nodes[2].link = LinkState::Lost;
        status.nodes[2].error = makeError(ErrorKind::Connect, QStringLiteral("refused"));
    }
    return status;
}

LockRecord VotesTest::record(SteadyTime now)
{
    LockRecord record;
    record.key = "lock:a";
    record.token = "tok-1";
    record.state = LockState::Minority;
    record.deadline = now + 30s;
    record.verifiedAt = record.firstSeen = now;
    auto votes = std::make_shared<LockVotes>();
    votes->byNode = { LockVote { true, true, false, "tok-1", now + 30s },
        LockVote { true, true, false, "tok-2", noDeadline }, LockVote {} };
    votes->quorum = 2;
    votes->winning = 1;
    votes->isSplit = true;
    record.extras.set(&LockExtras::votes, votes);
    return record;
}

QString VotesTest::shownText(const QWidget& widget)
{
    QStringList texts;
    for (const QLabel* label : widget.findChildren<QLabel*>()) {
        if (!label->isHidden())
            texts += label->text();
    }
    return texts.join(QLatin1Char('\n'));
}

void VotesTest::theDetailsNameEachMaster()
{
    const SteadyTime now = SystemClock::instance().now();
    LockFacts facts;
    facts.show(record(now), status(false), now, false);
    const QString text = shownText(facts);
    QVERIFY2(text.contains(QStringLiteral("a:6379: tok-1, 30.0 s left")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("b:6379: tok-2, no TTL")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("c:6379: not reached")), qPrintable(text));
    facts.show(record(now), status(true), now, false);
    QVERIFY(shownText(facts).contains(QStringLiteral("c:6379: no such key")));
    LockRecord plain = record(now);
    plain.extras.set(&LockExtras::votes, {});
    facts.show(plain, status(true), now, false);
    QVERIFY(!shownText(facts).contains(QStringLiteral("Votes:")));
}

void VotesTest::theTableHasTheVotesInWords()
{
    const SteadyTime now = SystemClock::instance().now();
    LockRecord lock = record(now);
    QCOMPARE(lockCellText(lock, LockColumn::State, now), QStringLiteral("split 1/3"));
    auto votes = std::make_shared<LockVotes>(*lock.extras->votes);
    votes->isSplit = false;
    lock.extras.set(&LockExtras::votes, votes);
    QCOMPARE(lockCellText(lock, LockColumn::State, now), QStringLiteral("minority 1/3"));
    votes->winning = 3;
    lock.state = LockState::Quorum;
    QCOMPARE(lockCellText(lock, LockColumn::State, now), QStringLiteral("quorum 3/3"));
}

void VotesTest::theStripCountsTheMasters()
{
    QAction action;
    ConnectionStrip strip(&action);
    strip.show();
    strip.setStatus(status(false));
    const auto said = [&strip](const QString& text) {
        const auto widgets = strip.findChildren<QWidget*>();
        return std::any_of(widgets.begin(), widgets.end(), [&text](const QWidget* widget) {
            return widget->isVisible()
                && (widget->accessibleName().contains(text) || widget->toolTip().contains(text)
                    || (qobject_cast<const QLabel*>(widget)
                        && qobject_cast<const QLabel*>(widget)->text().contains(text)));
        });
    };
    QVERIFY(said(QStringLiteral("2 of 3 masters up")));
    QVERIFY(said(QStringLiteral("c:6379: not reached")));
    QVERIFY(said(QStringLiteral("clock 12 ms off")));
    strip.setStatus(status(true));
    QVERIFY(said(QStringLiteral("3 of 3 masters up")));
    WatchStatus single = status(true);
    single.nodes.resize(1);
    strip.setStatus(single);
    QVERIFY(!said(QStringLiteral("masters up")));
}

QTEST_MAIN(VotesTest)
#include "tst_votes.moc"
