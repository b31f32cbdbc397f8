// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/databasechoice.h"

#include "support/testsupport.h"

using namespace lockscope;

class DatabaseChoiceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

void DatabaseChoiceTest::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<qint32>>("numbers");
    QTest::addColumn<QString>("again");
    const auto row = [](const char* text, const QList<qint32>& numbers, const char* again) {
        QTest::newRow(text) << QString::fromLatin1(text) << numbers << QString::fromLatin1(again);
    };
    row("", {}, "");
    row("7", { 7 }, "7");
    row("0,3-5", { 0, 3, 4, 5 }, "0,3-5");
    row("5,3,3-4", { 3, 4, 5 }, "3-5");
    row("1, 2", { 1, 2 }, "1,2");
    row("2-2", { 2 }, "2");
}

void DatabaseChoiceTest::reads()
{
    QFETCH(QString, text);
    const auto choice = parseDatabaseChoice(text);
    VERIFY_RESULT(choice);
    QVERIFY(!choice->all);
    QTEST(choice->numbers, "numbers");
    QTEST(choice->text(), "again");
    const auto all = parseDatabaseChoice(QStringLiteral(" All "));
    VERIFY_RESULT(all);
    QVERIFY(all->all && all->isSeveral() && all->text() == QLatin1StringView("all"));
}

void DatabaseChoiceTest::refuses_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : { "x", "1,", "-1", "5-3", "1-", "1--2", "1.5", "all,1", "0-300", "99999999999" })
        QTest::newRow(text) << QString::fromLatin1(text);
}

void DatabaseChoiceTest::refuses()
{
    QFETCH(QString, text);
    const auto choice = parseDatabaseChoice(text);
    QVERIFY(!choice);
    QCOMPARE(choice.error().kind, ErrorKind::Usage);
}

QTEST_GUILESS_MAIN(DatabaseChoiceTest)
#include "tst_databasechoice.moc"
