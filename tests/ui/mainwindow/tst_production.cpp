// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditmodel.h"
#include "audit/auditwindow.h"
#include "audit/restoredialog.h"
#include "common/messagestrip.h"
#include "common/windowframe.h"
#include "connections/armstrip.h"
#include "connections/connectdialog.h"
#include "deployment/livedeployment.h"
#include "operations/armdialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "support/steppedclock.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>

namespace lockscope {

using namespace std::chrono_literals;

/// Production in the window: framed, read-only, armed for a while; and a force-release that is put back.
class ProductionTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void productionIsFramed();
    void otherConnectionsAreNot();
    void writesAreArmedThroughTheDialog();
    void enterDoesNotArm();
    void aFailedArmingIsTold();
    void theCountdownEndsByItself();
    void theEnvironmentIsRemembered();
    void aForceReleaseIsPutBackFromTheNotice();

private:
    static FakeDeployment::Options production()
    {
        FakeDeployment::Options options;
        options.environment = Environment::Production;
        return options;
    }
    static QPushButton* button(QWidget& parent, const QString& text)
    {
        for (QPushButton* candidate : parent.findChildren<QPushButton*>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }
};

static void connectToProduction(WindowFixture& fixture)
{
    ConnectionChoice choice;
    choice.spec.endpoints = { Endpoint { QStringLiteral("cache-1.example.net"), 6379, {} } };
    choice.environment = Environment::Production;
    fixture.window.connectTo(choice);
    QTRY_VERIFY(fixture.window.status().completeness.complete);
}

void ProductionTest::productionIsFramed()
{
    WindowFixture fixture(production(), false);
    connectToProduction(fixture);
    ArmStrip* strip = fixture.window.armStrip();
    QVERIFY(strip->isVisible());
    QCOMPARE(strip->word(), QStringLiteral("PRODUCTION"));
    QVERIFY(strip->accessibleName().contains(QStringLiteral("PRODUCTION")));
    QVERIFY(fixture.window.windowTitle().contains(QStringLiteral("PRODUCTION")));
    auto* frame = fixture.window.findChild<WindowFrame*>();
    QVERIFY(frame && frame->isVisible());
    QCOMPARE(frame->size(), fixture.window.size());
    const QImage picture = fixture.window.grab().toImage();
    QCOMPARE(picture.pixelColor(1, picture.height() / 2), environmentColor(Environment::Production));
    QCOMPARE(picture.pixelColor(picture.width() / 2, picture.height() - 2), environmentColor(Environment::Production));
    QVERIFY(!fixture.action(ActionId::Acquire)->isEnabled());
    QVERIFY(fixture.action(ActionId::Acquire)->toolTip().contains(QStringLiteral("arm the writes")));
}

void ProductionTest::otherConnectionsAreNot()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().completeness.complete);
    QVERIFY(!fixture.window.armStrip()->isVisible());
    QVERIFY(!fixture.window.findChild<WindowFrame*>()->isVisible());
    QVERIFY(!fixture.action(ActionId::ArmWrites)->isEnabled());
    QVERIFY(fixture.action(ActionId::Acquire)->isEnabled());
}

void ProductionTest::writesAreArmedThroughTheDialog()
{
    WindowFixture fixture(production(), false);
    connectToProduction(fixture);
    fixture.action(ActionId::ArmWrites)->trigger();
    auto* dialog = fixture.window.findChild<ArmDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(dialog->findChild<EnvironmentStrip*>()->isVisible());
    QPushButton* arm = button(*dialog, QStringLiteral("&Arm writes"));
    QVERIFY(!arm->isEnabled());
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("INC-118"));
    QTest::mouseClick(arm, Qt::LeftButton);
    QTRY_COMPARE(fixture.fake->armings().size(), 1);
    QCOMPARE(fixture.fake->armings().first().reason, QStringLiteral("INC-118"));
    QCOMPARE(fixture.fake->armings().first().duration, longestArming);
    QTRY_VERIFY(fixture.action(ActionId::Acquire)->isEnabled());
    QVERIFY(fixture.window.armStrip()->countdown().startsWith(QStringLiteral("10:0"))
        || fixture.window.armStrip()->countdown().startsWith(QStringLiteral("9:5")));
    QVERIFY(fixture.window.armStrip()->detail().contains(fixture.window.armStrip()->countdown()));
    QTest::mouseClick(button(*fixture.window.armStrip(), QStringLiteral("&Disarm now")), Qt::LeftButton);
    QTRY_VERIFY(!fixture.action(ActionId::Acquire)->isEnabled());
    QVERIFY(fixture.window.armStrip()->countdown().isEmpty());
}

void ProductionTest::enterDoesNotArm()
{
    WindowFixture fixture(production(), false);
    connectToProduction(fixture);
    fixture.action(ActionId::ArmWrites)->trigger();
    auto* dialog = fixture.window.findChild<ArmDialog*>();
    auto* reason = dialog->findChild<QLineEdit*>();
    QTest::keyClicks(reason, QStringLiteral("INC-118"));
    QTest::keyClick(reason, Qt::Key_Return);
    QVERIFY(dialog->isVisible());
    QVERIFY(fixture.fake->armings().isEmpty());
}

void ProductionTest::aFailedArmingIsTold()
{
    WindowFixture fixture(production(), false);
    connectToProduction(fixture);
    fixture.fake->setArmError(makeError(ErrorKind::Storage, QStringLiteral("disk is full")));
    fixture.action(ActionId::ArmWrites)->trigger();
    auto* dialog = fixture.window.findChild<ArmDialog*>();
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("INC-118"));
    QTest::mouseClick(button(*dialog, QStringLiteral("&Arm writes")), Qt::LeftButton);
    auto* message = dialog->findChild<MessageStrip*>();
    QTRY_VERIFY(message->text().contains(QStringLiteral("disk is full")));
    QVERIFY(dialog->isVisible());
    QVERIFY(fixture.fake->isReadOnly());
}

void ProductionTest::theCountdownEndsByItself()
{
    SteppedClock clock;
    QAction action(QStringLiteral("Arm"));
    ArmStrip strip(&action, clock);
    QSignalSpy expired(&strip, &ArmStrip::expired);
    WriteAccess access { Environment::Production, false, clock.now() + 90s };
    strip.setAccess(access);
    QCOMPARE(strip.countdown(), QStringLiteral("1:30"));
    clock.advance(29500ms);
    QTRY_COMPARE(strip.countdown(), QStringLiteral("1:01"));
    QCOMPARE(expired.size(), 0);
    clock.advance(60500ms);
    QTRY_COMPARE(expired.size(), 1);
    QCOMPARE(strip.countdown(), QString());
    QVERIFY(strip.detail().contains(QStringLiteral("until you arm")));
}

void ProductionTest::theEnvironmentIsRemembered()
{
    Settings settings = Settings::inMemory();
    ConnectionSpec spec;
    spec.endpoints = { Endpoint { QStringLiteral("cache-1"), 6379, {} } };
    spec.user = QStringLiteral("ops");
    spec.password = Secret("hunter2-secret");
    settings.setEnvironmentOf(spec, Environment::Production);
    QCOMPARE(settings.environmentOf(spec), Environment::Production);
    spec.password = Secret("another");
    QCOMPARE(settings.environmentOf(spec), Environment::Production);
    for (const QString& entry : settings.value(Setting::Environments).toStringList())
        QVERIFY(!entry.contains(QStringLiteral("hunter2")));
    ConnectionSpec other = spec;
    other.database = 2;
    QCOMPARE(settings.environmentOf(other), Environment::Unspecified);

    ConnectDialog dialog({}, ConnectionChoice(), false);
    dialog.setEnvironments([&settings](const ConnectionSpec& asked) { return settings.environmentOf(asked); });
    QSignalSpy chosen(&dialog, &ConnectDialog::chosen);
    dialog.show();
    QComboBox* environment = nullptr;
    for (QComboBox* combo : dialog.findChildren<QComboBox*>()) {
        if (combo->accessibleName() == QStringLiteral("Environment"))
            environment = combo;
    }
    QVERIFY(environment);
    QCOMPARE(environment->currentData().toInt(), int(Environment::Unspecified));
    auto* uri = dialog.findChild<QComboBox*>();
    uri->setEditText(QStringLiteral("redis://ops@cache-1:6379/0"));
    QCOMPARE(environment->currentData().toInt(), int(Environment::Production));
    QTest::mouseClick(button(dialog, QStringLiteral("Co&nnect")), Qt::LeftButton);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen.first().first().value<ConnectionChoice>().environment, Environment::Production);
}

/// The whole line on a real server: force-release through its dialog, then the notice, then back.
void ProductionTest::aForceReleaseIsPutBackFromTheNotice()
{
    const QTemporaryDir folder;
    const QString audit = folder.filePath(QStringLiteral("audit.sqlite"));
    Settings settings = Settings::inMemory();
    const auto factory = [&](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
        DeploymentOptions options;
        options.specs = { choice.spec };
        options.environment = choice.environment;
        options.auditFile = audit;
        return LiveDeployment::create(options).map(
            [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
    };
    MainWindow window(factory, settings, { false, true, 0, audit });
    window.show();
    const Result<ConnectionSpec> spec = parseConnectionUri(QStringLiteral("sandbox:"));
    VERIFY_RESULT(spec);
    window.connectTo({ *spec, false, {} });
    QTRY_VERIFY_WITH_TIMEOUT(window.status().completeness.complete, 20000);
    AcquireRequest request;
    request.key = "lock:orders:1";
    request.ttl = 120s;
    const auto grant = window.deployment()->acquire(request);
    QTRY_VERIFY_WITH_TIMEOUT(grant.isFinished(), 10000);
    QTRY_COMPARE_WITH_TIMEOUT(window.model()->totalCount(), 1, 10000);
    window.view()->selectLock(window.model()->recordAt(0)->id);

    window.registry().action(ActionId::ForceRelease)->trigger();
    ForceReleaseDialog* dialog = window.forceRelease()->dialog();
    QVERIFY(dialog);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->review().allLooked(), 10000);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("its holder is dead"));
    QTest::mouseClick(button(*dialog, QStringLiteral("&Force-release")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->review().finished(), 10000);
    dialog->close();
    QPushButton* undo = button(window, QStringLiteral("&Restore…"));
    QVERIFY(undo);
    QTRY_VERIFY(undo->isVisible());
    QTest::mouseClick(undo, Qt::LeftButton);
    QVERIFY(window.auditWindow());
    QTRY_VERIFY_WITH_TIMEOUT(window.auditWindow()->restoreDialog(), 10000);
    RestoreDialog* restore = window.auditWindow()->restoreDialog();
    QTRY_VERIFY_WITH_TIMEOUT(restore->message()->text().contains(QStringLiteral("key is free")), 10000);
    QTest::keyClicks(restore->findChild<QLineEdit*>(), QStringLiteral("it was alive"));
    QTest::mouseClick(button(*restore, QStringLiteral("&Restore")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(restore->message()->tone() == Tone::Positive, 10000);
    const auto look = window.deployment()->inspect({ "lock:orders:1" });
    QTRY_VERIFY_WITH_TIMEOUT(look.isFinished(), 10000);
    VERIFY_RESULT(look.result());
    QCOMPARE(look.result()->token, grant.result()->token);
    QVERIFY(look.result()->ttlMs > 0 && look.result()->ttlMs <= 120'000);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ProductionTest)
#include "tst_production.moc"
