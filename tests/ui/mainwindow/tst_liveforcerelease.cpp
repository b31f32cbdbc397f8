// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/livedeployment.h"
#include "locktable/filterbar.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

namespace lockscope {

using namespace std::chrono_literals;

/// The whole line on a real server: window, deployment, engine, sandbox; and back.
class LiveForceReleaseTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void filterSortSelectRelease();

private:
    template <typename T> static std::optional<Result<T>> wait(const QFuture<Result<T>>& future)
    {
        if (!QTest::qWaitFor([&] { return future.isFinished(); }, 10000) || future.resultCount() == 0)
            return std::nullopt;
        return future.result();
    }
};

void LiveForceReleaseTest::filterSortSelectRelease()
{
    const QTemporaryDir folder;
    Settings settings = Settings::inMemory();
    const auto factory = [&](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
        DeploymentOptions options;
        options.specs = { choice.spec };
        options.auditFile = folder.filePath(QStringLiteral("audit.db"));
        return LiveDeployment::create(options).map(
            [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
    };
    MainWindow window(factory, settings, {});
    window.show();
    const Result<ConnectionSpec> spec = parseConnectionUri(QStringLiteral("sandbox:"));
    VERIFY_RESULT(spec);
    window.connectTo({ *spec, false, {} });
    QTRY_VERIFY_WITH_TIMEOUT(window.status().completeness.complete, 20000);

    Deployment* deployment = window.deployment();
    for (const char* key : { "lock:orders:2", "lock:orders:1", "lock:orders:3", "lock:other" }) {
        AcquireRequest request;
        request.key = key;
        request.ttl = 120s;
        const auto grant = wait(deployment->acquire(request));
        QVERIFY(grant);
        VERIFY_RESULT(*grant);
    }
    LockTableModel* model = window.model();
    QTRY_COMPARE_WITH_TIMEOUT(model->totalCount(), 4, 10000);

    QTest::keyClicks(window.filterBar()->findChild<QLineEdit*>(), QStringLiteral("orders"));
    QTRY_COMPARE(model->rowCount(), 3);
    window.view()->sortByColumn(int(LockColumn::Key), Qt::DescendingOrder);
    QTRY_COMPARE(model->recordAt(0)->key, QByteArray("lock:orders:3"));
    const LockRecord middle = *model->recordAt(1);
    QCOMPARE(middle.key, QByteArray("lock:orders:2"));
    window.view()->selectLock(middle.id);
    QCOMPARE(window.view()->selectedLocks().size(), 1);

    window.registry().action(ActionId::ForceRelease)->trigger();
    ForceReleaseDialog* dialog = window.forceRelease()->dialog();
    QVERIFY(dialog);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->review().allLooked(), 10000);
    QCOMPARE(dialog->review().at(0).look, ReleaseCandidate::Look::Same);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("its holder is dead"));
    const auto buttons = dialog->findChildren<QPushButton*>();
    const auto release = std::find_if(buttons.begin(), buttons.end(),
        [](const QPushButton* button) { return button->text() == QStringLiteral("&Force-release"); });
    QVERIFY(release != buttons.end() && (*release)->isEnabled());
    QTest::mouseClick(*release, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->review().finished(), 10000);
    QCOMPARE(dialog->review().at(0).result->outcome, ReleaseOutcome::Released);
    QCOMPARE(dialog->review().at(0).result->token, middle.token);

    QTRY_VERIFY_WITH_TIMEOUT(!model->record(middle.id), 5000);
    QCOMPARE(model->liveRowCount(), 2); // its struck row stays for a moment
    const auto look = wait(deployment->inspect({ middle.key }));
    QVERIFY(look);
    VERIFY_RESULT(*look);
    QVERIFY(!look->value().exists);
}

} // namespace lockscope

QTEST_MAIN(lockscope::LiveForceReleaseTest)
#include "tst_liveforcerelease.moc"
