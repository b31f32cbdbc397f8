// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/translations.h"
#include "support/testsupport.h"

#include <QCoreApplication>

using namespace lockscope;

class TranslationsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theEnvironmentChoosesTheLanguage();
    void textsAreTranslated_data();
    void textsAreTranslated();
    void locksAreCounted_data();
    void locksAreCounted();
};

static QString permissionTitle(const QLocale& locale)
{
    int argc = 1;
    char name[] = "tst";
    char* argv[] = { name, nullptr };
    QCoreApplication application(argc, argv);
    installTranslations(application, locale);
    return errorTitle(ErrorKind::Permission);
}

void TranslationsTest::theEnvironmentChoosesTheLanguage()
{
    qputenv("LOCKSCOPE_LANGUAGE", "zh_CN");
    QCOMPARE(chosenLocale(), QLocale(QLocale::Chinese, QLocale::China));
    qputenv("LOCKSCOPE_LANGUAGE", "");
    QCOMPARE(chosenLocale(), QLocale::system());
}

void TranslationsTest::textsAreTranslated_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<bool>("translated");
    QTest::newRow("English") << QStringLiteral("en_GB") << false;
    QTest::newRow("Chinese") << QStringLiteral("zh_CN") << true;
    QTest::newRow("no translation here") << QStringLiteral("fi_FI") << false;
    QTest::newRow("C") << QStringLiteral("C") << false;
}

void TranslationsTest::textsAreTranslated()
{
    QFETCH(QString, language);
    QFETCH(bool, translated);
    const QString title = permissionTitle(QLocale(language));
    QVERIFY(!title.isEmpty());
    QCOMPARE(title != errorTitle(ErrorKind::Permission), translated); // without translators: the source text
}

void TranslationsTest::locksAreCounted_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << QStringLiteral("en_GB") << 0 << QStringLiteral("0 locks");
    QTest::newRow("one") << QStringLiteral("en_GB") << 1 << QStringLiteral("1 lock");
    QTest::newRow("many") << QStringLiteral("en_GB") << 49 << QStringLiteral("49 locks");
    QTest::newRow("C") << QStringLiteral("C") << 1 << QStringLiteral("1 lock");
    QTest::newRow("Chinese") << QStringLiteral("zh_CN") << 49 << QString::fromUtf8("49 把锁");
}

void TranslationsTest::locksAreCounted()
{
    QFETCH(QString, language);
    QFETCH(int, count);
    int argc = 1;
    char name[] = "tst";
    char* argv[] = { name, nullptr };
    QCoreApplication application(argc, argv);
    installTranslations(application, QLocale(language));
    QTEST(QCoreApplication::translate("lockscope::FilterBar", "%Ln locks", nullptr, count), "text");
}

QTEST_APPLESS_MAIN(TranslationsTest)
#include "tst_translations.moc"
