// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/evenrowheader.h"

#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "support/randomlocks.h"
#include "support/steppedclock.h"
#include "support/testsupport.h"

using namespace lockscope;

class TestEvenRowHeader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsAreCountedThroughAllChanges();
};

void TestEvenRowHeader::rowsAreCountedThroughAllChanges()
{
    SteppedClock clock;
    LockTableModel model(clock);
    LockTableView view(&model);
    view.resize(600, 300);
    view.show();
    RandomLocks traffic(RandomLocks::seedFromEnvironment());
    const auto isInStep = [&] {
        const QHeaderView* header = view.verticalHeader();
        const int rows = model.rowCount();
        return header->count() == rows && header->length() == rows * header->defaultSectionSize()
            && (rows == 0 || view.rowAt(view.rowViewportPosition(rows - 1)) == rows - 1);
    };
    QVERIFY(isInStep());
    for (int i = 0; i < 40; ++i) {
        model.apply(traffic.next(i % 2 == 0 ? 90 : 3));
        model.setStill(true);
        model.setStill(false); // structure at once
        QVERIFY2(isInStep(), qPrintable(QStringLiteral("after change %1").arg(i)));
    }
    model.setFilter(LockFilter::parse(QStringLiteral("key:no-lock-is-called-so")));
    QTRY_COMPARE(model.rowCount(), 0);
    QVERIFY(isInStep());
    model.setFilter({});
    QTRY_VERIFY(model.rowCount() > 0);
    QVERIFY(isInStep());
    LockDelta reset;
    for (quint32 i = 0; i < 5; ++i) {
        LockRecord record;
        record.id = { i, 1 };
        record.key = "lock:" + QByteArray::number(i);
        reset.changed.push_back(record);
    }
    reset.reset = true;
    model.apply(std::move(reset));
    QTRY_COMPARE(model.rowCount(), 5);
    QVERIFY(isInStep());
}

QTEST_MAIN(TestEvenRowHeader)
#include "tst_evenrowheader.moc"
