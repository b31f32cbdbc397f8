// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/lockdetailspanel.h"
#include "lockdetails/valueviewer.h"
#include "locktable/filterbar.h"
#include "ui/windowfixture.h"

#include <QSignalSpy>

#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableWidget>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

QPushButton* button(const QWidget& window, const QString& text)
{
    for (QPushButton* candidate : window.findChildren<QPushButton*>()) {
        if (candidate->text().remove(QLatin1Char('&')) == text)
            return candidate;
    }
    return nullptr;
}

QPlainTextEdit* edit(const QWidget& window, const QString& name)
{
    for (QPlainTextEdit* candidate : window.findChildren<QPlainTextEdit*>()) {
        if (candidate->accessibleName() == name)
            return candidate;
    }
    return nullptr;
}

ValuePage stringPage(const QByteArray& bytes)
{
    ValuePage page;
    page.type = "string";
    page.bytes = bytes;
    page.size = bytes.size();
    page.memoryBytes = bytes.size() + 60;
    return page;
}

} // namespace

/// The raw value, and what else leads from one lock further, through the real window.
class TestValueViewer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSmallValueIsShownAtOnce();
    void aLargeValueIsAskedFor();
    void elementsAreATable();
    void whatIsGoneSaysSo();
    void openedFromTheWindow();
    void aSelectionInTheDetailsStays();
    void allOfOneHolder();
    void theSelectedLockIsToldAsVisible();
};

void TestValueViewer::aSmallValueIsShownAtOnce()
{
    FakeDeployment fake({});
    fake.setValue("k",
        stringPage(QByteArray("<b>bold</b>\x01\x02\n\xff"
                              "end",
            18)));
    ValueViewer viewer(&fake, "k");
    viewer.show();
    QTRY_VERIFY(viewer.page() && !viewer.page()->bytes.isEmpty());
    QCOMPARE(fake.valueRequests().size(), 2);
    QVERIFY(fake.valueRequests().first().sizeOnly);
    const QString text = edit(viewer, QStringLiteral("Value as text"))->toPlainText();
    QVERIFY2(text.startsWith(QStringLiteral("<b>bold</b>\\x01\\x02\n\\xff")), qPrintable(text));
    QVERIFY(edit(viewer, QStringLiteral("Value in hexadecimal digits"))
                ->toPlainText()
                .startsWith(QStringLiteral("00000000  3c 62 3e 62")));
    button(viewer, QStringLiteral("Copy"))->click();
    QVERIFY(!QGuiApplication::clipboard()->text().isEmpty());
}

void TestValueViewer::aLargeValueIsAskedFor()
{
    FakeDeployment fake({});
    fake.setValue("k", stringPage(QByteArray(int(ValueViewer::unaskedBytes) + 1, 'x')));
    ValueViewer viewer(&fake, "k");
    viewer.show();
    QTRY_VERIFY(viewer.page());
    QTRY_VERIFY(button(viewer, QStringLiteral("Fetch the first part"))->isVisible());
    QCOMPARE(fake.valueRequests().size(), 1);
    QVERIFY(viewer.page()->bytes.isEmpty());
    button(viewer, QStringLiteral("Fetch the first part"))->click();
    QTRY_VERIFY(!viewer.page()->bytes.isEmpty());
    QCOMPARE(qint64(viewer.page()->bytes.size()), ValueRequest::pageBytes);
    QTRY_VERIFY(button(viewer, QStringLiteral("More"))->isEnabled());
    QVERIFY(!button(viewer, QStringLiteral("Back"))->isEnabled());
    button(viewer, QStringLiteral("More"))->click();
    QTRY_COMPARE(viewer.page()->from, ValueRequest::pageBytes);
    QTRY_VERIFY(button(viewer, QStringLiteral("Back"))->isEnabled());
    button(viewer, QStringLiteral("Back"))->click();
    QTRY_COMPARE(viewer.page()->from, 0);
}

void TestValueViewer::elementsAreATable()
{
    FakeDeployment fake({});
    ValuePage page;
    page.type = "hash";
    page.size = 2;
    page.memoryBytes = 200;
    page.elements = { { "mode", "read", 0 }, { QByteArray("a\0b", 3), QByteArray(2000, 'v'), 0 } };
    fake.setValue("k", page);
    ValueViewer viewer(&fake, "k");
    viewer.show();
    auto* table = viewer.findChild<QTableWidget*>();
    QTRY_COMPARE(table->rowCount(), 2);
    QCOMPARE(table->columnCount(), 2);
    QCOMPARE(table->item(0, 1)->text(), QStringLiteral("read"));
    QCOMPARE(table->item(1, 0)->text(), QStringLiteral("a\\x00b"));
    table->selectRow(1);
    QTRY_VERIFY(button(viewer, QStringLiteral("Copy"))->isEnabled());
    button(viewer, QStringLiteral("Copy"))->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("a\\x00b\t") + QString(2000, QLatin1Char('v')));
}

void TestValueViewer::whatIsGoneSaysSo()
{
    FakeDeployment fake({});
    ValueViewer viewer(&fake, QByteArray(2048, 'n'));
    viewer.show();
    QTRY_VERIFY(viewer.page());
    QVERIFY(!viewer.page()->exists());
    QVERIFY(!button(viewer, QStringLiteral("Fetch the first part"))->isVisible());
    QVERIFY(!button(viewer, QStringLiteral("Copy"))->isEnabled());
}

void TestValueViewer::openedFromTheWindow()
{
    WindowFixture fixture;
    fixture.fake->put("lock:value", "token", 60s);
    QTRY_VERIFY(fixture.select("lock:value"));
    QTRY_VERIFY(fixture.action(ActionId::ShowValue)->isEnabled());
    fixture.action(ActionId::ShowValue)->trigger();
    auto* viewer = fixture.window.findChild<ValueViewer*>();
    QVERIFY(viewer);
    QTRY_VERIFY(viewer->page());
    QCOMPARE(fixture.fake->valueRequests().first().key, QByteArray("lock:value"));
}

void TestValueViewer::aSelectionInTheDetailsStays()
{
    WindowFixture fixture;
    fixture.fake->put("lock:selected", "token", 600s);
    fixture.fake->put("lock:other", "token2", 0s);
    QTRY_VERIFY(fixture.select("lock:selected"));
    fixture.action(ActionId::Why)->trigger();
    QLabel* reason = nullptr;
    for (QLabel* label : fixture.window.details()->findChildren<QLabel*>()) {
        if (label->accessibleName() == QStringLiteral("Why it is in this state"))
            reason = label;
    }
    QVERIFY(reason && reason->hasSelectedText());
    const QString selected = reason->selectedText();
    // The panel refreshes four times a second; each delta refreshes it, too.
    for (int i = 0; i < 5; ++i) {
        QSignalSpy shown(&fixture.window, &MainWindow::statusShown);
        fixture.fake->changeStatus([](WatchStatus& status) { ++status.eventsTotal; });
        QVERIFY(shown.wait(10000));
        QCOMPARE(reason->selectedText(), selected);
    }
    QVERIFY(fixture.select("lock:other"));
    QVERIFY(!reason->hasSelectedText());
    QVERIFY(reason->text() != selected);
}

void TestValueViewer::allOfOneHolder()
{
    WindowFixture fixture;
    fixture.fake->put("lock:one", "holder*x", 60s);
    fixture.fake->put("lock:two", "holder*x", 60s);
    fixture.fake->put("lock:three", "another", 60s);
    QTRY_VERIFY(fixture.select("lock:one"));
    fixture.action(ActionId::ShowHolder)->trigger();
    QCOMPARE(fixture.window.filterBar()->text(), QStringLiteral("holder:=holder?x"));
    QTRY_COMPARE(fixture.window.model()->rowCount(), 2);
}

void TestValueViewer::theSelectedLockIsToldAsVisible()
{
    WindowFixture fixture;
    fixture.fake->put("lock:aaa", "token", 60s);
    QTRY_VERIFY(fixture.select("lock:aaa"));
    const LockId id = fixture.fake->lock("lock:aaa")->id;
    // Filtered away, it is still in the details.
    fixture.window.filterBar()->setText(QStringLiteral("state:no_such"));
    QTRY_COMPARE(fixture.window.model()->liveRowCount(), 0);
    const auto isTold = [&] {
        const std::vector<LockId>& ids = fixture.fake->visibleLocks();
        return ids.size() == 1 && ids.front() == id;
    };
    QTRY_VERIFY(isTold());
}

QTEST_MAIN(TestValueViewer)
#include "tst_valueviewer.moc"
