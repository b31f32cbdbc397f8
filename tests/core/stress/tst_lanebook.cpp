// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/lanebook.h"

#include <QTest>

using namespace lockscope;

static constexpr qint64 ms = 1'000'000;

static Violation overlapAt(qint64 from, qint64 until)
{
    Violation violation;
    violation.first = { 1, 7, "a", from - 20 * ms, from - 10 * ms, until, from + 100 * ms };
    violation.second = { 2, 9, "b", from - 5 * ms, from, until + 5 * ms, from + 100 * ms };
    violation.from = from;
    violation.until = until;
    return violation;
}

class LaneBookTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theStretchHasBothSections();
    void aSceneOutlivesTheRecentStretches();
    void scenesAreBounded();
    void anOpenSceneWaits();
};

void LaneBookTest::theStretchHasBothSections()
{
    const Violation violation = overlapAt(500 * ms, 530 * ms);
    const LaneStretch stretch = violationStretch(violation);
    QVERIFY(stretch.from < violation.first.entered);
    QVERIFY(stretch.until > violation.second.left);
    QVERIFY(stretch.from >= 0);
    // Without parties, and at the very start.
    Violation bare;
    bare.from = bare.until = ms;
    QCOMPARE(violationStretch(bare).from, qint64(0));
    QVERIFY(violationStretch(bare).until > bare.from);
}

void LaneBookTest::aSceneOutlivesTheRecentStretches()
{
    LaneBook book;
    const std::vector<Violation> violations { overlapAt(500 * ms, 530 * ms) };
    book.add({ { 1, 0, LaneSpan::Kind::Holding, 490 * ms, 530 * ms },
        { 5, 0, LaneSpan::Kind::Holding, 10 * ms, 11 * ms }, { 9, 0, LaneSpan::Kind::Waiting, 495 * ms, 505 * ms } });
    book.cutScenes(violations, 540 * ms, false);
    QVERIFY2(!book.scenes().at(0), "its time is not over");
    book.add({ { 2, 0, LaneSpan::Kind::Holding, 500 * ms, 535 * ms } });
    book.cutScenes(violations, 900 * ms, false);
    QVERIFY(book.scenes().at(0));
    for (int i = 0; i < 100; ++i) {
        std::vector<LaneSpan> many(1000, { 3, 0, LaneSpan::Kind::Holding, 1000 * ms, 1001 * ms });
        book.add(many);
    }
    QVERIFY(book.spans().size() <= 2 * LaneBook::mostRecent);
    QCOMPARE(book.seen(), quint64(100'004));
    QCOMPARE(book.last(10).size(), size_t(10));
    const LaneScene scene = book.scenes().at(0);
    QCOMPARE(scene->size(), size_t(3));
    QCOMPARE(scene->front().client, 1);
    QVERIFY(std::none_of(scene->begin(), scene->end(), [](const LaneSpan& span) { return span.client == 5; }));
}

void LaneBookTest::scenesAreBounded()
{
    LaneBook book;
    std::vector<LaneSpan> crowd(5000, { 50, 0, LaneSpan::Kind::Holding, 480 * ms, 520 * ms });
    book.add(crowd);
    book.add({ { 1, 0, LaneSpan::Kind::Holding, 490 * ms, 530 * ms },
        { 2, 0, LaneSpan::Kind::Holding, 500 * ms, 535 * ms } });
    book.cutScenes({ overlapAt(500 * ms, 530 * ms) }, 0, true);
    const LaneScene scene = book.scenes().at(0);
    QCOMPARE(scene->size(), LaneBook::mostInScene);
    for (const qint32 party : { 1, 2 })
        QVERIFY(
            std::any_of(scene->begin(), scene->end(), [party](const LaneSpan& span) { return span.client == party; }));
}

void LaneBookTest::anOpenSceneWaits()
{
    LaneBook book;
    Violation open = overlapAt(500 * ms, -1);
    open.first.left = -1;
    book.cutScenes({ open }, 1500 * ms, false);
    QVERIFY(!book.scenes().at(0));
    book.cutScenes({ open }, 60'000 * ms, false);
    QVERIFY(book.scenes().at(0));
}

QTEST_GUILESS_MAIN(LaneBookTest)
#include "tst_lanebook.moc"
