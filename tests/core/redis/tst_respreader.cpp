// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/respreader.h"
#include "support/testsupport.h"

#include <QDir>
#include <QRandomGenerator>

using namespace lockscope;

namespace {

// A reply as text, to compare: the flat tokens must tell the same tree however the bytes came.
QByteArray spelled(ReplyView reply)
{
    switch (reply.kind()) {
    case ReplyKind::Nil:
        return "nil";
    case ReplyKind::Status:
        return '+' + reply.toByteArray();
    case ReplyKind::Error:
        return '-' + reply.toByteArray();
    case ReplyKind::Integer:
        return ':' + QByteArray::number(reply.toInteger());
    case ReplyKind::Bulk:
        return '"' + reply.toByteArray().toPercentEncoding() + '"';
    case ReplyKind::Array:
        break;
    }
    QByteArray text = "[";
    for (const ReplyView child : reply)
        text += spelled(child) + ' ';
    return text.trimmed() + ']';
}

// Takes what is there; the error, if one came, is the last line.
QList<QByteArray> drain(RespReader& reader)
{
    QList<QByteArray> replies;
    while (true) {
        switch (reader.next()) {
        case RespReader::Progress::Reply:
            replies += spelled(reader.reply());
            continue;
        case RespReader::Progress::Broken:
            return replies << "broken";
        case RespReader::Progress::NeedMore:
            return replies;
        }
    }
}

// `cuts` ascending: the bytes are fed in pieces that end there.
QList<QByteArray> readInPieces(const QByteArray& bytes, const QList<qsizetype>& cuts)
{
    RespReader reader;
    QList<QByteArray> replies;
    qsizetype begin = 0;
    for (const qsizetype cut : cuts + QList<qsizetype> { bytes.size() }) {
        while (begin < cut) {
            const qsizetype size = qMin(cut - begin, RespReader::maxFeed);
            reader.feed(QByteArrayView(bytes).sliced(begin, size));
            begin += size;
            replies += drain(reader);
            if (!replies.isEmpty() && replies.last() == "broken")
                return replies;
        }
    }
    return replies;
}

QByteArray repeated(const QByteArray& bytes, int times) { return bytes.repeated(times); }

} // namespace

class RespReaderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void samplesReadTheSameHoweverTheyAreSplit_data();
    void samplesReadTheSameHoweverTheyAreSplit();
    void brokenBytesAreRefused_data();
    void brokenBytesAreRefused();
    void aHugeStringIsRefusedByItsHeader();
    void anUnfinishedStringIsBounded();
    void aLineWithoutAnEndIsBounded();
    void arraysUpToTheLimitsAreRead();
    void manyStringsOfOneReplyAreBounded();
    void claimsCostNoMemory_data();
    void claimsCostNoMemory();
    void aBrokenReaderStaysBroken();
    void viewsGiveTheirValues();
    void corpusReadsTheSameHoweverItIsSplit_data();
    void corpusReadsTheSameHoweverItIsSplit();
};

void RespReaderTest::samplesReadTheSameHoweverTheyAreSplit_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QList<QByteArray>>("replies");
    const auto row = [](const char* name, const QByteArray& bytes, const QList<QByteArray>& replies) {
        QTest::newRow(name) << bytes << replies;
    };
    row("status", "+OK\r\n", { "+OK" });
    row("empty status", "+\r\n", { "+" });
    row("error", "-NOAUTH Authentication required.\r\n", { "-NOAUTH Authentication required." });
    row("integers", ":0\r\n:-1\r\n:9223372036854775807\r\n", { ":0", ":-1", ":9223372036854775807" });
    row("bulk", "$5\r\nhello\r\n", { "\"hello\"" });
    row("binary bulk", QByteArray("$4\r\n\r\n\0\xff\r\n", 10), { "\"%0D%0A%00%FF\"" });
    row("empty bulk", "$0\r\n\r\n", { "\"\"" });
    row("nil bulk", "$-1\r\n", { "nil" });
    row("nil array", "*-1\r\n", { "nil" });
    row("empty array", "*0\r\n", { "[]" });
    row("array of everything", "*6\r\n+a\r\n-b\r\n:3\r\n$1\r\nd\r\n$-1\r\n*1\r\n:7\r\n",
        { "[+a -b :3 \"d\" nil [:7]]" });
    row("scan", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$2\r\nbb\r\n", { "[\"0\" [\"a\" \"bb\"]]" });
    row("nested and siblings", "*3\r\n*2\r\n*0\r\n:1\r\n*1\r\n*1\r\n$1\r\nx\r\n:2\r\n", { "[[[] :1] [[\"x\"]] :2]" });
    row("message", "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$3\r\nset\r\n",
        { "[\"pmessage\" \"%2A\" \"c\" \"set\"]" });
    row("eight levels", repeated("*1\r\n", 8) + ":1\r\n", { "[[[[[[[[:1]]]]]]]]" });
    row("pipeline", "+OK\r\n$1\r\na\r\n*1\r\n:1\r\n-ERR x\r\n", { "+OK", "\"a\"", "[:1]", "-ERR x" });
}

void RespReaderTest::samplesReadTheSameHoweverTheyAreSplit()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QList<QByteArray>, replies);
    QCOMPARE(readInPieces(bytes, {}), replies);
    QList<qsizetype> everywhere;
    for (qsizetype i = 1; i < bytes.size(); ++i) {
        QCOMPARE(readInPieces(bytes, { i }), replies);
        everywhere += i;
    }
    QCOMPARE(readInPieces(bytes, everywhere), replies);
}

void RespReaderTest::brokenBytesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("http") << QByteArray("HTTP/1.1 400 Bad Request\r\n");
    QTest::newRow("garbage") << QByteArray("\x16\x03\x01\r\n");
    QTest::newRow("resp3 map") << QByteArray("%1\r\n+a\r\n+b\r\n");
    QTest::newRow("resp3 push") << QByteArray(">1\r\n+a\r\n");
    QTest::newRow("resp3 set") << QByteArray("~1\r\n+a\r\n");
    QTest::newRow("resp3 null") << QByteArray("_\r\n");
    QTest::newRow("resp3 double") << QByteArray(",1.5\r\n");
    QTest::newRow("resp3 bool") << QByteArray("#t\r\n");
    QTest::newRow("array that no memory holds") << QByteArray("*2147483647\r\n");
    QTest::newRow("array over the limit") << QByteArray("*1000001\r\n");
    QTest::newRow("arrays that add up") << QByteArray(repeated("*1000000\r\n", 5));
    QTest::newRow("nine levels") << QByteArray(repeated("*1\r\n", 9) + ":1\r\n");
    QTest::newRow("negative array") << QByteArray("*-2\r\n");
    QTest::newRow("negative bulk") << QByteArray("$-2\r\n");
    QTest::newRow("length that is none") << QByteArray("$x\r\n\r\n");
    QTest::newRow("bulk that is longer than it says") << QByteArray("$1\r\nabc\r\n");
    QTest::newRow("integer that is none") << QByteArray(":1x\r\n");
}

void RespReaderTest::brokenBytesAreRefused()
{
    QFETCH(QByteArray, bytes);
    RespReader reader;
    reader.feed(bytes);
    QCOMPARE(drain(reader), QList<QByteArray> { "broken" });
    QCOMPARE(reader.error().kind, ErrorKind::Protocol);
    QVERIFY(!reader.error().detail.isEmpty());
}

void RespReaderTest::aHugeStringIsRefusedByItsHeader()
{
    RespReader reader;
    reader.feed("$536870912\r\n");
    QCOMPARE(reader.next(), RespReader::Progress::Broken);
    RespReader subscriber(RespReader::subscriberTailLimit);
    subscriber.feed("$2000000\r\n");
    QCOMPARE(subscriber.next(), RespReader::Progress::Broken);
}

void RespReaderTest::anUnfinishedStringIsBounded()
{
    // An array of small strings never has a long tail, however long it is itself.
    RespReader reader(1024);
    const QByteArray element = "$1000\r\n" + QByteArray(1000, 'x') + "\r\n";
    reader.feed("*3\r\n");
    for (int i = 0; i < 2; ++i) {
        reader.feed(element);
        QCOMPARE(reader.next(), RespReader::Progress::NeedMore);
    }
    reader.feed(element);
    QCOMPARE(reader.next(), RespReader::Progress::Reply);
    QCOMPARE(reader.reply().size(), 3);
}

void RespReaderTest::aLineWithoutAnEndIsBounded()
{
    for (const char* bytes : { "+", "-", ":", "$", "*" }) {
        RespReader reader;
        reader.feed(QByteArray(bytes));
        bool broken = false;
        for (int i = 0; i < 100 && !broken; ++i) {
            broken = reader.next() == RespReader::Progress::Broken;
            if (!broken)
                reader.feed(QByteArray(1024, '1'));
        }
        QVERIFY2(broken, bytes);
    }
}

void RespReaderTest::arraysUpToTheLimitsAreRead()
{
    RespReader reader;
    reader.feed("*1000000\r\n");
    const QByteArray piece = repeated(":1\r\n", 10'000);
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(reader.next(), RespReader::Progress::NeedMore);
        reader.feed(piece);
    }
    QCOMPARE(reader.next(), RespReader::Progress::Reply);
    qint64 sum = 0;
    for (const ReplyView child : reader.reply())
        sum += child.toInteger();
    QCOMPARE(sum, 1'000'000);
    QCOMPARE(reader.next(), RespReader::Progress::NeedMore);
}

void RespReaderTest::manyStringsOfOneReplyAreBounded()
{
    constexpr size_t limit = 100'000;
    const QByteArray piece = "$1000\r\n" + QByteArray(1000, 'x') + "\r\n";
    const auto read = [&piece](int strings) {
        RespReader reader(RespReader::commandTailLimit, limit);
        reader.feed(QByteArray("*" + QByteArray::number(strings) + "\r\n"));
        for (int i = 0; i < strings; ++i) {
            reader.feed(piece);
            if (const auto progress = reader.next(); progress != RespReader::Progress::NeedMore)
                return progress;
        }
        return RespReader::Progress::NeedMore;
    };
    QCOMPARE(read(100), RespReader::Progress::Reply);
    QCOMPARE(read(101), RespReader::Progress::Broken);
}

void RespReaderTest::claimsCostNoMemory_data()
{
    QTest::addColumn<QByteArray>("claim");
    QTest::newRow("512 MB string") << QByteArray("$536870912\r\n");
    QTest::newRow("largest string") << QByteArray("$9223372036854775807\r\n");
    QTest::newRow("string at the limit") << QByteArray("$67108864\r\n");
    QTest::newRow("two billion elements") << QByteArray("*2147483647\r\n");
    QTest::newRow("four billion elements") << QByteArray("*4294967295\r\n");
    QTest::newRow("array at the limit") << QByteArray("*1000000\r\n");
    QTest::newRow("arrays in arrays") << repeated("*1000000\r\n", 8);
    QTest::newRow("arrays in arrays without end") << repeated("*1\r\n", 5000);
}

// What a header promises is worth nothing until it has come: not a byte is set aside for it.
void RespReaderTest::claimsCostNoMemory()
{
    QFETCH(QByteArray, claim);
    const auto resident = [] {
        QFile file(QStringLiteral("/proc/self/statm"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : -1;
    };
    const qint64 before = resident();
    QVERIFY(before > 0);
    std::vector<std::unique_ptr<RespReader>> readers;
    for (int i = 0; i < 16; ++i) {
        readers.push_back(std::make_unique<RespReader>());
        readers.back()->feed(claim);
        QVERIFY(readers.back()->next() != RespReader::Progress::Reply);
    }
    QVERIFY2(resident() - before < 16 * 1024 * 1024, QByteArray::number(resident() - before).constData());
}

void RespReaderTest::aBrokenReaderStaysBroken()
{
    RespReader reader;
    reader.feed("?\r\n");
    QCOMPARE(reader.next(), RespReader::Progress::Broken);
    reader.feed("+OK\r\n");
    QCOMPARE(reader.next(), RespReader::Progress::Broken);
    QCOMPARE(reader.error().kind, ErrorKind::Protocol);
}

void RespReaderTest::viewsGiveTheirValues()
{
    RespReader reader;
    reader.feed("*4\r\n$2\r\n42\r\n$1\r\nx\r\n*2\r\n:1\r\n:2\r\n:-5\r\n");
    QCOMPARE(reader.next(), RespReader::Progress::Reply);
    const ReplyView reply = reader.reply();
    QCOMPARE(reply.size(), 4);
    QCOMPARE(reply.at(0).toInteger(), 42);
    QCOMPARE(reply.at(1).toInteger(-9), -9);
    QCOMPARE(reply.at(2).at(1).toInteger(), 2);
    QCOMPARE(reply.at(3).toInteger(), -5);
    QVERIFY(reply.at(4).isNil());
    QVERIFY(reply.at(-1).isNil());
    QVERIFY(reply.at(0).at(0).isNil());
    QCOMPARE(reply.at(3).bytes().size(), 0);
}

void RespReaderTest::corpusReadsTheSameHoweverItIsSplit_data()
{
    QTest::addColumn<QString>("file");
    const QDir folder(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/fuzz/corpus/resp"));
    const QStringList files = folder.entryList(QDir::Files, QDir::Name);
    QVERIFY(!files.isEmpty());
    for (const QString& file : files)
        QTest::newRow(qPrintable(file)) << folder.filePath(file);
}

void RespReaderTest::corpusReadsTheSameHoweverItIsSplit()
{
    QFETCH(QString, file);
    QFile input(file);
    QVERIFY(input.open(QIODevice::ReadOnly));
    const QByteArray bytes = input.readAll();
    const QList<QByteArray> whole = readInPieces(bytes, {});

    bool given = false;
    const uint seedGiven = qEnvironmentVariable("LOCKSCOPE_TEST_SEED").toUInt(&given);
    const uint seed = given ? seedGiven : QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 50; ++round) {
        QList<qsizetype> cuts;
        const int count = random.bounded(1, 12);
        for (int i = 0; i < count && !bytes.isEmpty(); ++i)
            cuts += random.bounded(int(bytes.size()));
        std::ranges::sort(cuts);
        QCOMPARE(readInPieces(bytes, cuts), whole);

        // Changed bytes may mean anything, but read the same however they come.
        QByteArray changed = bytes;
        for (int i = 0; i < 3 && !changed.isEmpty(); ++i)
            changed[random.bounded(int(changed.size()))] = char(random.bounded(256));
        QCOMPARE(readInPieces(changed, cuts), readInPieces(changed, {}));
    }
}

QTEST_GUILESS_MAIN(RespReaderTest)
#include "tst_respreader.moc"
