// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/serverpage.h"

#include "server/rateplot.h"
#include "ui/windowfixture.h"

#include <QSignalSpy>

#include <QImage>
#include <QLabel>
#include <QToolButton>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

ServerReport report()
{
    ServerReport result;
    result.flavour = "redis";
    result.version = "7.0.15";
    result.role = "master";
    result.memoryPolicy = "volatile-ttl";
    result.memoryLimitBytes = 1'000'000'000;
    result.memoryUsedBytes = 250'000'000;
    result.clients = 214;
    result.roundTrip = 420us;
    return result;
}

QString textOf(const QWidget& page, const QString& name)
{
    for (const QLabel* label : page.findChildren<QLabel*>()) {
        if (label->accessibleName() == name)
            return label->text();
    }
    return {};
}

void fill(RateHistory& history, int seconds, int gapFrom = -1, int gapTo = -1)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    for (int i = seconds; i >= 1; --i) {
        WatchStatus status;
        const int at = seconds - i;
        status.link = at >= gapFrom && at < gapTo ? LinkState::Lost : LinkState::Ready;
        status.eventsPerSecond = 100 + 50 * std::sin(at / 20.0);
        status.commandsPerSecond = 80;
        status.bytesPerSecond = 20'000;
        history.note(status, now - i * 1000);
    }
}

} // namespace

class TestServerPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void historyKeepsOneSampleASecond();
    void historyIsBounded();
    void emptyBeforeTheFirstFigures();
    void tellsWhatTheServerIs();
    void refusalsAreSaid();
    void aHiddenPageDoesNothing();
    void pausedPlotsStandStill();
    void followsTheTheme();
};

void TestServerPage::historyKeepsOneSampleASecond()
{
    RateHistory history;
    WatchStatus status;
    history.note(status, 1000);
    QVERIFY2(history.samples().empty(), "nothing before the connection");
    status.link = LinkState::Ready;
    for (int ms = 1000; ms < 11'000; ms += 250)
        history.note(status, ms);
    QCOMPARE(history.samples().size(), size_t(10));
    history.noteRoundTrip(1.5);
    history.note(status, 12'000);
    QCOMPARE(history.samples().back().values[size_t(Rate::RoundTrip)], 1.5);
    status.link = LinkState::Lost;
    history.note(status, 13'000);
    QVERIFY(!history.samples().back().isLinked);
}

void TestServerPage::historyIsBounded()
{
    RateHistory history;
    fill(history, 2000);
    QCOMPARE(history.samples().size(), RateHistory::capacity);
}

void TestServerPage::emptyBeforeTheFirstFigures()
{
    RateHistory history;
    ServerPage page(history);
    page.show();
    QVERIFY(!page.plot(Rate::Events)->isVisible());
    QCOMPARE(page.draws(), 0);
    fill(history, 5);
    QTRY_VERIFY_WITH_TIMEOUT(page.plot(Rate::Events)->isVisible(), 20000);
}

void TestServerPage::tellsWhatTheServerIs()
{
    WindowFixture fixture;
    fixture.fake->setServerReport(report());
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.fingerprints = { { FamilyId(1), "release", "redsync 4" }, { FamilyId(1), "acquire", "redsync 4" } };
        status.clientEvidence = ClientEvidence::Refused;
        status.budgetKeysPerSecond = 2000;
        status.budgetBytesPerSecond = 4e6;
    });
    QVERIFY(!fixture.window.serverPage());
    fixture.action(ActionId::ShowServer)->trigger();
    const ServerPage* page = fixture.window.serverPage();
    QVERIFY(page && page->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(
        textOf(*page, QStringLiteral("Memory policy:")).contains(QStringLiteral("evicted before")), 20000);
    QVERIFY(textOf(*page, QStringLiteral("Version:")).contains(QStringLiteral("redis 7.0.15")));
    QVERIFY(textOf(*page, QStringLiteral("Round trip:")).contains(QStringLiteral("0.42")));
    QVERIFY(textOf(*page, QStringLiteral("Connections:")).contains(QStringLiteral("CLIENT LIST")));
    QVERIFY(textOf(*page, QStringLiteral("Changes by:")).contains(QStringLiteral("Kg$hszlxe")));
    QVERIFY(textOf(*page, QStringLiteral("Picture:")).contains(QStringLiteral("whole")));
    QVERIFY(textOf(*page, QStringLiteral("Allowed:")).contains(QStringLiteral("keys/s")));
    QVERIFY(textOf(*page, QStringLiteral("Lock libraries that this server has served"))
                .contains(QStringLiteral("release, acquire")));
    fixture.fake->changeStatus([](WatchStatus& status) { status.completeness.complete = false; });
    QTRY_VERIFY_WITH_TIMEOUT(textOf(*page, QStringLiteral("Picture:")).contains(QStringLiteral("partial")), 20000);
}

void TestServerPage::refusalsAreSaid()
{
    WindowFixture fixture;
    fixture.fake->setServerReport(fail(ErrorKind::Permission, QStringLiteral("INFO")));
    fixture.fake->changeStatus([](WatchStatus& status) { status.fingerprintsRefused = true; });
    fixture.action(ActionId::ShowServer)->trigger();
    const ServerPage* page = fixture.window.serverPage();
    const auto* strip = page->findChild<QFrame*>();
    QVERIFY(strip);
    QTRY_VERIFY_WITH_TIMEOUT(textOf(*page, QStringLiteral("Lock libraries that this server has served"))
                                 .contains(QStringLiteral("SCRIPT EXISTS")),
        20000);
    QCOMPARE(textOf(*page, QStringLiteral("Memory policy:")), QString(QChar(0x2013)));
}

void TestServerPage::aHiddenPageDoesNothing()
{
    WindowFixture fixture;
    fixture.fake->setServerReport(report());
    fixture.action(ActionId::ShowServer)->trigger();
    ServerPage* page = fixture.window.serverPage();
    QTRY_VERIFY_WITH_TIMEOUT(page->draws() > 1, 20000);
    page->hide();
    const int draws = page->draws();
    const int asked = fixture.fake->serverInspections();
    for (int i = 0; i < 5; ++i) {
        QSignalSpy shown(&fixture.window, &MainWindow::statusShown);
        fixture.fake->changeStatus([](WatchStatus& status) { ++status.eventsTotal; });
        QVERIFY(shown.wait(10000));
    }
    QVERIFY(!page->findChild<QTimer*>() || !page->findChild<QTimer*>()->isActive());
    QCOMPARE(page->draws(), draws);
    QCOMPARE(fixture.fake->serverInspections(), asked);
}

void TestServerPage::pausedPlotsStandStill()
{
    RateHistory history;
    fill(history, 60);
    ServerPage page(history);
    page.show();
    QTRY_VERIFY_WITH_TIMEOUT(page.draws() >= 1, 20000);
    QTest::keyClick(&page, Qt::Key_Space);
    QVERIFY(page.isPaused());
    const int draws = page.draws();
    const size_t samples = history.samples().size();
    WatchStatus status;
    status.link = LinkState::Ready;
    page.setStatus(status);
    // The rates are collected on.
    QTRY_VERIFY_WITH_TIMEOUT(history.samples().size() > samples + 1, 20000);
    QCOMPARE(page.draws(), draws);
    page.setPaused(false);
    QVERIFY(page.draws() > draws);
}

void TestServerPage::followsTheTheme()
{
    RateHistory history;
    fill(history, 120, 40, 60);
    ServerPage page(history);
    page.show();
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        page.setPaused(true);
        page.setPaused(false);
        QCoreApplication::processEvents();
        const QImage image = page.plot(Rate::Events)->grab().toImage();
        QCOMPARE(image.pixelColor(image.width() - 3, image.height() - 3), themeColors(mode == ThemeMode::Dark).base);
    }
}

QTEST_MAIN(TestServerPage)
#include "tst_serverpage.moc"
