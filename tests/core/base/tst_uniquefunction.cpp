// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/uniquefunction.h"
#include "support/testsupport.h"

#include <array>
#include <memory>

using namespace lockscope;

class UniqueFunctionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void callsWhatItHolds();
    void movesCapturesThatCannotBeCopied();
    void destroysCapturesOnce();
    void holdsLargeCaptures();
};

void UniqueFunctionTest::callsWhatItHolds()
{
    UniqueFunction<int(int)> empty;
    QVERIFY(!empty);
    UniqueFunction<int(int)> twice = [](int x) { return 2 * x; };
    QVERIFY(bool(twice));
    QCOMPARE(twice(21), 42);
}

void UniqueFunctionTest::movesCapturesThatCannotBeCopied()
{
    UniqueFunction<int()> first = [value = std::make_unique<int>(7)] { return *value; };
    UniqueFunction<int()> second = std::move(first);
    QVERIFY(!first); // NOLINT(bugprone-use-after-move): empty after a move is what this tests
    QCOMPARE(second(), 7);
    second = [] { return 8; };
    QCOMPARE(second(), 8);
}

void UniqueFunctionTest::destroysCapturesOnce()
{
    auto counter = std::make_shared<int>(0);
    {
        UniqueFunction<void()> function = [counter] { ++*counter; };
        UniqueFunction<void()> other = std::move(function);
        other();
        QCOMPARE(counter.use_count(), 2);
    }
    QCOMPARE(counter.use_count(), 1);
    QCOMPARE(*counter, 1);
}

void UniqueFunctionTest::holdsLargeCaptures()
{
    std::array<quint64, 32> large {};
    large.fill(3);
    auto owner = std::make_shared<int>(0);
    UniqueFunction<quint64()> function = [large, owner] { return large[31]; };
    UniqueFunction<quint64()> other = std::move(function);
    QCOMPARE(other(), quint64(3));
    other = {};
    QCOMPARE(owner.use_count(), 1);
}

QTEST_GUILESS_MAIN(UniqueFunctionTest)
#include "tst_uniquefunction.moc"
