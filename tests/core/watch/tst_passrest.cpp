// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/passrest.h"

#include <QTest>

namespace lockscope {

/// How much of the time a server that is heard is left in peace.
class PassRestTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void restsTenTimesThePass_data();
    void restsTenTimesThePass();
};

void PassRestTest::restsTenTimesThePass_data()
{
    QTest::addColumn<int>("pass");
    QTest::addColumn<qint64>("keys");
    QTest::addColumn<int>("rest");
    QTest::newRow("nothing to do") << 0 << qint64(1'000'000) << 1500;
    QTest::newRow("short") << 149 << qint64(1'000'000) << 1500;
    QTest::newRow("just long enough to count") << 151 << qint64(1'000'000) << 1510;
    QTest::newRow("a second") << 1000 << qint64(1'000'000) << 10'000;
    QTest::newRow("almost the longest") << 11'999 << qint64(1'000'000) << 119'990;
    QTest::newRow("the longest") << 12'000 << qint64(1'000'000) << 120'000;
    QTest::newRow("endless") << 3'600'000 << qint64(1'000'000) << 120'000;
    QTest::newRow("keys not counted yet") << 1000 << qint64(-1) << 10'000;
    QTest::newRow("few keys, slow server") << 60'000 << qint64(10'000) << 1500;
    QTest::newRow("no keys") << 60'000 << qint64(0) << 1500;
    QTest::newRow("one key too many") << 60'000 << qint64(10'001) << 120'000;
}

void PassRestTest::restsTenTimesThePass()
{
    QFETCH(int, pass);
    QFETCH(qint64, keys);
    QFETCH(int, rest);
    QCOMPARE(restAfterPass(Milliseconds(pass), keys).count(), rest);
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::PassRestTest)
#include "tst_passrest.moc"
