// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/familyfixture.h"

#include <QTest>

using namespace lockscope;

class TestFamilyFixture : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wordsAndTimes();
    void faultsAreTold();
};

void TestFamilyFixture::wordsAndTimes()
{
    QCOMPARE(fixtureWords("> SET \"a b\" \"\\x00\\xff\\\"\\\\\" c\"d"),
        QByteArrayList({ ">", "SET", "a b", QByteArray("\0\xff\"\\", 4), "c\"d" }));
    QCOMPARE(fixtureWords("\"\""), QByteArrayList({ "" }));
    QVERIFY(!fixtureWords("SET \"a"));
    QCOMPARE(withTimes("a@now+500b", 1000), QByteArray("a1500b"));
    QCOMPARE(withTimes("@now-1000", 1000), QByteArray("0"));
    QCOMPARE(withTimes("@now", 1000), QByteArray("1000"));
    QCOMPARE(withTimes("@seconds+60", 5999), QByteArray("65"));
    QCOMPARE(withTimes("@nobody", 1000), QByteArray("@nobody"));
}

void TestFamilyFixture::faultsAreTold()
{
    const FixtureFile file = parseFixture(QStringLiteral("f.txt"),
        "# comment\n> SET a b\ncase one\n> SET a \"b\nholder x\nlock a\nlock a family plain colour red\n"
        "confidence > 0.5\nmessage c p\nrelease t\nmessage c p\nnonsense\n");
    QCOMPARE(file.cases.size(), 1);
    const QStringList expected { QStringLiteral("f.txt:2: before the first case"),
        QStringLiteral("f.txt:4: a quote that does not end"), QStringLiteral("f.txt:5: not understood: holder x"),
        QStringLiteral("f.txt:6: not understood: lock a"),
        QStringLiteral("f.txt:7: not understood: lock a family plain colour red"),
        QStringLiteral("f.txt:8: not understood: confidence > 0.5"),
        QStringLiteral("f.txt:9: not understood: message c p"), QStringLiteral("f.txt:12: not understood: nonsense") };
    QCOMPARE(file.faults, expected);
}

QTEST_GUILESS_MAIN(TestFamilyFixture)
#include "tst_familyfixture.moc"
