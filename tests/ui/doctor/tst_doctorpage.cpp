// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctorpage.h"

#include "common/messagestrip.h"
#include "doctor/capabilitycard.h"
#include "doctor/findingcard.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>

using namespace lockscope;

class DoctorPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void openingExamines();
    void findingsAreGroupedBySeverity();
    void filtersHideASeverity();
    void commandsAreCopied();
    void theKeyboardReachesEveryFinding();
    void runningCanBeStopped();
    void errorsKeepWhatWasFound();
    void withoutAConnectionNothingIsAsked();
    void theReportIsSaved();
    void whatIsLostIsSaidOnceConnected();
    void serverWordsAreNoMarkup();
    void screens();
};

namespace {

Finding finding(Severity severity, const char* check, const QString& title)
{
    Finding made;
    made.check = check;
    made.severity = severity;
    made.title = title;
    made.nodes = { QStringLiteral("cache-1.example.net:6379") };
    made.evidence = QStringLiteral("maxmemory-policy allkeys-lru, maxmemory 2.0 GB, 1.9 GB used, 12 keys evicted");
    if (severity != Severity::Ok) {
        made.why = QStringLiteral("When memory is full this policy throws away any key, locks too. The holder goes on "
                                  "believing, and somebody else gets the lock.");
        made.mend = QStringLiteral("Keep locks on a server that refuses writes when it is full, apart from caches.");
    }
    return made;
}

DoctorReport report()
{
    DoctorReport made;
    Finding serious = finding(Severity::Serious, "eviction", QStringLiteral("Locks can be evicted"));
    serious.commands = { QStringLiteral("CONFIG SET maxmemory-policy noeviction"), QStringLiteral("CONFIG REWRITE") };
    Finding warning = finding(Severity::Warning, "persistence", QStringLiteral("A restart forgets locks"));
    warning.source = QStringLiteral("https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/");
    warning.commands = { QStringLiteral("CONFIG SET appendonly yes") };
    Finding unknown = finding(Severity::Unknown, "notifications", QStringLiteral("Keyspace notifications"));
    unknown.evidence = QStringLiteral(
        "could not be checked: CONFIG GET notify-keyspace-events: NOPERM this user has no permissions");
    made.findings
        = { serious, warning, unknown, finding(Severity::Info, "replication", QStringLiteral("There is no replica")),
              finding(Severity::Ok, "clock", QStringLiteral("The server's clock agrees with this machine's")),
              finding(Severity::Ok, "version", QStringLiteral("No known security fault concerns this version")) };
    NodeCapabilities node;
    node.node = QStringLiteral("cache-1.example.net:6379");
    node.flavour = "redis";
    node.version = "7.2.11";
    node.role = "master";
    node.capabilities = { { "info", QStringLiteral("INFO"), CapabilityState::Available, {}, {}, true },
        { "config_get", QStringLiteral("CONFIG GET"), CapabilityState::Missing,
            QStringLiteral("NOPERM this user has no permissions to run the 'config|get' command"),
            QStringLiteral("whether notifications are on is not known before one comes; changes are heard by CLIENT "
                           "TRACKING: how a lock ended is concluded, not told"),
            true },
        { "eval", QStringLiteral("EVAL"), CapabilityState::Unknown,
            QStringLiteral("only trying would tell: ACL DRYRUN is not available"),
            QStringLiteral("locks cannot be extended, released or force-released"), false } };
    made.nodes = { node };
    made.took = Milliseconds(420);
    made.takenAtMs = QDateTime::currentMSecsSinceEpoch();
    return made;
}

DoctorPage* opened(WindowFixture& fixture, const Result<DoctorReport>& answer)
{
    fixture.fake->setDoctorReport(answer);
    fixture.action(ActionId::ShowDoctor)->trigger();
    return fixture.window.doctorPage();
}

int visibleCards(const DoctorPage& page)
{
    int shown = 0;
    for (const FindingCard* card : page.cards())
        shown += card->isVisible() ? 1 : 0;
    return shown;
}

} // namespace

void DoctorPageTest::openingExamines()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    QVERIFY(!fixture.window.doctorPage());
    DoctorPage* page = opened(fixture, report());
    QVERIFY(page && page->isVisible());
    QTRY_VERIFY(page->report());
    QCOMPARE(fixture.fake->examinations(), 1);
    // Never by itself after that.
    page->close();
    fixture.action(ActionId::ShowDoctor)->trigger();
    QCOMPARE(fixture.fake->examinations(), 1);
    QTest::keyClick(page, Qt::Key_F5);
    QCOMPARE(fixture.fake->examinations(), 2);
}

void DoctorPageTest::findingsAreGroupedBySeverity()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(page->cards().size(), 6);
    Severity last = Severity::Serious;
    for (const FindingCard* card : page->cards()) {
        QVERIFY(card->finding().severity <= last);
        last = card->finding().severity;
        QVERIFY(card->accessibleName().contains(card->finding().title));
        QVERIFY(card->accessibleDescription().contains(card->finding().evidence));
        QVERIFY(!card->findChild<QLabel*>()->pixmap().isNull()); // never by colour alone
    }
    QCOMPARE(page->findChildren<CapabilityCard*>().size(), 1);
    bool saysWhatIsLost = false;
    for (const QLabel* label : page->findChildren<QLabel*>())
        saysWhatIsLost = saysWhatIsLost || label->text().contains(QStringLiteral("CLIENT TRACKING"));
    QVERIFY(saysWhatIsLost);
}

void DoctorPageTest::filtersHideASeverity()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(visibleCards(*page), 6);
    page->setShown(Severity::Ok, false);
    QCOMPARE(visibleCards(*page), 4);
    page->setShown(Severity::Serious, false);
    QCOMPARE(visibleCards(*page), 3);
    // A new examination keeps the choice.
    page->examine();
    QTRY_VERIFY(!page->isRunning());
    QCOMPARE(visibleCards(*page), 3);
    page->setShown(Severity::Ok, true);
    QCOMPARE(visibleCards(*page), 5);
}

void DoctorPageTest::commandsAreCopied()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(page->cards().size(), 6);
    FindingCard* serious = page->cards().first();
    QGuiApplication::clipboard()->clear();
    serious->findChild<QToolButton*>()->click();
    QCOMPARE(
        QGuiApplication::clipboard()->text(), QStringLiteral("CONFIG SET maxmemory-policy noeviction\nCONFIG REWRITE"));
    QGuiApplication::clipboard()->clear();
    QTest::keySequence(page->cards().at(1), QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("CONFIG SET appendonly yes"));
}

void DoctorPageTest::theKeyboardReachesEveryFinding()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(page->cards().size(), 6);
    for (FindingCard* card : page->cards()) {
        QTest::keyClick(page, Qt::Key_Down);
        QCOMPARE(page->focusWidget(), card);
        QVERIFY(!card->visibleRegion().isEmpty()); // scrolled to
    }
    QTest::keyClick(page, Qt::Key_Up);
    QCOMPARE(page->focusWidget(), page->cards().at(4));
    QTest::keyClick(page, Qt::Key_Escape);
    QVERIFY(!page->isVisible());
}

void DoctorPageTest::runningCanBeStopped()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    fixture.fake->holdAnswers();
    DoctorPage* page = opened(fixture, report());
    QVERIFY(page->isRunning());
    Q_EMIT fixture.fake->examinationProgressed(1, 2);
    QTest::keyClick(page, Qt::Key_Escape);
    QVERIFY(!page->isRunning() && page->isVisible());
    QCOMPARE(fixture.fake->examinationCancellations(), 1);
    fixture.fake->answerHeld();
    QCoreApplication::processEvents();
    QVERIFY(!page->report()); // what comes late is not shown
    page->examine();
    QTRY_VERIFY(page->report());
}

void DoctorPageTest::errorsKeepWhatWasFound()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(page->cards().size(), 6);
    fixture.fake->setDoctorReport(fail(ErrorKind::ConnectionLost, QStringLiteral("gone")));
    page->examine();
    QTRY_VERIFY(!page->isRunning());
    auto* strip = page->findChild<MessageStrip*>();
    QVERIFY(strip->isVisible());
    QVERIFY2(strip->text().contains(QStringLiteral("gone")), qPrintable(strip->text()));
    QCOMPARE(page->cards().size(), 6);
    fixture.fake->setDoctorReport(report());
    page->examine();
    QTRY_VERIFY(!strip->isVisible());
}

void DoctorPageTest::withoutAConnectionNothingIsAsked()
{
    FakeDeployment::Options options;
    options.connectAtOnce = false;
    WindowFixture fixture(options);
    DoctorPage* page = opened(fixture, report());
    QVERIFY(!page->isRunning());
    QCOMPARE(fixture.fake->examinations(), 0);
    for (const QPushButton* button : page->findChildren<QPushButton*>())
        QVERIFY(!button->isEnabled());
    fixture.fake->becomeComplete();
    QTRY_VERIFY(page->report()); // and then by itself, as it was opened for that
    QCOMPARE(fixture.fake->examinations(), 1);
}

void DoctorPageTest::theReportIsSaved()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_VERIFY(page->report());
    QTemporaryDir folder;
    VERIFY_RESULT(page->saveTo(folder.filePath(QStringLiteral("r.json"))));
    QFile json(folder.filePath(QStringLiteral("r.json")));
    QVERIFY(json.open(QIODevice::ReadOnly));
    QCOMPARE(QJsonDocument::fromJson(json.readAll()).object().value(QLatin1StringView("verdict")).toString(),
        QStringLiteral("serious"));
    VERIFY_RESULT(page->saveTo(folder.filePath(QStringLiteral("r.txt"))));
    QFile text(folder.filePath(QStringLiteral("r.txt")));
    QVERIFY(text.open(QIODevice::ReadOnly));
    const QByteArray lines = text.readAll();
    QVERIFY(lines.contains("Locks can be evicted") && !lines.contains("hunter2-secret"));
    QVERIFY(!page->saveTo(QStringLiteral("/nonexistent/r.txt")));
}

void DoctorPageTest::whatIsLostIsSaidOnceConnected()
{
    FakeDeployment::Options options;
    options.connectAtOnce = false;
    WindowFixture fixture(options);
    fixture.fake->setDoctorReport(report());
    QVERIFY(!fixture.window.lostCapabilities()->isVisible());
    fixture.fake->becomeComplete();
    MessageStrip* strip = fixture.window.lostCapabilities();
    QTRY_VERIFY(strip->isVisible());
    QVERIFY2(strip->text().contains(QStringLiteral("CONFIG GET")), qPrintable(strip->text()));
    QVERIFY(!strip->text().contains(QStringLiteral("EVAL"))); // nobody knows, and it is not needed
    QCOMPARE(fixture.fake->examinations(), 0);
    if (const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR"); !folder.isEmpty())
        fixture.window.grab().save(folder + QStringLiteral("/doctor-lost.png"));
    strip->findChild<QPushButton*>()->click();
    QVERIFY(fixture.window.doctorPage() && fixture.window.doctorPage()->isVisible());
    // Another connection begins anew.
    fixture.fakeOptions.connectAtOnce = true;
    fixture.connectWindow();
    QVERIFY(!strip->isVisible());
}

void DoctorPageTest::serverWordsAreNoMarkup()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorReport hostile = report();
    hostile.findings.first().evidence = QStringLiteral("<b>bold</b> <img src=x>");
    DoctorPage* page = opened(fixture, hostile);
    QTRY_COMPARE(page->cards().size(), 6);
    for (const FindingCard* card : page->cards()) {
        for (const QLabel* label : card->findChildren<QLabel*>())
            QVERIFY(label->text().isEmpty() || label->textFormat() == Qt::PlainText || !label->text().contains(u'<'));
    }
}

/// For the eyes: LOCKSCOPE_SCREENS_DIR keeps pictures of every state.
void DoctorPageTest::screens()
{
    const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR");
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.status().link == LinkState::Ready);
    DoctorPage* page = opened(fixture, report());
    QTRY_COMPARE(page->cards().size(), 6);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        page->resize(1000, 1150);
        QCoreApplication::processEvents();
        const QImage picture = page->grab().toImage();
        QCOMPARE(picture.pixelColor(3, picture.height() - 3), themeColors(mode == ThemeMode::Dark).window);
        if (!folder.isEmpty())
            picture.save(folder + QStringLiteral("/doctor-") + themeModeName(mode) + QStringLiteral(".png"));
        page->resize(560, 700);
        QCoreApplication::processEvents();
        if (!folder.isEmpty())
            page->grab().save(
                folder + QStringLiteral("/doctor-narrow-") + themeModeName(mode) + QStringLiteral(".png"));
    }
    applyTheme(ThemeMode::System);
}

QTEST_MAIN(DoctorPageTest)
#include "tst_doctorpage.moc"
