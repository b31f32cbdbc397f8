// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/stresslabwindow.h"

#include "common/messagestrip.h"
#include "redis/sandboxserver.h"
#include "stresslab/comparepage.h"
#include "stresslab/compareplot.h"
#include "stresslab/faultbuttons.h"
#include "stresslab/faulteditor.h"
#include "stresslab/labfigures.h"
#include "stresslab/labplot.h"
#include "stresslab/lanesview.h"
#include "stresslab/runview.h"
#include "stresslab/violationdetails.h"
#include "stresslab/violationmodel.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

namespace lockscope {

static constexpr int patience = 60'000;

/// The lab's window with real runs on real servers.
class StressLabTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void opensFromTheMainWindow();
    void aBrokenStrategyIsShown();
    void aSoundStrategyHolds();
    void startAndStopLeaveNothing();
    void whatIsWrongIsSaid();
    void productionIsRefused();
    void refusedConnectionsAreSaid();
    void withoutServerProgram();
    void settingsAreRemembered();
    void theDemonstrationIsFilledIn();
    void faultsAreEdited();
    void faultsByButton();
    void exportsTheReport();
    void lanesStandStillAndZoom();
    void memoryIsBounded();
    void strategiesAreCompared();
    void screens_data();
    void screens();
    void cleanupTestCase() { applyTheme(ThemeMode::Light); }
};

namespace {

struct Lab {
    Settings settings = Settings::inMemory();
    StressLabWindow window { settings };

    Lab()
    {
        window.resize(1360, 900);
        window.show();
        set("Clients", 8);
        set("Keys", 2);
        set("Hold, at most", 5);
        set("Try again, at least after", 2);
        set("Try again, at most after", 10);
        set("Ends after", 60);
    }
    template <typename Widget> Widget* named(const char* name)
    {
        for (Widget* widget : window.findChildren<Widget*>()) {
            if (widget->accessibleName() == QLatin1StringView(name))
                return widget;
        }
        return nullptr;
    }
    void set(const char* name, int value)
    {
        auto* box = named<QSpinBox>(name);
        QVERIFY2(box, name);
        box->setValue(value);
    }
    void strategy(const char* name) { window.setup()->setStrategy(name); }
    bool begin()
    {
        QTest::mouseClick(window.startButton(), Qt::LeftButton);
        return window.isRunning();
    }
    bool sections(quint64 least)
    {
        return QTest::qWaitFor(
            [&] {
                return window.view()->figures()->value(LabFigures::Sections).remove(QLatin1Char(',')).toULongLong()
                    >= least;
            },
            patience);
    }
    bool end()
    {
        QSignalSpy ended(&window, &StressLabWindow::runEnded);
        QTest::mouseClick(window.stopButton(), Qt::LeftButton);
        return ended.count() > 0 || ended.wait(patience);
    }
};

bool violationsListed(Lab& lab, int least = 1)
{
    return QTest::qWaitFor([&] { return lab.window.view()->violations()->rowCount() >= least; }, patience);
}

} // namespace

void StressLabTest::opensFromTheMainWindow()
{
    WindowFixture fixture;
    QVERIFY(!fixture.window.stressLab());
    fixture.action(ActionId::ShowStressLab)->trigger();
    StressLabWindow* lab = fixture.window.stressLab();
    QVERIFY(lab && lab->isVisible());
    QVERIFY(lab->startButton()->isEnabled());
    QVERIFY(!lab->stopButton()->isEnabled());
    // The connection is offered, without its password.
    const QComboBox* server = nullptr;
    for (const QComboBox* box : lab->findChildren<QComboBox*>())
        server = box->accessibleName() == QStringLiteral("Server") ? box : server;
    QVERIFY(server);
    QVERIFY(server->itemText(server->count() - 1).contains(fixture.fake->title()));
    QVERIFY(!server->itemText(server->count() - 1).contains(QStringLiteral("hunter2")));
}

void StressLabTest::aBrokenStrategyIsShown()
{
    Lab lab;
    lab.strategy("unsafe-ignore-reply");
    QVERIFY(lab.begin());
    QVERIFY(violationsListed(lab, 5));
    RunView* view = lab.window.view();
    QCOMPARE(int(view->verdict()->tone()), int(Tone::Danger));
    QVERIFY(lab.end());
    QVERIFY(lab.window.report());
    QVERIFY(view->verdict()->text().contains(QStringLiteral("violated")));
    QCOMPARE(lab.window.report()->keysLeft, qint64(0));

    // Enter on a row opens it on the lanes, at that instant, with both clients on top.
    int row = 0;
    while (view->violations()->at(row)->kind != ViolationKind::Overlap)
        ++row;
    view->violationTable()->setFocus();
    view->violationTable()->setCurrentIndex(view->violations()->index(row, 0));
    QTest::keyClick(view->violationTable(), Qt::Key_Return);
    const Violation violation = *view->violations()->at(row);
    LanesView* lanes = view->lanes();
    QVERIFY(!lanes->isFollowing());
    QVERIFY(lanes->marked());
    QCOMPARE(lanes->marked()->from, violation.from);
    QVERIFY(lanes->shown().from <= violation.from && violation.from <= lanes->shown().until);
    QCOMPARE(lanes->clients().at(0), violation.first.client);
    QCOMPARE(lanes->clients().at(1), violation.second.client);
    QVERIFY(violation.first.client != violation.second.client);
    for (const ViolationParty& party : { violation.first, violation.second }) {
        const std::vector<LaneSpan> spans = lanes->visibleSpans(party.client);
        QVERIFY(std::any_of(spans.begin(), spans.end(), [&](const LaneSpan& span) {
            return span.kind == LaneSpan::Kind::Holding && span.from <= violation.from && span.until >= violation.from;
        }));
        QVERIFY(view->details()->text().contains(QString::fromLatin1(party.token.right(12))));
    }
    QVERIFY(view->details()->text().contains(QStringLiteral("server had said no")));
    QVERIFY(view->violations()->scene(row));
    QVERIFY(!view->violations()->scene(row)->empty());
}

void StressLabTest::aSoundStrategyHolds()
{
    Lab lab;
    lab.strategy("set-nx");
    lab.named<QComboBox>("Unit of the end")->setCurrentIndex(1);
    lab.set("Ends after", 300);
    QSignalSpy ended(&lab.window, &StressLabWindow::runEnded);
    QVERIFY(lab.begin());
    QVERIFY(!lab.window.setup()->isEnabled());
    QVERIFY(ended.wait(patience));
    RunView* view = lab.window.view();
    QCOMPARE(int(view->verdict()->tone()), int(Tone::Positive));
    QCOMPARE(view->figures()->value(LabFigures::Sections), QStringLiteral("300"));
    QCOMPARE(view->violations()->rowCount(), 0);
    QVERIFY(view->figures()->value(LabFigures::Acquire).contains(QStringLiteral(" / ")));
    QVERIFY(lab.window.setup()->isEnabled());
    // Again, from a clean page.
    QVERIFY(lab.begin());
    QVERIFY(ended.wait(patience));
    QCOMPARE(view->figures()->value(LabFigures::Sections), QStringLiteral("300"));
}

void StressLabTest::startAndStopLeaveNothing()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    Lab lab;
    LabConnection connection;
    connection.servers = { (*server)->spec() };
    connection.title = QStringLiteral("test");
    lab.window.setConnection(connection);
    auto* choice = lab.named<QComboBox>("Server");
    choice->setCurrentIndex(choice->count() - 1);
    for (const int sections : { 0, 20 }) {
        QVERIFY(lab.begin());
        if (sections > 0)
            QVERIFY(lab.sections(quint64(sections)));
        QVERIFY(lab.end());
        QVERIFY(!lab.window.isRunning());
        BlockingClient client((*server)->socketPath());
        QCOMPARE(client.run({ "DBSIZE" }).number, qint64(0));
    }
    QVERIFY(lab.window.report());
    QCOMPARE(lab.window.report()->keysLeft, qint64(0));
}

void StressLabTest::whatIsWrongIsSaid()
{
    Lab lab;
    QVERIFY(lab.window.startButton()->isEnabled());
    QVERIFY(lab.window.message()->text().isEmpty());
    lab.set("Hold, at least", 50);
    QVERIFY(!lab.window.startButton()->isEnabled());
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("hold"), Qt::CaseInsensitive));
    lab.set("Hold, at least", 1);
    QVERIFY(lab.window.startButton()->isEnabled());
    lab.set("Clients", 500'000);
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("100000")));
    lab.set("Clients", 8);
    auto* seed = lab.named<QLineEdit>("Seed");
    QTest::keyClicks(seed, QStringLiteral("abc"));
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("seed"), Qt::CaseInsensitive));
    seed->clear();
    // Several masters are for a quorum.
    lab.strategy("lua");
    lab.named<QComboBox>("Server")->setCurrentIndex(1);
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("redlock")));
    lab.strategy("redlock");
    QVERIFY(lab.window.startButton()->isEnabled());
    auto* server = lab.named<QComboBox>("Server");
    server->setCurrentIndex(server->count() - 1);
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("connect"), Qt::CaseInsensitive));
    QVERIFY(!lab.window.startButton()->isEnabled());
}

void StressLabTest::productionIsRefused()
{
    Lab lab;
    LabConnection connection;
    connection.servers = { parseConnectionUri(QStringLiteral("redis://127.0.0.1:1/0")).value() };
    connection.production = true;
    lab.window.setConnection(connection);
    auto* server = lab.named<QComboBox>("Server");
    server->setCurrentIndex(server->count() - 1);
    QVERIFY(!lab.window.startButton()->isEnabled());
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("production")));
    connection.production = false;
    connection.readOnly = true;
    lab.window.setConnection(connection);
    QVERIFY(!lab.window.startButton()->isEnabled());
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("read-only"), Qt::CaseInsensitive));
    // Not even by the keyboard.
    QTest::keyClick(&lab.window, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!lab.window.isRunning());
    // Faults of servers are for sandboxes.
    connection.readOnly = false;
    lab.window.setConnection(connection);
    QVERIFY(lab.window.startButton()->isEnabled());
    lab.window.findChild<FaultEditor*>()->setFaults({ parseFault("kill-master").value() });
    QVERIFY(!lab.window.startButton()->isEnabled());
    QVERIFY(lab.window.message()->text().contains(QStringLiteral("sandbox")));
}

void StressLabTest::refusedConnectionsAreSaid()
{
    Lab lab;
    LabConnection connection;
    connection.servers = { parseConnectionUri(QStringLiteral("unix:///nonexistent/redis.sock")).value() };
    lab.window.setConnection(connection);
    auto* server = lab.named<QComboBox>("Server");
    server->setCurrentIndex(server->count() - 1);
    QSignalSpy ended(&lab.window, &StressLabWindow::runEnded);
    QVERIFY(lab.begin());
    QVERIFY(ended.count() > 0 || ended.wait(patience));
    QVERIFY(!lab.window.report());
    QCOMPARE(int(lab.window.view()->verdict()->tone()), int(Tone::Danger));
    QVERIFY(lab.window.view()->verdict()->text().contains(QStringLiteral("nonexistent")));
    QVERIFY(lab.window.startButton()->isEnabled());
}

void StressLabTest::withoutServerProgram()
{
    const QByteArray path = qgetenv("PATH");
    const QTemporaryDir empty;
    qputenv("PATH", empty.path().toUtf8());
    Lab lab;
    QSignalSpy ended(&lab.window, &StressLabWindow::runEnded);
    const bool began = lab.begin();
    const bool isOver = ended.count() > 0 || ended.wait(patience);
    qputenv("PATH", path);
    QVERIFY(began && isOver);
    QVERIFY(lab.window.view()->verdict()->text().contains(QStringLiteral("redis-server")));
}

void StressLabTest::settingsAreRemembered()
{
    Settings settings = Settings::inMemory();
    {
        StressLabWindow window(settings);
        window.setup()->setStrategy("redlock");
        window.findChild<FaultEditor*>()->setFaults({ parseFault("pause-client:at=2s,for=300ms,clients=2").value() });
        for (QSpinBox* box : window.findChildren<QSpinBox*>()) {
            if (box->accessibleName() == QStringLiteral("Clients"))
                box->setValue(77);
        }
    }
    QVERIFY(!settings.bytes(Setting::StressLab).isEmpty());
    StressLabWindow again(settings);
    const StressConfig config = again.setup()->config();
    QCOMPARE(config.strategy, QByteArray("redlock"));
    QCOMPARE(config.clients, 77);
    QCOMPARE(config.faults.size(), 1);
    QCOMPARE(config.faults.first().text(), QByteArray("pause-client:at=2000ms,for=300ms,clients=2"));
    // Rubbish in the settings is no obstacle.
    settings.setValue(Setting::StressLab, QByteArray("{\"clients\":\"x\",\"strategy\":7,\"faults\":[\"nonsense\"]"));
    StressLabWindow third(settings);
    QVERIFY(third.setup()->check());
}

void StressLabTest::theDemonstrationIsFilledIn()
{
    Lab lab;
    for (const StressChoice& choice : stressStrategies()) {
        if (choice.demonstration.isEmpty())
            continue;
        lab.window.setup()->setStrategy(choice.name);
        lab.window.setup()->useDemonstration();
        const Status usable = lab.window.setup()->check();
        QVERIFY2(usable, choice.name.constData());
        const StressConfig config = lab.window.setup()->config();
        QCOMPARE(config.strategy, choice.name);
        const QByteArray clients = "--clients " + QByteArray::number(config.clients) + ' ';
        QVERIFY2(
            !choice.demonstration.contains("--clients") || QByteArray(choice.demonstration + ' ').contains(clients),
            choice.name.constData());
        QCOMPARE(config.faults.size(), choice.demonstration.count("--fault"));
    }
}

void StressLabTest::faultsAreEdited()
{
    Lab lab;
    auto* editor = lab.window.findChild<FaultEditor*>();
    auto* list = editor->findChild<QListWidget*>();
    auto* at = lab.named<QLineEdit>("Begins at");
    lab.named<QComboBox>("Fault")->setCurrentText(QStringLiteral("latency"));
    QTest::keyClicks(at, QStringLiteral("soon"));
    QTest::keyClick(at, Qt::Key_Return);
    auto* error = editor->findChild<QLabel*>(QStringLiteral("faultError"));
    QVERIFY(error->isVisible() && error->text().contains(QStringLiteral("soon")));
    QCOMPARE(list->count(), 0);
    at->clear();
    QTest::keyClicks(at, QStringLiteral("500ms"));
    QTest::keyClicks(lab.named<QLineEdit>("Further parameters"), QStringLiteral("add=5ms"));
    QTest::keyClick(at, Qt::Key_Return);
    QVERIFY(!error->isVisible());
    QCOMPARE(editor->faults().size(), 1);
    QCOMPARE(editor->faults().first().text(), QByteArray("latency:at=500ms,add=5ms"));
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(list->count(), 0);
}

void StressLabTest::faultsByButton()
{
    Lab lab;
    FaultButtons* buttons = lab.window.view()->faultButtons();
    QVERIFY(!buttons->button("pause-client")->isEnabled());
    QVERIFY(lab.begin());
    QVERIFY(buttons->button("pause-client")->isEnabled());
    QVERIFY2(!buttons->button("latency")->isEnabled(), "no proxy stands there");
    QVERIFY(lab.sections(20));
    buttons->button("clock-jump")->click();
    QTRY_VERIFY_WITH_TIMEOUT(buttons->button("clock-jump")->isChecked(), patience);
    QVERIFY(lab.window.view()->throughputPlot()->shownBands() >= 1);
    QVERIFY(lab.window.view()->latencyPlot()->shownBands() >= 1);
    QVERIFY(lab.window.view()->contentionPlot()->shownBands() >= 1);
    buttons->button("clock-jump")->click(); // ends it
    QTRY_VERIFY_WITH_TIMEOUT(!buttons->button("clock-jump")->isChecked(), patience);
    QVERIFY(lab.end());
    QCOMPARE(lab.window.report()->faults.size(), size_t(1));
    QVERIFY(lab.window.report()->faults.front().until >= 0);
    QVERIFY(!buttons->button("pause-client")->isEnabled());

    for (QCheckBox* box : lab.window.findChildren<QCheckBox*>())
        box->setChecked(box->text().contains(QStringLiteral("by button")));
    QVERIFY(lab.begin());
    QVERIFY(buttons->button("latency")->isEnabled());
    QVERIFY(lab.sections(20));
    buttons->button("latency")->click();
    QTRY_VERIFY_WITH_TIMEOUT(buttons->button("latency")->isChecked(), patience);
    QVERIFY(lab.end());
    QVERIFY(lab.window.report()->faults.front().until >= 0);
    QCOMPARE(lab.window.report()->keysLeft, qint64(0));
}

void StressLabTest::exportsTheReport()
{
    Lab lab;
    lab.strategy("unsafe-ignore-reply");
    QVERIFY(lab.begin());
    QVERIFY(violationsListed(lab));
    QVERIFY(lab.end());
    const QTemporaryDir folder;
    const auto read = [&](const char* name) {
        lab.window.exportTo(folder.filePath(QString::fromLatin1(name)));
        QFile file(folder.filePath(QString::fromLatin1(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(read("r.html").contains("<svg"));
    QCOMPARE(int(lab.window.message()->tone()), int(Tone::Positive));
    const QJsonObject json = QJsonDocument::fromJson(read("r.json")).object();
    QVERIFY(json.value(QStringLiteral("violation_count")).toInt() > 0);
    QVERIFY(json.value(QStringLiteral("samples")).isArray());
    lab.window.exportTo(QStringLiteral("/nonexistent/folder/r.json"));
    QCOMPARE(int(lab.window.message()->tone()), int(Tone::Danger));
}

void StressLabTest::lanesStandStillAndZoom()
{
    Lab lab;
    QVERIFY(lab.begin());
    QVERIFY(lab.sections(50));
    LanesView* lanes = lab.window.view()->lanes();
    QVERIFY(lanes->isFollowing());
    QTRY_COMPARE_WITH_TIMEOUT(lanes->clients().size(), size_t(8), patience);
    QTest::keyClick(lanes, Qt::Key_Left);
    QVERIFY(!lanes->isFollowing());
    const LaneStretch still = lanes->shown();
    const quint64 sections
        = lab.window.view()->figures()->value(LabFigures::Sections).remove(QLatin1Char(',')).toULongLong();
    QVERIFY(lab.sections(sections + 50));
    QCOMPARE(lanes->shown().from, still.from);
    QTest::keyClick(lanes, Qt::Key_Plus);
    QVERIFY(lanes->shown().until - lanes->shown().from < still.until - still.from);
    QVERIFY(lanes->shown().from >= still.from && lanes->shown().until <= still.until);
    QTest::keyClick(lanes, Qt::Key_Home);
    QVERIFY(lanes->isFollowing());
    QVERIFY(lab.end());
}

void StressLabTest::memoryIsBounded()
{
    LanesView lanes;
    StressProgress progress;
    progress.clients = 100'000;
    quint64 total = 0;
    for (int i = 0; i < 100; ++i) {
        progress.lanes.clear();
        for (int k = 0; k < 4000; ++k) {
            const qint64 at = qint64(++total) * 1000;
            progress.lanes.push_back({ qint32(total % 64), 0, LaneSpan::Kind::Holding, at, at + 900 });
        }
        progress.lanesSeen = total;
        progress.elapsed = qint64(total) * 1000;
        lanes.addProgress(progress);
    }
    QCOMPARE(lanes.clients().size(), size_t(64));
    size_t kept = 0;
    lanes.zoom(1e6);
    for (const qint32 client : lanes.clients())
        kept += lanes.visibleSpans(client).size();
    QVERIFY(kept > 1000 && kept <= LanesView::mostSpans);
    // The same snapshot again brings nothing new.
    lanes.addProgress(progress);
    size_t again = 0;
    for (const qint32 client : lanes.clients())
        again += lanes.visibleSpans(client).size();
    QCOMPARE(again, kept);
}

void StressLabTest::strategiesAreCompared()
{
    Lab lab;
    lab.named<QComboBox>("Unit of the end")->setCurrentIndex(1);
    lab.set("Ends after", 40);
    QSignalSpy ended(&lab.window, &StressLabWindow::runEnded);
    QVERIFY(lab.begin());
    QVERIFY(ended.wait(patience));
    ComparePage* page = lab.window.comparison();
    QCOMPARE(page->model()->rowCount(), 1); // the single run
    page->choose({ "set-nx" }, 2);
    QVERIFY(!page->startButton()->isEnabled());
    page->choose({ "set-nx", "unsafe-ignore-reply" }, 2);
    lab.window.tabs()->setCurrentWidget(page);
    QSignalSpy changed(page, &ComparePage::runningChanged);
    QTest::mouseClick(page->startButton(), Qt::LeftButton);
    QVERIFY(page->isRunning());
    QVERIFY(!lab.window.startButton()->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 2, patience);
    QVERIFY(!page->isRunning());
    QVERIFY(lab.window.startButton()->isEnabled());
    QCOMPARE(page->model()->rowCount(), 3);
    QCOMPARE(page->model()->comparedRows(), 2);
    const auto text
        = [&](int row, CompareColumn column) { return page->model()->index(row, int(column)).data().toString(); };
    QCOMPARE(text(0, CompareColumn::Strategy), QStringLiteral("set-nx"));
    QVERIFY(text(0, CompareColumn::Throughput).contains(QStringLiteral("±")));
    QVERIFY(text(0, CompareColumn::Verdict).contains(QStringLiteral("held")));
    QVERIFY(text(1, CompareColumn::Verdict).contains(QStringLiteral("2 of 2")));
    QVERIFY(!text(2, CompareColumn::Throughput).contains(QStringLiteral("±")));
    QCOMPARE(page->plot()->points(), 3);
    page->table()->selectRow(1);
    QCOMPARE(page->plot()->points(), 1);
    const QTemporaryDir folder;
    page->exportTo(folder.filePath(QStringLiteral("c.json")));
    QFile file(folder.filePath(QStringLiteral("c.json")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(QJsonDocument::fromJson(file.readAll()).object().contains(QStringLiteral("comparison")));
    // Stopped in its midst: what was done counts.
    page->choose({ "set-nx", "lua" }, 50);
    page->start();
    QTRY_VERIFY_WITH_TIMEOUT(page->model()->row(0).figures.runs.size() >= 2, patience);
    page->stop();
    QTRY_VERIFY_WITH_TIMEOUT(!page->isRunning(), patience);
    QVERIFY(page->message()->text().contains(QStringLiteral("Stopped")));
    QVERIFY(page->model()->row(0).figures.runs.size() < 50);
}

void StressLabTest::screens_data()
{
    QTest::addColumn<ThemeMode>("mode");
    QTest::newRow("light") << ThemeMode::Light;
    QTest::newRow("dark") << ThemeMode::Dark;
}

// With $LOCKSCOPE_SCREENS_DIR set, pictures to look at.
void StressLabTest::screens()
{
    QFETCH(ThemeMode, mode);
    applyTheme(mode);
    Lab lab;
    const auto save = [&](const char* name) {
        const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR");
        QCoreApplication::processEvents();
        const QPixmap picture = lab.window.grab();
        QCOMPARE(picture.size(), lab.window.size());
        if (!folder.isEmpty())
            QVERIFY(picture.save(QDir(folder).filePath(
                QStringLiteral("lab-%1-%2.png").arg(QString::fromLatin1(name), themeModeName(mode)))));
    };
    save("empty");
    lab.set("Clients", 12);
    lab.set("Hold, at least", 5);
    lab.set("Hold, at most", 20);
    lab.set("TTL", 300);
    lab.window.findChild<FaultEditor*>()->setFaults({ parseFault("pause-client:at=300ms,every=900ms,for=700ms").value(),
        parseFault("server-pause:at=2s,for=400ms").value() });
    QVERIFY(lab.begin());
    QTRY_VERIFY_WITH_TIMEOUT(lab.window.view()->throughputPlot()->shownBands() >= 3, patience);
    QVERIFY(violationsListed(lab));
    save("running");
    QVERIFY(lab.end());
    lab.window.view()->openViolation(0);
    save("violation");
    QCOMPARE(lab.window.size(), QSize(1360, 900));
    lab.set("Hold, at least", 5000);
    save("invalid");
    lab.set("Hold, at least", 5);
    lab.named<QComboBox>("Unit of the end")->setCurrentIndex(1);
    lab.set("Ends after", 60);
    lab.window.findChild<FaultEditor*>()->setFaults({});
    ComparePage* page = lab.window.comparison();
    page->choose({ "set-nx", "redisson", "fair", "unsafe-ignore-reply" }, 3);
    lab.window.tabs()->setCurrentWidget(page);
    page->start();
    QTRY_VERIFY_WITH_TIMEOUT(!page->isRunning(), patience);
    save("compared");
}

} // namespace lockscope

QTEST_MAIN(lockscope::StressLabTest)
#include "tst_stresslab.moc"
