// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/messagestrip.h"
#include "discovery/findlocksdialog.h"
#include "locks/families/familyregistry.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QAccessible>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

namespace lockscope {

/// "Find my locks": from the empty table to a watch of what was found.
class FindLocksTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_fixture.reset(); }
    void theEmptyTableOffersIt();
    void aTableWithLocksDoesNot();
    void proposalsAreListedBestFirst();
    void whatIsCheckedIsWatched();
    void nothingCheckedCannotBeWatched();
    void aSampleSaysSo();
    void nothingFoundSaysWhatToTry();
    void anErrorIsShownAndCanBeTriedAgain();
    void closingWhileItLooksCancels();
    void everythingHasAName();

private:
    [[nodiscard]] FindLocksDialog* open();
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QTreeWidget* list() const { return m_dialog->findChild<QTreeWidget*>(); }
    [[nodiscard]] QString visibleText() const;

    std::unique_ptr<WindowFixture> m_fixture;
    QPointer<FindLocksDialog> m_dialog;
};

namespace {

PatternProposal proposalOf(const QByteArray& match, const QByteArray& family, float confidence, quint64 count)
{
    PatternProposal proposal;
    proposal.match = match;
    proposal.family = FamilyRegistry::instance().byName(family);
    proposal.confidence = confidence;
    proposal.count = count;
    proposal.noTtl = count / 10;
    QByteArray example = match;
    proposal.examples = { example.replace('*', "17"), match + "<b>42</b>" };
    return proposal;
}

DiscoveryReport someReport()
{
    DiscoveryReport report;
    report.proposals = { proposalOf("orders:*:lock", "redsync", 0.97F, 1204),
        proposalOf("{cart:*}", "redisson", 0.92F, 310), proposalOf("bull:mail:*:lock", "bullmq", 0.9F, 88),
        proposalOf("job-lock:default:*", "shedlock", 0.88F, 12), proposalOf("app:lock:*", "plain", 0.41F, 25) };
    report.keysRead = 5000;
    report.server.completeness.keysScanned = 100'000;
    report.server.completeness.keysExpected = 812'344;
    return report;
}

} // namespace

void FindLocksTest::init()
{
    FakeDeployment::Options options;
    options.locks = 0;
    m_fixture = std::make_unique<WindowFixture>(options);
    QTRY_VERIFY(m_fixture->window.status().completeness.complete);
    m_fixture->fake->setDiscovery(someReport());
}

FindLocksDialog* FindLocksTest::open()
{
    m_fixture->action(ActionId::FindLocks)->trigger();
    m_dialog = m_fixture->window.findChild<FindLocksDialog*>();
    return m_dialog;
}

QPushButton* FindLocksTest::button(const QString& text) const
{
    for (QPushButton* candidate : m_dialog->findChildren<QPushButton*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')) == text)
            return candidate;
    }
    return nullptr;
}

QString FindLocksTest::visibleText() const
{
    QString text;
    for (const QLabel* label : m_dialog->findChildren<QLabel*>()) {
        if (label->isVisibleTo(m_dialog))
            text += label->text() + QLatin1Char('\n');
    }
    return text;
}

void FindLocksTest::theEmptyTableOffersIt()
{
    auto* offer = m_fixture->window.view()->viewport()->findChild<QToolButton*>();
    QVERIFY(offer);
    QTRY_VERIFY(offer->isVisible());
    QTest::mouseClick(offer, Qt::LeftButton);
    QVERIFY(m_fixture->window.findChild<FindLocksDialog*>());
    QCOMPARE(m_fixture->fake->discoveries().size(), 1);
}

void FindLocksTest::aTableWithLocksDoesNot()
{
    m_fixture->fake->put("lock:a", "t", std::chrono::minutes(1));
    auto* offer = m_fixture->window.view()->viewport()->findChild<QToolButton*>();
    QTRY_VERIFY(!offer->isVisible());
    QVERIFY(m_fixture->action(ActionId::FindLocks)->isEnabled());
}

void FindLocksTest::proposalsAreListedBestFirst()
{
    QVERIFY(open());
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
    QCOMPARE(list()->topLevelItem(0)->text(0), QStringLiteral("orders:*:lock"));
    QCOMPARE(list()->topLevelItem(0)->text(1), QStringLiteral("redsync"));
    QCOMPARE(list()->topLevelItem(0)->text(3), QStringLiteral("97 %"));
    QVERIFY(list()->topLevelItem(0)->toolTip(0).contains(QStringLiteral("orders:17:lock")));
    QVERIFY(!list()->topLevelItem(0)->toolTip(0).contains(QStringLiteral("<b>42")));
    QCOMPARE(list()->topLevelItem(3)->checkState(0), Qt::Checked);
    QCOMPARE(list()->topLevelItem(4)->checkState(0), Qt::Unchecked); // too unlikely to be taken unasked
    QVERIFY(m_dialog->findChild<QProgressBar*>()->isHidden());
}

void FindLocksTest::whatIsCheckedIsWatched()
{
    QVERIFY(open());
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
    QVERIFY(list()->hasFocus() || m_dialog->focusWidget() == list());
    QTest::keyClick(list(), Qt::Key_Space); // the first one is current
    QCOMPARE(list()->topLevelItem(0)->checkState(0), Qt::Unchecked);
    button(QStringLiteral("Watch these"))->click();
    QCOMPARE(
        m_fixture->lastChoice.matches, (QList<QByteArray> { "{cart:*}", "bull:mail:*:lock", "job-lock:default:*" }));
    QCOMPARE(m_fixture->lastChoice.spec.user, QStringLiteral("ops"));
    QTRY_VERIFY(!m_dialog);
}

void FindLocksTest::nothingCheckedCannotBeWatched()
{
    QVERIFY(open());
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
    for (int row = 0; row < 5; ++row)
        list()->topLevelItem(row)->setCheckState(0, Qt::Unchecked);
    QVERIFY(!button(QStringLiteral("Watch these"))->isEnabled());
    list()->topLevelItem(4)->setCheckState(0, Qt::Checked);
    QVERIFY(button(QStringLiteral("Watch these"))->isEnabled());
}

void FindLocksTest::aSampleSaysSo()
{
    QVERIFY(open());
    QTRY_VERIFY2(visibleText().contains(QStringLiteral("Only a sample: 100,000 of 812,344 keys scanned, 5,000 read")),
        qPrintable(visibleText()));
    DiscoveryReport whole = someReport();
    whole.server.completeness.complete = true;
    m_fixture->fake->setDiscovery(whole);
    button(QStringLiteral("Look again"))->click();
    QTRY_VERIFY2(visibleText().contains(QStringLiteral("Complete: ")), qPrintable(visibleText()));
    QCOMPARE(list()->topLevelItemCount(), 5);
}

void FindLocksTest::nothingFoundSaysWhatToTry()
{
    m_fixture->fake->setDiscovery(DiscoveryReport());
    QVERIFY(open());
    QTRY_VERIFY2(visibleText().contains(QStringLiteral("Look again while locks are held")), qPrintable(visibleText()));
    QVERIFY(!button(QStringLiteral("Watch these"))->isEnabled());
}

void FindLocksTest::anErrorIsShownAndCanBeTriedAgain()
{
    m_fixture->fake->setDiscovery(tl::unexpected<Error>(makeError(ErrorKind::Permission, QStringLiteral("no SCAN"))));
    QVERIFY(open());
    QTRY_VERIFY2(visibleText().contains(QStringLiteral("no SCAN")), qPrintable(visibleText()));
    m_fixture->fake->setDiscovery(someReport());
    button(QStringLiteral("Look again"))->click();
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
    QVERIFY(!visibleText().contains(QStringLiteral("no SCAN")));
}

void FindLocksTest::closingWhileItLooksCancels()
{
    m_fixture->fake->holdAnswers();
    QVERIFY(open());
    QVERIFY(m_dialog->findChild<QProgressBar*>()->isVisible());
    QVERIFY(!button(QStringLiteral("Look again"))->isEnabled());
    QTest::keyClick(m_dialog, Qt::Key_Escape);
    QCOMPARE(m_fixture->fake->discoveryCancellations(), 1);
    QTRY_VERIFY(!m_dialog);
    m_fixture->fake->answerHeld();
    QVERIFY(open());
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
}

void FindLocksTest::everythingHasAName()
{
    QVERIFY(open());
    QTRY_COMPARE(list()->topLevelItemCount(), 5);
    for (const QWidget* widget : std::initializer_list<QWidget*> { list(), m_dialog->findChild<QProgressBar*>() })
        QVERIFY(!widget->accessibleName().isEmpty());
    const QString row = list()->topLevelItem(0)->data(0, Qt::AccessibleTextRole).toString();
    QVERIFY2(row.contains(QStringLiteral("redsync")) && row.contains(QStringLiteral("97 %")), qPrintable(row));
}

} // namespace lockscope

QTEST_MAIN(lockscope::FindLocksTest)
#include "tst_findlocks.moc"
