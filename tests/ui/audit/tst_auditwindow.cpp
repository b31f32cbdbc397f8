// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditmodel.h"
#include "audit/auditwindow.h"
#include "audit/restoredialog.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "connections/armstrip.h"
#include "deployment/livedeployment.h"
#include "history/auditlog.h"
#include "operations/armdialog.h"
#include "support/fakedeployment.h"
#include "support/testsupport.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTableView>
#include <QTemporaryDir>

namespace lockscope {

using namespace std::chrono_literals;

/// The audit page through its real window, on real files.
class AuditWindowTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void anEmptyLogSaysSo();
    void entriesAreShownNewestFirst();
    void filtersNarrow();
    void anEntryTellsEverything();
    void theVerdictIsClear();
    void aBrokenChainIsNamed();
    void exportWritesAFile();
    void restoreAsksAndActs();
    void enterNeverRestores();
    void whatCannotComeBackIsGrey();
    void aReadOnlyConnectionRefuses();
    void aHundredThousandEntriesDoNotStutter();

private:
    [[nodiscard]] QString file() const { return m_folder->filePath(QStringLiteral("audit.sqlite")); }
    void fill(int count = 3);
    void select(AuditWindow& window, int row) { window.view()->selectRow(row); }
    template <typename T> static T* named(QWidget& parent, const QString& text)
    {
        for (T* widget : parent.findChildren<T*>()) {
            if (widget->accessibleName() == text || widget->property("text").toString() == text)
                return widget;
        }
        return nullptr;
    }
    static bool says(QWidget& parent, const QString& text)
    {
        for (const QLabel* label : parent.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Settings m_settings = Settings::inMemory();
};

void AuditWindowTest::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void AuditWindowTest::fill(int count)
{
    const AuditLog log(file());
    QList<AuditIntent> intents;
    for (int i = 0; i < count; ++i) {
        AuditIntent intent;
        intent.redisUser = QStringLiteral("default");
        intent.server = QStringLiteral("cache-1:6379");
        intent.action = i == 0 ? auditaction::writeArmed : auditaction::forceRelease;
        intent.key = i == 0 ? QByteArray() : "lock:" + QByteArray::number(i);
        intent.reason = QStringLiteral("reason %1").arg(i);
        intent.ticket = QStringLiteral("INC-%1").arg(i);
        intent.tokenFingerprint = QStringLiteral("0011aabb");
        intent.oldValueState = OldValueState::Kept;
        intent.oldValue = "payload";
        intent.ttlMs = 60000;
        intents += intent;
    }
    const auto ids = log.appendIntents(intents);
    VERIFY_RESULT(ids);
    AuditOutcome outcome;
    outcome.intentId = ids->last();
    outcome.outcome = "released";
    outcome.nodes = { { QStringLiteral("node-b:1"), "refused", QStringLiteral("NOPERM") } };
    outcome.aftermath = AuditAftermath { 0, QStringLiteral("99ff00aa"), 40, 10000 };
    VERIFY_RESULT(log.appendOutcomes({ outcome }));
}

void AuditWindowTest::anEmptyLogSaysSo()
{
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_VERIFY(says(window, QStringLiteral("Nothing was done yet")));
    QVERIFY(!named<QPushButton>(window, QStringLiteral("&Restore…"))->isEnabled());
    QVERIFY(!named<QPushButton>(window, QStringLiteral("&Export…"))->isEnabled());
    QVERIFY(!QFile::exists(file()));
}

void AuditWindowTest::entriesAreShownNewestFirst()
{
    fill();
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    QCOMPARE(window.model()->entryAt(0)->key, QByteArray("lock:2"));
    QCOMPARE(window.model()->index(0, int(AuditColumn::Outcome)).data().toString(), QStringLiteral("released"));
    QCOMPARE(window.model()->index(2, int(AuditColumn::Action)).data().toString(), QStringLiteral("Writes armed"));
    QTRY_VERIFY(says(window, QStringLiteral("3 entries")) || says(window, QStringLiteral("3 entry")));
}

void AuditWindowTest::filtersNarrow()
{
    fill();
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    QTest::keyClicks(window.findChild<QLineEdit*>(), QStringLiteral("INC-1"));
    QTRY_COMPARE(window.model()->rowCount(), 1);
    QCOMPARE(window.model()->entryAt(0)->key, QByteArray("lock:1"));
    QTest::keyClicks(window.findChild<QLineEdit*>(), QStringLiteral("9"));
    QTRY_VERIFY(says(window, QStringLiteral("No entry passes the filters")));
    window.findChild<QLineEdit*>()->clear();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    auto* acts = named<QComboBox>(window, QStringLiteral("Act"));
    QVERIFY(acts);
    acts->setCurrentIndex(acts->findData(QStringLiteral("write_armed")));
    QTRY_COMPARE(window.model()->rowCount(), 1);
    acts->setCurrentIndex(0);
    auto* outcomes = named<QComboBox>(window, QStringLiteral("Outcome"));
    outcomes->setCurrentIndex(outcomes->findData(QStringLiteral("unfinished")));
    QTRY_COMPARE(window.model()->rowCount(), 2);
}

void AuditWindowTest::anEntryTellsEverything()
{
    fill();
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    select(window, 0);
    for (const char* text :
        { "reason 2", "INC-2", "node-b:1", "NOPERM", "99ff00aa after 40 ms", "kept for restore", "cache-1:6379, db 0" })
        QVERIFY2(says(window, QString::fromLatin1(text)), text);
}

void AuditWindowTest::theVerdictIsClear()
{
    fill();
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Verify the chain")), Qt::LeftButton);
    QTRY_VERIFY(window.message()->tone() == Tone::Positive);
    QVERIFY2(window.message()->text().contains(QStringLiteral("whole: 3")), qPrintable(window.message()->text()));
}

void AuditWindowTest::aBrokenChainIsNamed()
{
    fill();
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
        database.setDatabaseName(file());
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(QStringLiteral("DROP TRIGGER entries_are_never_changed")));
        QVERIFY(QSqlQuery(database).exec(QStringLiteral("UPDATE entries SET reason = 'x' WHERE id = 2")));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("raw"));
    AuditWindow window(file(), m_settings);
    window.show();
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Verify the chain")), Qt::LeftButton);
    QTRY_VERIFY(window.message()->tone() == Tone::Danger);
    QVERIFY2(window.message()->text().contains(QStringLiteral("row 2")), qPrintable(window.message()->text()));
}

void AuditWindowTest::exportWritesAFile()
{
    fill();
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    const QString path = m_folder->filePath(QStringLiteral("out.csv"));
    window.exportTo(path);
    QTRY_VERIFY(window.message()->tone() == Tone::Positive);
    QFile written(path);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray text = written.readAll();
    QVERIFY(text.contains("\"lock:2\""));
    QVERIFY(!text.contains("payload"));
    window.exportTo(QStringLiteral("/proc/lockscope/out.csv"));
    QTRY_VERIFY(window.message()->tone() == Tone::Danger);
}

void AuditWindowTest::restoreAsksAndActs()
{
    fill();
    FakeDeployment deployment({});
    RestoreResult done;
    done.outcome = RestoreOutcome::Restored;
    done.restoreId = 9;
    done.ttlMs = 5000;
    deployment.setRestoreResult(done);
    AuditWindow window(file(), m_settings);
    window.setDeployment(&deployment);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    select(window, 0);
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Restore…")), Qt::LeftButton);
    RestoreDialog* dialog = window.restoreDialog();
    QVERIFY(dialog);
    QTRY_COMPARE(deployment.restores().size(), 1);
    QVERIFY(deployment.restores().first().planOnly);
    QTRY_VERIFY(dialog->message()->text().contains(QStringLiteral("key is free")));
    auto* restore = named<QPushButton>(*dialog, QStringLiteral("&Restore"));
    QVERIFY(!restore->isEnabled());
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("it was alive"));
    QTRY_VERIFY(restore->isEnabled());
    QTest::mouseClick(restore, Qt::LeftButton);
    QTRY_COMPARE(deployment.restores().size(), 2);
    QCOMPARE(deployment.restores().last().auditId, window.model()->entryAt(0) ? qint64(3) : qint64(0));
    QCOMPARE(deployment.restores().last().reason, QStringLiteral("it was alive"));
    QVERIFY(!deployment.restores().last().planOnly);
    QTRY_VERIFY(dialog->message()->tone() == Tone::Positive);
}

void AuditWindowTest::enterNeverRestores()
{
    fill();
    FakeDeployment deployment({});
    RestoreResult done;
    done.outcome = RestoreOutcome::Restored;
    deployment.setRestoreResult(done);
    AuditWindow window(file(), m_settings);
    window.setDeployment(&deployment);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    select(window, 0);
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Restore…")), Qt::LeftButton);
    RestoreDialog* dialog = window.restoreDialog();
    QTRY_COMPARE(deployment.restores().size(), 1);
    auto* reason = dialog->findChild<QLineEdit*>();
    QTest::keyClicks(reason, QStringLiteral("why not"));
    auto* button = named<QPushButton>(*dialog, QStringLiteral("&Restore"));
    QTRY_VERIFY(button->isEnabled());
    QTest::keyClick(reason, Qt::Key_Return);
    QTest::keyClick(reason, Qt::Key_Enter);
    QVERIFY(dialog->isVisible());
    QCOMPARE(deployment.restores().size(), 1);
}

void AuditWindowTest::whatCannotComeBackIsGrey()
{
    fill();
    FakeDeployment deployment({});
    AuditWindow window(file(), m_settings);
    window.setDeployment(&deployment);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    auto* restore = named<QPushButton>(window, QStringLiteral("&Restore…"));
    select(window, 2); // an arming
    QVERIFY(!restore->isEnabled());
    QVERIFY(!restore->toolTip().isEmpty());
    select(window, 0);
    QVERIFY(restore->isEnabled());
    window.setDeployment(nullptr);
    QVERIFY(!restore->isEnabled());
}

void AuditWindowTest::aReadOnlyConnectionRefuses()
{
    fill();
    FakeDeployment::Options options;
    options.environment = Environment::Production;
    FakeDeployment deployment(options);
    RestoreResult done;
    done.outcome = RestoreOutcome::Restored;
    deployment.setRestoreResult(done);
    AuditWindow window(file(), m_settings);
    window.setDeployment(&deployment);
    window.show();
    QTRY_COMPARE(window.model()->rowCount(), 3);
    select(window, 0);
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Restore…")), Qt::LeftButton);
    RestoreDialog* dialog = window.restoreDialog();
    QTRY_COMPARE(deployment.restores().size(), 1);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("it was alive"));
    auto* restore = named<QPushButton>(*dialog, QStringLiteral("&Restore"));
    QVERIFY(!restore->isEnabled());
    QTRY_VERIFY(says(*dialog, QStringLiteral("arm the writes first")));
    auto* strip = dialog->findChild<EnvironmentStrip*>();
    QVERIFY(strip && strip->isVisible());
    QCOMPARE(strip->word(), QStringLiteral("PRODUCTION"));
    QVERIFY(deployment.arm({ QStringLiteral("why") }).isFinished());
    QVERIFY(restore->isEnabled());
}

void AuditWindowTest::aHundredThousandEntriesDoNotStutter()
{
    const AuditLog log(file());
    AuditIntent intent;
    intent.action = auditaction::forceRelease;
    intent.key = "lock:many";
    intent.reason = QStringLiteral("r");
    VERIFY_RESULT(log.appendIntents(QList<AuditIntent>(100'000, intent)));
    AuditWindow window(file(), m_settings);
    window.show();
    QTRY_VERIFY(window.model()->rowCount() > 0);
    QTRY_COMPARE_WITH_TIMEOUT(window.model()->total(), 100'000, 30000);
    // Only what was scrolled to is there: the rest stays in the file.
    QVERIFY(window.model()->rowCount() <= 4 * AuditModel::pageSize);
    const int before = window.model()->rowCount();
    window.view()->scrollToBottom();
    QTRY_VERIFY_WITH_TIMEOUT(window.model()->rowCount() > before, 30000);
    QTest::mouseClick(named<QPushButton>(window, QStringLiteral("&Verify the chain")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window.message()->tone() == Tone::Positive, 60000);
}

} // namespace lockscope

QTEST_MAIN(lockscope::AuditWindowTest)
#include "tst_auditwindow.moc"
