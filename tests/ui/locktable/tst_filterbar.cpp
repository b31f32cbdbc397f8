// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/filterbar.h"

#include "locks/families/familyfile.h"
#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QVBoxLayout>

using namespace lockscope;

class TestFilterBar : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_window.reset(); }
    void typingIsDebounced();
    void escapeClearsThenLeaves();
    void findFocusesTheBox();
    void wordsAreCompleted();
    void newFamiliesAreCompleted();
    void countsSayWhetherAllIsKnown_data();
    void countsSayWhetherAllIsKnown();

private:
    std::unique_ptr<QWidget> m_window;
    QPushButton* m_table = nullptr;
    FilterBar* m_bar = nullptr;
    QLineEdit* m_edit = nullptr;
};

void TestFilterBar::init()
{
    m_window = std::make_unique<QWidget>();
    auto* column = new QVBoxLayout(m_window.get());
    m_table = new QPushButton(m_window.get());
    m_bar = new FilterBar(m_table, m_window.get());
    m_edit = m_bar->findChild<QLineEdit*>();
    column->addWidget(m_bar);
    column->addWidget(m_table);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->activateWindow();
    m_table->setFocus();
}

void TestFilterBar::typingIsDebounced()
{
    QSignalSpy changed(m_bar, &FilterBar::filterChanged);
    QTest::keyClicks(m_edit, QStringLiteral("orders"));
    QTRY_VERIFY(!changed.isEmpty());
    QVERIFY(changed.size() < 6); // fewer than keys, however slow the machine
    QVERIFY(!changed.last()[0].value<LockFilter>().isEmpty());
    changed.clear();
    QTest::keyClick(m_edit, Qt::Key_X);
    QTest::keyClick(m_edit, Qt::Key_Return);
    QVERIFY(!changed.isEmpty()); // Return doesn't wait
    changed.clear();
    m_bar->setText({});
    QCOMPARE(changed.size(), 1);
    QVERIFY(changed[0][0].value<LockFilter>().isEmpty());
}

void TestFilterBar::escapeClearsThenLeaves()
{
    m_bar->focusSearch();
    QTRY_VERIFY(m_edit->hasFocus());
    m_bar->setText(QStringLiteral("orders"));
    QTest::keyClick(m_edit, Qt::Key_Escape);
    QCOMPARE(m_bar->text(), QString());
    QVERIFY(m_edit->hasFocus());
    QTest::keyClick(m_edit, Qt::Key_Escape);
    QVERIFY(m_table->hasFocus());
}

void TestFilterBar::findFocusesTheBox()
{
    QTRY_VERIFY(m_table->hasFocus());
    m_bar->focusSearch(); // what the window's Find action calls
    QVERIFY(m_edit->hasFocus());
}

void TestFilterBar::wordsAreCompleted()
{
    m_bar->focusSearch();
    QTest::keyClicks(m_edit, QStringLiteral("orders state:n"));
    auto* completer = m_bar->findChild<QCompleter*>();
    QVERIFY(completer);
    QCOMPARE(completer->currentCompletion(), QStringLiteral("state:no_ttl"));
    Q_EMIT completer->activated(completer->currentCompletion());
    QCOMPARE(m_bar->text(), QStringLiteral("orders state:no_ttl"));
    completer->popup()->hide();
    m_bar->setText({});
    for (const char* word : { "state:stale", "family:plain", "mode:semaphore", "type:zset", "key:", "holder:", "ttl<5s",
             "ttl>1m", "held<5s", "held>1m", "renewals>10", "waiters>0" }) {
        completer->setCompletionPrefix(QString::fromLatin1(word));
        QVERIFY2(completer->completionCount() > 0, word);
    }
}

void TestFilterBar::newFamiliesAreCompleted()
{
    auto* completer = m_bar->findChild<QCompleter*>();
    completer->setCompletionPrefix(QStringLiteral("family:billing"));
    QCOMPARE(completer->completionCount(), 0);
    // As the watcher of the families file does when it was saved.
    const FamilyFileContents contents
        = parseFamilyFile("[family billing]\nkey = bill:*\n", QStringLiteral("families.conf"));
    FamilyRegistry::install(*FamilyRegistry::instance().withDeclared(contents.families, contents.owners));
    m_bar->focusSearch();
    QTRY_VERIFY(m_edit->hasFocus());
    completer->setCompletionPrefix(QStringLiteral("family:billing"));
    QCOMPARE(completer->completionCount(), 1);
    FamilyRegistry::install(*FamilyRegistry::instance().withDeclared({}, {}));
}

void TestFilterBar::countsSayWhetherAllIsKnown_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<FilterBar::Picture>("picture");
    QTest::addColumn<QString>("text");
    using Picture = FilterBar::Picture;
    const QString some = QStringLiteral("x");
    QTest::newRow("all") << QString() << Picture::Whole << QStringLiteral("340 locks");
    QTest::newRow("some") << some << Picture::Whole << QStringLiteral("12 of 340 locks");
    QTest::newRow("all so far") << QString() << Picture::Scanning << QStringLiteral("340 locks so far, still scanning");
    QTest::newRow("some so far") << some << Picture::Scanning
                                 << QStringLiteral("12 of 340 locks so far, still scanning");
    QTest::newRow("link lost") << QString() << Picture::Partial << QStringLiteral("340 locks, incomplete");
}

void TestFilterBar::countsSayWhetherAllIsKnown()
{
    QFETCH(QString, filter);
    QFETCH(FilterBar::Picture, picture);
    QFETCH(QString, text);
    m_bar->setText(filter);
    m_bar->setCounts(12, 340, picture);
    const auto* counts = m_bar->findChild<QLabel*>();
    QCOMPARE(counts->text(), text);
    m_bar->setArranging(true);
    QVERIFY(counts->text().contains(QStringLiteral("sorting")));
    m_bar->setArranging(false);
    QCOMPARE(counts->text(), text);
}

QTEST_MAIN(TestFilterBar)
#include "tst_filterbar.moc"
