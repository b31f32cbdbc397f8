// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/randomtoken.h"
#include "support/testsupport.h"

#include <QSet>

using namespace lockscope;

class ByteTextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsBytesWithoutMisleading_data();
    void showsBytesWithoutMisleading();
    void elidesInTheMiddle();
    void quotesForRedisCli();
    void tellsUtf8FromBytes();
    void durations_data();
    void durations();
    void tokensAreLongAndDiffer();
};

void ByteTextTest::showsBytesWithoutMisleading_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << QByteArray("lock:orders:4711") << QStringLiteral("lock:orders:4711");
    QTest::newRow("empty") << QByteArray("") << QString();
    QTest::newRow("umlaut") << QByteArray("schl\xC3\xBCssel") << QString::fromUtf8("schl\xC3\xBCssel");
    QTest::newRow("NUL and newline") << QByteArray("a\0b\n", 4) << QStringLiteral("a\\x00b\\x0a");
    QTest::newRow("escape sequence") << QByteArray("\x1B[2J") << QStringLiteral("\\x1b[2J");
    QTest::newRow("no UTF-8") << QByteArray("\xFF\xFEk") << QStringLiteral("\\xff\\xfek");
    QTest::newRow("cut sequence") << QByteArray("x\xE2\x82") << QStringLiteral("x\\xe2\\x82");
    QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << QStringLiteral("\\xc0\\xaf");
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << QStringLiteral("\\xed\\xa0\\x80");
    QTest::newRow("right-to-left override") << QByteArray("a\xE2\x80\xAE"
                                                          "b")
                                            << QStringLiteral("a\\u{202e}b");
    QTest::newRow("zero width space") << QByteArray("a\xE2\x80\x8B") << QStringLiteral("a\\u{200b}");
    QTest::newRow("C1 control") << QByteArray("\xC2\x9B") << QStringLiteral("\\u{9b}");
    QTest::newRow("emoji") << QByteArray("\xF0\x9F\x94\x92") << QString::fromUtf8("\xF0\x9F\x94\x92");
}

void ByteTextTest::showsBytesWithoutMisleading()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QCOMPARE(displayText(bytes), text);
}

void ByteTextTest::elidesInTheMiddle()
{
    const QString text = displayText(QByteArray(2048, 'k'), 64);
    QCOMPARE(text.size(), 64);
    QVERIFY(text.contains(QChar(0x2026)));
    QCOMPARE(displayText("short", 64), QStringLiteral("short"));
}

void ByteTextTest::quotesForRedisCli()
{
    QCOMPARE(redisCliQuoted(QByteArray("a\"b\\\n\xFF", 6)), QStringLiteral("\"a\\\"b\\\\\\x0a\\xff\""));
}

void ByteTextTest::tellsUtf8FromBytes()
{
    QVERIFY(isUtf8("lock"));
    QVERIFY(isUtf8("schl\xC3\xBCssel"));
    QVERIFY(isUtf8(QByteArray("a\0b", 3)));
    QVERIFY(!isUtf8("\xFF"));
    QVERIFY(!isUtf8("x\xE2\x82"));
}

void ByteTextTest::durations_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("negative") << qint64(-5) << QStringLiteral("0.0 s");
    QTest::newRow("tenths") << qint64(29849) << QStringLiteral("29.8 s");
    QTest::newRow("minute") << qint64(245000) << QStringLiteral("4 m 05 s");
    QTest::newRow("hours") << qint64(7800000) << QStringLiteral("2 h 10 m");
    QTest::newRow("days") << qint64(273600000) << QStringLiteral("3 d 04 h");
}

void ByteTextTest::durations()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(durationText(Milliseconds(ms)), text);
}

void ByteTextTest::tokensAreLongAndDiffer()
{
    QSet<QByteArray> seen;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray token = randomToken();
        QCOMPARE(token.size(), 40);
        seen.insert(token);
    }
    QCOMPARE(seen.size(), 1000);
}

QTEST_GUILESS_MAIN(ByteTextTest)
#include "tst_bytetext.moc"
