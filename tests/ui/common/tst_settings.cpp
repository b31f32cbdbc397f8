// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/settings.h"

#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QFile>
#include <QTemporaryDir>

namespace lockscope {

class SettingsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysAreUnique();
    void valuesAreKept();
    void wrongTypesReadAsDefaults();
    void recentUrisAreBounded();
    void noSecretInTheFile();
    void windowRemembersItsLayout();
};

void SettingsTest::keysAreUnique()
{
    QSet<QString> keys;
    for (int i = 0; i < settingCount; ++i)
        keys.insert(Settings::keyOf(Setting(i)));
    QCOMPARE(keys.size(), settingCount);
}

void SettingsTest::valuesAreKept()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    {
        Settings settings = Settings::inFile(file);
        settings.setThemeMode(ThemeMode::Dark);
        settings.setValue(Setting::WindowState, QByteArray("\x00\x01state", 7));
    }
    const Settings again = Settings::inFile(file);
    QCOMPARE(again.themeMode(), ThemeMode::Dark);
    QCOMPARE(again.bytes(Setting::WindowState), QByteArray("\x00\x01state", 7));
}

void SettingsTest::wrongTypesReadAsDefaults()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    QFile raw(file);
    QVERIFY(raw.open(QIODevice::WriteOnly));
    raw.write("[ui]\ntheme=pink\n[connections]\nrecent=@Invalid()\n");
    raw.close();
    const Settings settings = Settings::inFile(file);
    QCOMPARE(settings.themeMode(), ThemeMode::System);
    QVERIFY(settings.recentUris().isEmpty());
}

void SettingsTest::recentUrisAreBounded()
{
    Settings settings = Settings::inMemory();
    for (int i = 0; i < 30; ++i) {
        ConnectionSpec spec;
        spec.endpoints = { Endpoint { QStringLiteral("host%1").arg(i), 6379, {} } };
        settings.addRecentUri(spec);
        settings.addRecentUri(spec);
    }
    QCOMPARE(settings.recentUris().size(), 10);
    QVERIFY(settings.recentUris().first().contains(QStringLiteral("host29")));
}

void SettingsTest::noSecretInTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("settings.ini"));
    {
        Settings settings = Settings::inFile(path);
        FakeDeployment::Options options;
        MainWindow window(
            [&](const ConnectionChoice&) -> Result<std::unique_ptr<Deployment>> {
                return std::make_unique<FakeDeployment>(options);
            },
            settings, {});
        window.show();
        ConnectionChoice choice;
        choice.spec.endpoints = { Endpoint { QStringLiteral("cache-1"), 6379, {} } };
        choice.spec.user = QStringLiteral("ops");
        choice.spec.password = Secret("hunter2-secret");
        window.connectTo(choice);
        QTRY_VERIFY(window.model()->rowCount() > 0);
        window.close();
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray content = file.readAll();
    QVERIFY(content.contains("cache-1"));
    QVERIFY(content.contains("ops"));
    QVERIFY2(!content.contains("hunter2"), content.constData());
}

void SettingsTest::windowRemembersItsLayout()
{
    Settings settings = Settings::inMemory();
    const auto factory = [](const ConnectionChoice&) -> Result<std::unique_ptr<Deployment>> {
        return std::make_unique<FakeDeployment>(FakeDeployment::Options());
    };
    {
        MainWindow window(factory, settings, {});
        window.show();
        window.registry().action(ActionId::ShowActivity)->setChecked(false);
        window.model()->sort(int(LockColumn::Key), Qt::DescendingOrder);
        window.view()->sortByColumn(int(LockColumn::Key), Qt::DescendingOrder);
        window.close();
    }
    MainWindow window(factory, settings, {});
    window.show();
    QVERIFY(!window.registry().action(ActionId::ShowActivity)->isChecked());
    QVERIFY(window.registry().action(ActionId::ShowDetails)->isChecked());
    QCOMPARE(window.model()->sortSpec(), (LockSort { LockColumn::Key, Qt::DescendingOrder }));
}

} // namespace lockscope

QTEST_MAIN(lockscope::SettingsTest)
#include "tst_settings.moc"
