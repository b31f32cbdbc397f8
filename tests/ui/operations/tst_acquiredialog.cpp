// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/acquiredialog.h"

#include "common/bytesview.h"
#include "operations/durationedit.h"
#include "support/fakedeployment.h"
#include "support/testsupport.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>

namespace lockscope {

using namespace std::chrono_literals;

class AcquireDialogTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void needsAKey();
    void takesAndShowsTheToken();
    void showsWhyNot();
    void releasesWhatWasTaken();
    void extends();
    void losesItWhenSomebodyElseHasIt();
    void theLockSurvivesTheDialog();
    void severalLocksOneAfterTheOther();
    void takesAFencingToken();
    void renewsWhereWanted();
    void showsWhatEachMasterSays();
    void showsTheWaitAndStopsIt();
    void closesAtOnceWithoutALock();
    void closedWhileWaitingGivesTheLockBack();

private:
    QPushButton* button(const QString& start) const;
    QCheckBox* box(const QString& start) const;
    QString visibleText() const;
    void take();

    void open(int masters);
    std::unique_ptr<FakeDeployment> m_fake;
    std::unique_ptr<HeldLocks> m_locks;
    QPointer<AcquireDialog> m_dialog;
};

void AcquireDialogTest::init() { open(1); }

void AcquireDialogTest::open(int masters)
{
    delete m_dialog;
    FakeDeployment::Options options;
    options.locks = 0;
    options.masters = masters;
    m_locks = std::make_unique<HeldLocks>();
    m_fake = std::make_unique<FakeDeployment>(options);
    m_fake->start();
    m_locks->setDeployment(m_fake.get());
    m_dialog = new AcquireDialog(m_fake.get(), m_locks.get(), {});
    m_dialog->show();
}

void AcquireDialogTest::cleanup()
{
    delete m_dialog;
    m_locks.reset();
    m_fake.reset();
}

QPushButton* AcquireDialogTest::button(const QString& start) const
{
    for (QPushButton* candidate : m_dialog->findChildren<QPushButton*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')).startsWith(start) && candidate->isVisibleTo(m_dialog))
            return candidate;
    }
    return nullptr;
}

QCheckBox* AcquireDialogTest::box(const QString& start) const
{
    for (QCheckBox* candidate : m_dialog->findChildren<QCheckBox*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')).startsWith(start) && candidate->isVisibleTo(m_dialog))
            return candidate;
    }
    return nullptr;
}

QString AcquireDialogTest::visibleText() const
{
    QStringList texts;
    for (const QLabel* label : m_dialog->findChildren<QLabel*>()) {
        if (label->isVisibleTo(m_dialog))
            texts += label->text();
    }
    return texts.join(QLatin1Char('\n'));
}

void AcquireDialogTest::take()
{
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("lock:mine"));
    QTest::mouseClick(button(QStringLiteral("Acquire")), Qt::LeftButton);
    QTRY_VERIFY(button(QStringLiteral("Release")));
}

void AcquireDialogTest::needsAKey()
{
    QVERIFY(!button(QStringLiteral("Acquire"))->isEnabled());
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("k"));
    QVERIFY(button(QStringLiteral("Acquire"))->isEnabled());
}

void AcquireDialogTest::takesAndShowsTheToken()
{
    take();
    QCOMPARE(m_fake->acquires().size(), 1);
    QCOMPARE(m_fake->acquires().first().key, QByteArray("lock:mine"));
    QCOMPARE(m_fake->acquires().first().ttl, 30s);
    QVERIFY(m_fake->acquires().first().token.isEmpty());
    const QByteArray token = m_fake->lock("lock:mine")->token;
    QCOMPARE(m_dialog->findChild<BytesView*>()->toPlainText().toUtf8(), token);
    QTest::mouseClick(button(QStringLiteral("Copy token")), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text().toUtf8(), token);
    QVERIFY(visibleText().contains(QStringLiteral("lock:mine")));
}

void AcquireDialogTest::showsWhyNot()
{
    m_fake->setAcquireError(makeError(ErrorKind::Taken, QStringLiteral("held by worker-7")));
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("lock:mine"));
    QTest::mouseClick(button(QStringLiteral("Acquire")), Qt::LeftButton);
    QTRY_VERIFY(visibleText().contains(QStringLiteral("held by worker-7")));
    QVERIFY(!button(QStringLiteral("Release")));
    QVERIFY(button(QStringLiteral("Acquire"))->isEnabled());
}

void AcquireDialogTest::releasesWhatWasTaken()
{
    take();
    QTest::mouseClick(button(QStringLiteral("Release")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->releases().size(), 1);
    QTRY_VERIFY(visibleText().contains(QStringLiteral("others can take it now")));
    QVERIFY(!m_fake->lock("lock:mine"));
    QVERIFY(button(QStringLiteral("Acquire"))->isEnabled());
}

void AcquireDialogTest::extends()
{
    take();
    QTest::mouseClick(button(QStringLiteral("Extend")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->extensions().size(), 1);
    QCOMPARE(m_fake->extensions().first().ttl, 30s);
    QTRY_VERIFY(button(QStringLiteral("Extend"))->isEnabled());
}

void AcquireDialogTest::losesItWhenSomebodyElseHasIt()
{
    take();
    m_fake->put("lock:mine", "thief", 10s, LockEventKind::HolderChanged);
    QTest::mouseClick(button(QStringLiteral("Extend")), Qt::LeftButton);
    QTRY_VERIFY(visibleText().contains(errorTitle(ErrorKind::NotHeld), Qt::CaseInsensitive));
    QVERIFY(!button(QStringLiteral("Release"))->isEnabled());
}

void AcquireDialogTest::theLockSurvivesTheDialog()
{
    take();
    m_dialog->reject();
    QVERIFY(!m_dialog->isVisible());
    QVERIFY(m_fake->lock("lock:mine"));
    QCOMPARE(m_locks->heldCount(), 1);
    QCOMPARE(m_fake->releases().size(), 0);
}

void AcquireDialogTest::severalLocksOneAfterTheOther()
{
    take();
    m_dialog->findChild<QLineEdit*>()->setText(QStringLiteral("lock:other"));
    QTest::mouseClick(button(QStringLiteral("Acquire")), Qt::LeftButton);
    QTRY_COMPARE(m_locks->heldCount(), 2);
    QVERIFY(visibleText().contains(QStringLiteral("lock:other")));
}

void AcquireDialogTest::takesAFencingToken()
{
    QCheckBox* fence = box(QStringLiteral("With a fencing token"));
    QVERIFY(fence && !fence->isChecked());
    fence->click();
    take();
    QVERIFY(m_fake->acquires().first().fence);
    QVERIFY(visibleText().contains(QStringLiteral("Fencing token:")));
    QVERIFY(visibleText().contains(QStringLiteral("42")));
}

void AcquireDialogTest::renewsWhereWanted()
{
    for (const bool renew : { true, false }) {
        open(1);
        QCheckBox* wanted = box(QStringLiteral("Renew by itself until"));
        if (wanted->isChecked() != renew)
            wanted->click();
        take();
        QCOMPARE(m_locks->locks().front().renews, renew);
    }
    // It can still be switched on afterwards.
    box(QStringLiteral("Renew by itself, every"))->click();
    QVERIFY(m_locks->locks().front().renews);
}

void AcquireDialogTest::showsWhatEachMasterSays()
{
    open(3);
    QVERIFY(visibleText().contains(QStringLiteral("3 independent masters")));
    m_fake->setDownMaster(2);
    take();
    QCOMPARE(m_fake->acquires().first().ttl, 8s);
    const QString text = visibleText();
    QCOMPARE(text.count(QStringLiteral("holds it, ")), 2);
    QVERIFY2(text.contains(QStringLiteral("10.20.4.19:6379")), qPrintable(text));
    QVERIFY2(text.contains(errorTitle(ErrorKind::Timeout)), qPrintable(text));
}

void AcquireDialogTest::showsTheWaitAndStopsIt()
{
    m_fake->holdAnswers();
    m_dialog->findChild<DurationEdit*>(QStringLiteral("wait"))->setDuration(60s);
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("lock:mine"));
    QTest::mouseClick(button(QStringLiteral("Acquire")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->acquires().size(), 1);
    QCOMPARE(m_fake->acquires().first().wait, 60s);
    QVERIFY(visibleText().contains(QStringLiteral("of at most")));
    m_fake->setAcquireError(makeError(ErrorKind::Cancelled));
    QTest::mouseClick(button(QStringLiteral("Stop waiting")), Qt::LeftButton);
    QCOMPARE(m_fake->cancellations(), 1);
    QVERIFY(m_dialog->isVisible());
}

void AcquireDialogTest::closesAtOnceWithoutALock()
{
    m_dialog->reject();
    QVERIFY(!m_dialog->isVisible());
}

void AcquireDialogTest::closedWhileWaitingGivesTheLockBack()
{
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_fake->holdAnswers();
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("lock:mine"));
    QTest::mouseClick(button(QStringLiteral("Acquire")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->acquires().size(), 1);
    m_dialog->reject();
    QVERIFY(m_dialog && m_dialog->isHidden());
    m_fake->answerHeld();
    QTRY_COMPARE(m_fake->releases().size(), 1);
    QCOMPARE(m_fake->releases().first().key, QByteArray("lock:mine"));
    QTRY_VERIFY(!m_dialog);
}

} // namespace lockscope

QTEST_MAIN(lockscope::AcquireDialogTest)
#include "tst_acquiredialog.moc"
