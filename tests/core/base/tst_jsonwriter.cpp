// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/jsonwriter.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimeZone>

using namespace lockscope;

class JsonWriterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nestsWithCommasWhereTheyBelong();
    void escapesSoThatAnyTextReadsBack();
    void writesBytesByWhatTheyAre();
    void writesTimesLikeTheSlowWay_data();
    void writesTimesLikeTheSlowWay();
};

void JsonWriterTest::nestsWithCommasWhereTheyBelong()
{
    JsonWriter json;
    json.beginObject();
    json.name("a");
    json.beginArray();
    json.integer(-1);
    json.beginObject();
    json.endObject();
    json.boolean(true);
    json.endArray();
    json.name("b");
    json.integerOrNull(std::nullopt);
    json.name("c");
    json.number(0.956);
    json.endObject();
    QCOMPARE(json.take(), QByteArray(R"({"a":[-1,{},true],"b":null,"c":0.96})"));
}

void JsonWriterTest::escapesSoThatAnyTextReadsBack()
{
    QString all;
    for (char16_t c = 1; c < 0x3000; ++c)
        all += QChar(c);
    JsonWriter json;
    json.beginArray();
    json.string(all);
    json.endArray();
    const QByteArray text = json.take();
    QCOMPARE(QJsonDocument::fromJson(text).array().first().toString(), all);
    // Nothing that steers a terminal leaves as it is.
    for (qsizetype i = 0; i < text.size(); ++i) {
        QVERIFY(uchar(text[i]) >= 0x20 && uchar(text[i]) != 0x7F);
        QVERIFY(uchar(text[i]) != 0xC2 || uchar(text[i + 1]) >= 0xA0);
    }
    // Nor does what turns or hides the text around it.
    for (const QChar c : QString::fromUtf8(text)) {
        const bool isLetterLike = c.unicode() == 0x06DD || c.unicode() == 0x070F || c.unicode() == 0x08E2
            || (c.unicode() >= 0x0890 && c.unicode() <= 0x0891); // marks of Arabic and Syriac that are seen
        QVERIFY2(isLetterLike || c.category() != QChar::Other_Format, QByteArray::number(c.unicode(), 16).constData());
    }
    JsonWriter tags;
    tags.string(QByteArrayView("a\xF3\xA0\x81\x81\xEF\xBB\xBF"));
    QCOMPARE(tags.take(), QByteArray("\"a\\udb40\\udc41\\ufeff\""));
}

void JsonWriterTest::writesBytesByWhatTheyAre()
{
    JsonWriter json;
    json.beginObject();
    json.bytes("plain", "abc");
    json.bytes("utf8", "\xC3\xA4");
    json.bytes("raw", "\xFF\x00z");
    json.endObject();
    QCOMPARE(json.take(), QByteArray("{\"plain\":\"abc\",\"utf8\":\"\xC3\xA4\",\"raw_base64\":\"/w==\"}"));
}

void JsonWriterTest::writesTimesLikeTheSlowWay_data()
{
    QTest::addColumn<qint64>("epochMs");
    QTest::newRow("epoch") << qint64(0);
    QTest::newRow("before the epoch") << qint64(-1);
    QTest::newRow("leap day")
        << QDateTime(QDate(2028, 2, 29), QTime(23, 59, 59, 999), QTimeZone::utc()).toMSecsSinceEpoch();
    QTest::newRow("new year") << QDateTime(QDate(2027, 1, 1), QTime(0, 0, 0, 7), QTimeZone::utc()).toMSecsSinceEpoch();
}

void JsonWriterTest::writesTimesLikeTheSlowWay()
{
    QFETCH(qint64, epochMs);
    JsonWriter json;
    json.time(epochMs);
    QCOMPARE(QString::fromLatin1(json.take()),
        QLatin1Char('"') + rfc3339(QDateTime::fromMSecsSinceEpoch(epochMs, QTimeZone::utc())) + QLatin1Char('"'));
}

QTEST_GUILESS_MAIN(JsonWriterTest)
#include "tst_jsonwriter.moc"
