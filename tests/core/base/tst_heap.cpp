// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/heap.h"
#include "support/testsupport.h"

using namespace lockscope;

class HeapTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sharedBytesStayTheSame_data();
    void sharedBytesStayTheSame();
    void eachMayChangeAndGoAlone();
};

void HeapTest::sharedBytesStayTheSame_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<bool>("together");
    QTest::newRow("key and token") << QByteArray("lock:a") << QByteArray("token-1") << true;
    QTest::newRow("bytes") << QByteArray("\0\xff\0", 3) << QByteArray("\0", 1) << true;
    QTest::newRow("no token") << QByteArray("lock:a") << QByteArray() << false;
    QTest::newRow("empty token") << QByteArray("lock:a") << QByteArray("") << false;
    QTest::newRow("long") << QByteArray(2048, 'k') << QByteArray("t") << false;
    QTest::newRow("raw") << QByteArray::fromRawData("lock:abc", 6) << QByteArray::fromRawData("tokens", 5) << true;
}

void HeapTest::sharedBytesStayTheSame()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    QFETCH(const bool, together);
    QByteArray a = first;
    QByteArray b = second;
    shareStorage(a, b);
    QCOMPARE(a, first);
    QCOMPARE(b, second);
    QCOMPARE(b.isNull(), second.isNull());
    QCOMPARE(a.constData() + a.size() + 1 == b.constData(), together);
    if (together) {
        QCOMPARE(a.constData()[a.size()], '\0');
        QCOMPARE(b.constData()[b.size()], '\0');
    }
}

void HeapTest::eachMayChangeAndGoAlone()
{
    QByteArray a = "lock:orders:1";
    QByteArray b = "f47ac10b-58cc-4372";
    shareStorage(a, b);
    QByteArray copy = a;
    copy += "-and-much-more-than-there-is-room-for-behind-it";
    a.append("2");
    QCOMPARE(a, QByteArray("lock:orders:12"));
    QCOMPARE(b, QByteArray("f47ac10b-58cc-4372"));
    QVERIFY(copy.startsWith("lock:orders:1-and"));

    QByteArray c = "lock:orders:1";
    {
        QByteArray d = "other";
        shareStorage(c, d);
    }
    c.append("345678"); // alone in the storage now: may grow into it
    QCOMPARE(c, QByteArray("lock:orders:1345678"));
    c.squeeze();
    QCOMPARE(c, QByteArray("lock:orders:1345678"));
}

QTEST_GUILESS_MAIN(HeapTest)
#include "tst_heap.moc"
