// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/environmentstrip.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "common/theme.h"
#include "common/windowframe.h"
#include "connections/connectioneditor.h"
#include "connections/connectionsdialog.h"
#include "connections/connectiontest.h"
#include "connections/connectiontree.h"
#include "connections/importdialog.h"
#include "connections/secretstore.h"
#include "deployment/livedeployment.h"
#include "mainwindow/mainwindow.h"
#include "mainwindow/windowlist.h"
#include "ui/connections/connectionsfixture.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDirIterator>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidgetItemIterator>

namespace lockscope {

static const QString secretWord = QStringLiteral("s3cret-Word-77");

/// The manager of saved connections, through its dialogs.
class ConnectionsDialogTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void addByPastingUri();
    void fieldsAndUriKeepStep();
    void theWayThroughSshIsAField();
    void productionIsReadOnlyByDefault();
    void deleteAndUndo();
    void groupsMoveAndSearch();
    void noSecretServiceIsSaid();
    void testSaysEachStep();
    void testSaysWhatIsWrong();
    void adviceIsShownWhole();
    void damagedFileIsSetAside();
    void importShowsAndTakesOver();
    void nothingSecretStaysBehind();
    void windowsLiveSideBySide();
    void dialogsShowTheEnvironment();
    void insecureTlsIsBadged();
};

static QString allSteps(QWidget* parent)
{
    QStringList lines;
    for (QTreeWidgetItemIterator it(parent->findChild<ConnectionTest*>()->findChild<QTreeWidget*>()); *it; ++it)
        lines.append((*it)->text(0) + QStringLiteral(" | ") + (*it)->text(1) + QStringLiteral(" | ") + (*it)->text(2));
    return lines.join(QLatin1Char('\n'));
}

static bool folderHolds(const QString& folder, const QByteArray& word)
{
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(word))
            return true;
    }
    return false;
}

void ConnectionsDialogTest::addByPastingUri()
{
    DialogFixture fixture;
    fixture.show();
    click(fixture.dialog.get(), QStringLiteral("New"));
    ConnectionEditor* editor = fixture.dialog->editor();
    QVERIFY(editor && editor->isVisible());
    QVERIFY(!button(editor, QStringLiteral("Save"))->isEnabled());
    auto* uri = editor->findChild<QLineEdit*>(QStringLiteral("uri"));
    paste(uri, QStringLiteral("redis://ops:%1@cache-1.example.net:6380/2").arg(secretWord));
    QCOMPARE(uri->text(), QStringLiteral("redis://ops@cache-1.example.net:6380/2"));
    QCOMPARE(editor->findChild<QLineEdit*>(QStringLiteral("password"))->text(), secretWord);
    QCOMPARE(editor->findChild<QLineEdit*>(QStringLiteral("host"))->text(), QStringLiteral("cache-1.example.net"));
    QTest::keyClicks(editor->findChild<QLineEdit*>(QStringLiteral("name")), QStringLiteral("Orders"));
    click(editor, QStringLiteral("Save"));
    QTRY_COMPARE(fixture.book().connections.size(), 1);
    const SavedConnection saved = fixture.book().connections.first();
    QCOMPARE(saved.name, QStringLiteral("Orders"));
    QCOMPARE(saved.uris(), QStringList { QStringLiteral("redis://ops@cache-1.example.net:6380/2") });
    QCOMPARE(fixture.secrets.secrets.value(saved.id).reveal(), secretWord.toUtf8());
    QVERIFY(!folderHolds(fixture.folder.path(), secretWord.toUtf8()));
    QTRY_VERIFY(!fixture.dialog->editor() || !fixture.dialog->editor()->isVisible());
    QCOMPARE(fixture.dialog->tree()->selectedIds(), QStringList { saved.id });
}

void ConnectionsDialogTest::fieldsAndUriKeepStep()
{
    MemorySecretStore secrets;
    ConnectionEditor editor({}, {}, secrets);
    editor.show();
    auto* uri = editor.findChild<QLineEdit*>(QStringLiteral("uri"));
    auto* host = editor.findChild<QLineEdit*>(QStringLiteral("host"));
    auto* nodes = editor.findChild<QLineEdit*>(QStringLiteral("nodes"));
    host->setText(QStringLiteral("other"));
    QCOMPARE(uri->text(), QStringLiteral("redis://other:6379/0"));
    auto* scan = editor.findChild<QCheckBox*>(QStringLiteral("scan"));
    QVERIFY(!scan->isChecked());
    scan->setChecked(true);
    QVERIFY2(uri->text().endsWith(QStringLiteral("?scan=replica")), qPrintable(uri->text()));
    scan->setChecked(false);
    QVERIFY(!uri->text().contains(QStringLiteral("scan")));
    editor.findChild<QLineEdit*>(QStringLiteral("user"))->setText(QStringLiteral("me"));
    QCOMPARE(uri->text(), QStringLiteral("redis://me@other:6379/0"));
    paste(uri, QStringLiteral("redis-sentinel://s1,s2:26380/3?master=mymaster"));
    QVERIFY(nodes->isVisible() && !host->isVisible());
    QCOMPARE(nodes->text(), QStringLiteral("s1:26379, s2:26380"));
    nodes->setText(QStringLiteral("s1, s3"));
    QCOMPARE(uri->text(), QStringLiteral("redis-sentinel://s1:26379,s3:26379/3?master=mymaster"));
    paste(uri, QStringLiteral("redis://a:1/0 redis://b:2/0 redis://c:3/0"));
    QCOMPARE(nodes->text(), QStringLiteral("a:1, b:2, c:3"));
    paste(uri, QStringLiteral("rediss://h:1/0?cacert=/ca.pem&insecure=true"));
    QVERIFY(host->isVisible() && !nodes->isVisible());
    const QString before = host->text();
    paste(uri, QStringLiteral("redis://h:99999/0"));
    QCOMPARE(host->text(), before);
    QVERIFY(editor.findChildren<MessageStrip*>().last()->isVisible()
        || editor.findChildren<MessageStrip*>().first()->isVisible());
    QVERIFY(!button(&editor, QStringLiteral("Save"))->isEnabled());
}

void ConnectionsDialogTest::theWayThroughSshIsAField()
{
    DialogFixture fixture;
    fixture.show();
    click(fixture.dialog.get(), QStringLiteral("New"));
    ConnectionEditor& editor = *fixture.dialog->editor();
    auto* uri = editor.findChild<QLineEdit*>(QStringLiteral("uri"));
    auto* ssh = editor.findChild<QLineEdit*>(QStringLiteral("ssh"));
    auto* host = editor.findChild<QLineEdit*>(QStringLiteral("host"));
    auto* nodes = editor.findChild<QLineEdit*>(QStringLiteral("nodes"));
    QVERIFY(ssh && ssh->isVisible());
    host->setText(QStringLiteral("10.0.0.5"));
    ssh->setText(QStringLiteral("ops@bastion:2222"));
    QCOMPARE(uri->text(), QStringLiteral("redis://10.0.0.5:6379/0?ssh=ops@bastion:2222"));
    // Another field keeps the way.
    host->setText(QStringLiteral("10.0.0.6"));
    QCOMPARE(uri->text(), QStringLiteral("redis://10.0.0.6:6379/0?ssh=ops@bastion:2222"));
    // Nothing that ssh could take for an option.
    ssh->setText(QStringLiteral("-oProxyCommand=evil"));
    QVERIFY(!button(&editor, QStringLiteral("Test"))->isEnabled());
    ssh->clear();
    QCOMPARE(uri->text(), QStringLiteral("redis://10.0.0.6:6379/0"));
    paste(uri, QStringLiteral("redis-cluster://c1:7000,c2:7001?ssh=jump"));
    QCOMPARE(ssh->text(), QStringLiteral("jump"));
    QCOMPARE(nodes->text(), QStringLiteral("c1:7000, c2:7001"));
    nodes->setText(QStringLiteral("c1:7000, c3:7002"));
    QCOMPARE(uri->text(), QStringLiteral("redis-cluster://c1:7000,c3:7002?ssh=jump"));
    // Masters behind several hosts keep theirs, until the field says otherwise.
    paste(uri, QStringLiteral("redis://a:1/0?ssh=one redis://b:2/0?ssh=two"));
    editor.findChild<QLineEdit*>(QStringLiteral("user"))->setText(QStringLiteral("me"));
    QCOMPARE(uri->text(), QStringLiteral("redis://me@a:1/0?ssh=one redis://me@b:2/0?ssh=two"));
    ssh->setText(QStringLiteral("three"));
    QCOMPARE(uri->text(), QStringLiteral("redis://me@a:1/0?ssh=three redis://me@b:2/0?ssh=three"));
    paste(uri, QStringLiteral("redis-cluster://[fe80::1%25ba0]:7000,c2:7001"));
    nodes->setText(nodes->text() + QStringLiteral(", c3:7002"));
    QCOMPARE(uri->text(), QStringLiteral("redis-cluster://[fe80::1%25ba0]:7000,c2:7001,c3:7002"));
    paste(uri, QStringLiteral("unix:///run/redis.sock"));
    QVERIFY(!ssh->isVisible());
    paste(uri, QStringLiteral("redis-sentinel://s1/0?master=m&ssh=ops@bastion"));
    QTest::keyClicks(editor.findChild<QLineEdit*>(QStringLiteral("name")), QStringLiteral("far"));
    click(&editor, QStringLiteral("Save"));
    QTRY_COMPARE(fixture.book().connections.size(), 1);
    QCOMPARE(fixture.book().connections.first().uris(),
        QStringList { QStringLiteral("redis-sentinel://s1:26379?master=m&ssh=ops@bastion") });
    click(fixture.dialog.get(), QStringLiteral("Edit"));
    QCOMPARE(
        fixture.dialog->editor()->findChild<QLineEdit*>(QStringLiteral("ssh"))->text(), QStringLiteral("ops@bastion"));
}

void ConnectionsDialogTest::productionIsReadOnlyByDefault()
{
    MemorySecretStore secrets;
    ConnectionEditor editor({}, {}, secrets);
    editor.show();
    QComboBox* environment = nullptr;
    for (QComboBox* box : editor.findChildren<QComboBox*>()) {
        if (box->findData(int(Environment::Production)) >= 0 && box->itemText(3) == QStringLiteral("Production"))
            environment = box;
    }
    QCheckBox* readOnly = editor.findChildren<QCheckBox*>().first();
    for (QCheckBox* box : editor.findChildren<QCheckBox*>()) {
        if (box->text().contains(QStringLiteral("Read-only")) || box->text().contains(QStringLiteral("&Read-only")))
            readOnly = box;
    }
    QVERIFY(environment);
    QVERIFY(!readOnly->isChecked());
    environment->setCurrentText(QStringLiteral("Production"));
    QVERIFY(readOnly->isChecked());
    auto* strip = editor.findChild<EnvironmentStrip*>();
    QVERIFY(strip->isVisible());
    QCOMPARE(strip->word(), QStringLiteral("PRODUCTION"));
}

void ConnectionsDialogTest::deleteAndUndo()
{
    DialogFixture fixture;
    fixture.put(
        QStringLiteral("one"), QStringLiteral("redis://a"), {}, Environment::Unspecified, PasswordSource::Keychain);
    fixture.put(QStringLiteral("two"), QStringLiteral("redis://b"));
    fixture.put(QStringLiteral("three"), QStringLiteral("redis://c"));
    const ConnectionBook before = fixture.book();
    fixture.secrets.secrets.insert(before.connections[0].id, Secret("pw"));
    fixture.show();
    fixture.select(QStringLiteral("one"));
    QTest::keyClick(fixture.dialog->tree(), Qt::Key_Delete);
    QCOMPARE(fixture.book().connections.size(), 2);
    QVERIFY(fixture.secrets.secrets.contains(before.connections[0].id));
    click(fixture.dialog.get(), QStringLiteral("Undo"));
    QVERIFY(fixture.book().connections == before.connections);
    QVERIFY(fixture.secrets.secrets.contains(before.connections[0].id));
    fixture.select(QStringLiteral("one"));
    click(fixture.dialog.get(), QStringLiteral("Delete"));
    fixture.dialog.reset();
    QTRY_VERIFY(!fixture.secrets.secrets.contains(before.connections[0].id));
}

void ConnectionsDialogTest::groupsMoveAndSearch()
{
    DialogFixture fixture;
    fixture.put(QStringLiteral("orders"), QStringLiteral("redis://orders"), QStringLiteral("Europe/Shops"));
    fixture.put(QStringLiteral("stock"), QStringLiteral("redis://stock"));
    fixture.put(QStringLiteral("mail"), QStringLiteral("redis://mail"));
    fixture.show();
    ConnectionTree* tree = fixture.dialog->tree();
    QCOMPARE(tree->shownCount(), 3);
    const ConnectionBook book = fixture.book();
    Q_EMIT tree->moveRequested({ book.connections[1].id }, QStringLiteral("Europe/Shops"), book.connections[0].id);
    QCOMPARE(fixture.book().connections[0].name, QStringLiteral("stock"));
    QCOMPARE(fixture.book().connections[0].group, QStringLiteral("Europe/Shops"));
    fixture.select(QStringLiteral("stock"));
    QTest::keyClick(tree, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(fixture.book().connections[0].name, QStringLiteral("orders"));
    fixture.select(QStringLiteral("mail"));
    click(fixture.dialog.get(), QStringLiteral("Duplicate"));
    QCOMPARE(fixture.book().connections.size(), 4);
    QVERIFY(fixture.book().connections[3].id != fixture.book().connections[2].id);
    auto* search = fixture.dialog->findChild<QLineEdit*>();
    QTest::keyClicks(search, QStringLiteral("SHOPS"));
    QCOMPARE(tree->shownCount(), 2);
    search->setText(QStringLiteral("nothing like it"));
    QCOMPARE(tree->shownCount(), 0);
    QVERIFY(!button(fixture.dialog.get(), QStringLiteral("Connect"))->isEnabled());
}

void ConnectionsDialogTest::noSecretServiceIsSaid()
{
    MemorySecretStore secrets;
    secrets.isRunning = false;
    ConnectionEditor editor({ {}, QStringLiteral("x"), {}, { *parseConnectionUri(QStringLiteral("redis://h")) },
                                Environment::Unspecified, false, PasswordSource::Keychain, {}, {}, 0 },
        {}, secrets);
    QSignalSpy saved(&editor, &ConnectionEditor::saveRequested);
    editor.show();
    editor.findChild<QLineEdit*>(QStringLiteral("password"))->setText(secretWord);
    click(&editor, QStringLiteral("Save"));
    const auto isSaid = [&editor] {
        const QList<MessageStrip*> strips = editor.findChildren<MessageStrip*>();
        return std::any_of(strips.begin(), strips.end(),
            [](MessageStrip* strip) { return strip->text().contains(QStringLiteral("no secret service")); });
    };
    QTRY_VERIFY(isSaid());
    QCOMPARE(saved.size(), 0);
}

void ConnectionsDialogTest::testSaysEachStep()
{
    const auto server = tcpServer();
    QVERIFY(server);
    DialogFixture fixture;
    fixture.put(QStringLiteral("good"), QStringLiteral("redis://localhost:%1/0").arg(server->port()));
    fixture.show();
    fixture.select(QStringLiteral("good"));
    auto* test = fixture.dialog->findChild<ConnectionTest*>();
    QSignalSpy finished(test, &ConnectionTest::finished);
    click(fixture.dialog.get(), QStringLiteral("Test"));
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
    const QString steps = allSteps(fixture.dialog.get());
    QVERIFY2(finished.first().first().toBool(), qPrintable(steps));
    for (const char* step : { "Find the address", "Connect", "Ping", "Role", "What can be watched" })
        QVERIFY2(steps.contains(QString::fromLatin1(step)), qPrintable(steps));
    QVERIFY2(steps.contains(QStringLiteral("a master")), qPrintable(steps));
    QVERIFY(steps.contains(QStringLiteral(" ms")));
}

void ConnectionsDialogTest::testSaysWhatIsWrong()
{
    const auto server = tcpServer();
    QVERIFY(server);
    quint16 freePort = 0;
    {
        const auto other = tcpServer();
        QVERIFY(other);
        freePort = other->port();
    }
    struct Case {
        QString uri;
        QString text;
    };
    const QList<Case> cases { { QStringLiteral("redis://nobody@127.0.0.1:%1/0").arg(server->port()),
                                  QStringLiteral("Log in") },
        { QStringLiteral("redis://127.0.0.1:%1/0").arg(freePort), QStringLiteral("\u2192") },
        { QStringLiteral("rediss://127.0.0.1:%1/0").arg(server->port()), QStringLiteral("speak TLS") } };
    for (const Case& one : cases) {
        DialogFixture fixture;
        fixture.put(QStringLiteral("bad"), one.uri);
        fixture.show();
        fixture.select(QStringLiteral("bad"));
        auto* test = fixture.dialog->findChild<ConnectionTest*>();
        QSignalSpy finished(test, &ConnectionTest::finished);
        click(fixture.dialog.get(), QStringLiteral("Test"));
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        QVERIFY2(!finished.first().first().toBool(), qPrintable(one.uri));
        const QString steps = allSteps(fixture.dialog.get());
        QVERIFY2(steps.contains(one.text), qPrintable(one.uri + QLatin1Char('\n') + steps));
    }
}

void ConnectionsDialogTest::adviceIsShownWhole()
{
    ConnectionTest test;
    QSignalSpy finished(&test, &ConnectionTest::finished);
    test.run({ *parseConnectionUri(QStringLiteral("redis://127.0.0.1:1/0")) });
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
    auto* steps = test.findChild<QTreeWidget*>();
    QTreeWidgetItem* advice = nullptr;
    for (QTreeWidgetItemIterator it(steps); *it; ++it) {
        if ((*it)->text(0).startsWith(QChar(0x2192)))
            advice = *it;
    }
    QVERIFY(advice);
    const int line = steps->fontMetrics().height();
    const auto lines = [&] { return steps->visualItemRect(advice).height() / line; };
    test.resize(1600, 400);
    QTRY_COMPARE(lines(), 1);
    test.resize(320, 400);
    QTRY_VERIFY(lines() >= 2);
    const QRect whole = steps->fontMetrics().boundingRect(
        QRect(0, 0, steps->viewport()->width() - steps->indentation(), 10000), Qt::TextWordWrap, advice->text(0));
    QVERIFY(steps->visualItemRect(advice).height() >= whole.height());
    test.resize(1600, 400);
    QTRY_COMPARE(lines(), 1);
}

void ConnectionsDialogTest::damagedFileIsSetAside()
{
    DialogFixture fixture;
    fixture.put(QStringLiteral("x"), QStringLiteral("redis://h"));
    QFile file(fixture.file.path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"version\":1,");
    file.close();
    fixture.show();
    QCOMPARE(fixture.dialog->tree()->shownCount(), 0);
    click(fixture.dialog.get(), QStringLiteral("Set the file aside"));
    QVERIFY(!QFile::exists(fixture.file.path()));
    const QStringList kept = QDir(fixture.folder.filePath(QStringLiteral("lockscope")))
                                 .entryList({ QStringLiteral("*.damaged-*") }, QDir::Files);
    QCOMPARE(kept.size(), 1);
}

void ConnectionsDialogTest::importShowsAndTakesOver()
{
    DialogFixture fixture;
    fixture.put(QStringLiteral("here"), QStringLiteral("redis://known:6379/0"));
    const QString path = fixture.folder.filePath(QStringLiteral("export.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"([{"host":"known","port":6379,"name":"same"},{"host":"fresh","port":1,"name":"new","password":"pw-77"},
        {"name":"broken"}])");
    file.close();
    fixture.show();
    fixture.dialog->importFile(path);
    auto* import = fixture.dialog->findChild<ImportDialog*>();
    QVERIFY(import);
    auto* list = import->findChild<QTreeWidget*>();
    QCOMPARE(list->topLevelItemCount(), 3);
    QCOMPARE(list->topLevelItem(0)->text(1), QStringLiteral("exists"));
    QCOMPARE(list->topLevelItem(1)->text(1), QStringLiteral("new"));
    QCOMPARE(list->topLevelItem(2)->text(1), QStringLiteral("not usable"));
    click(import, QStringLiteral("Import 1"));
    QTRY_COMPARE(fixture.book().connections.size(), 2);
    const SavedConnection saved = fixture.book().connections.last();
    QCOMPARE(saved.passwordSource, PasswordSource::Keychain);
    QCOMPARE(fixture.secrets.secrets.value(saved.id).reveal(), QByteArray("pw-77"));
    QVERIFY(QFile::remove(path));
    QVERIFY(!folderHolds(fixture.folder.path(), "pw-77"));
}

static DeploymentFactory liveFactory()
{
    return [](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
        DeploymentOptions options;
        options.specs = QList<ConnectionSpec> { choice.spec } + choice.furtherMasters;
        options.readOnly = choice.readOnly;
        options.environment = choice.environment;
        return LiveDeployment::create(options).map(
            [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
    };
}

void ConnectionsDialogTest::nothingSecretStaysBehind()
{
    const auto server = tcpServer();
    QVERIFY(server);
    DialogFixture fixture;
    {
        Settings settings = Settings::inFile(fixture.folder.filePath(QStringLiteral("lockscope/lockscope.ini")));
        MainWindow window(
            liveFactory(), settings, { false, true, 0, fixture.folder.filePath(QStringLiteral("audit.sqlite")) });
        window.setConnections(fixture.file, fixture.secrets);
        window.show();
        window.openConnections();
        auto* dialog = window.findChild<ConnectionsDialog*>();
        QVERIFY(dialog);
        click(dialog, QStringLiteral("New"));
        ConnectionEditor* editor = dialog->editor();
        paste(editor->findChild<QLineEdit*>(QStringLiteral("uri")),
            QStringLiteral("redis://default:%1@127.0.0.1:%2/0").arg(secretWord).arg(server->port()));
        QTest::keyClicks(editor->findChild<QLineEdit*>(QStringLiteral("name")), QStringLiteral("guarded"));
        click(editor, QStringLiteral("Save"));
        QTRY_COMPARE(fixture.book().connections.size(), 1);
        click(dialog, QStringLiteral("Edit"));
        dialog->editor()->findChild<QLineEdit*>(QStringLiteral("password"))->setText(secretWord + QLatin1Char('2'));
        click(dialog->editor(), QStringLiteral("Save"));
        const QString id = fixture.book().connections.first().id;
        QTRY_COMPARE(fixture.secrets.secrets.value(id).reveal(), (secretWord + QLatin1Char('2')).toUtf8());
        QTRY_VERIFY(dialog->isEnabled() && button(dialog, QStringLiteral("Connect"))->isEnabled());
        click(dialog, QStringLiteral("Connect"));
        QTRY_VERIFY(window.deployment());
        QTRY_VERIFY_WITH_TIMEOUT(window.status().completeness.complete, 30000);
        QVERIFY(!window.windowTitle().contains(secretWord));
        window.close();
    }
    QVERIFY(folderHolds(fixture.folder.path(), "guarded"));
    QVERIFY(!folderHolds(fixture.folder.path(), secretWord.toUtf8()));
    QVERIFY(!folderHolds(fixture.folder.path(), secretWord.toUtf8().toBase64().left(16)));
    for (const char* variable : { "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME" }) {
        if (const QString folder = qEnvironmentVariable(variable); !folder.isEmpty())
            QVERIFY(!folderHolds(folder, secretWord.toUtf8()));
    }
}

void ConnectionsDialogTest::windowsLiveSideBySide()
{
    const auto first = tcpServer();
    const auto second = tcpServer();
    QVERIFY(first && second);
    QTemporaryDir folder;
    const ConnectionBookFile file(folder.filePath(QStringLiteral("connections.json")));
    MemorySecretStore secrets;
    Settings settings = Settings::inMemory();
    WindowList list([&] {
        auto* made
            = new MainWindow(liveFactory(), settings, { false, false, 0, folder.filePath(QStringLiteral("a.sqlite")) });
        made->setConnections(file, secrets);
        return made;
    });
    MainWindow* one = list.open();
    ConnectionChoice choice;
    choice.spec = first->tcpSpec();
    one->connectTo(choice);
    choice.spec = second->tcpSpec();
    Q_EMIT one->newWindowRequested(choice, {});
    QCOMPARE(list.windows().size(), 2);
    MainWindow* other = list.windows().last();
    QTRY_VERIFY_WITH_TIMEOUT(one->status().completeness.complete && other->status().completeness.complete, 30000);
    QVERIFY(one->windowTitle() != other->windowTitle());
    one->close();
    QTRY_COMPARE(list.windows().size(), 1);
    const quint64 pass = other->status().completeness.pass;
    other->deployment()->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(other->status().completeness.pass > pass, 30000);
    QCOMPARE(other->status().link, LinkState::Ready);
}

void ConnectionsDialogTest::dialogsShowTheEnvironment()
{
    const auto server = tcpServer();
    QVERIFY(server);
    Settings settings = Settings::inMemory();
    QTemporaryDir folder;
    MainWindow window(liveFactory(), settings, { false, false, 0, folder.filePath(QStringLiteral("a.sqlite")) });
    window.show();
    ConnectionChoice choice;
    choice.spec = server->tcpSpec();
    choice.environment = Environment::Staging;
    window.connectTo(choice);
    QTRY_VERIFY_WITH_TIMEOUT(window.status().completeness.complete, 30000);
    for (const ActionId id : { ActionId::FindLocks, ActionId::Acquire, ActionId::ShowAudit, ActionId::Shortcuts }) {
        QTRY_VERIFY(window.registry().action(id)->isEnabled());
        window.registry().action(id)->trigger();
        QDialog* dialog = nullptr;
        for (QDialog* candidate : window.findChildren<QDialog*>(Qt::FindDirectChildrenOnly)) {
            if (candidate->isVisible())
                dialog = candidate;
        }
        QVERIFY2(dialog, qPrintable(window.registry().action(id)->objectName()));
        auto* frame = dialog->findChild<WindowFrame*>();
        QVERIFY2(frame && frame->environment() == Environment::Staging,
            qPrintable(window.registry().action(id)->objectName()));
        auto* strip = dialog->findChild<EnvironmentStrip*>();
        QVERIFY(strip && strip->isVisible());
        QCOMPARE(strip->word(), QStringLiteral("STAGING"));
        dialog->close();
        QTRY_VERIFY(
            !window.findChildren<QDialog*>(Qt::FindDirectChildrenOnly).contains(dialog) || !dialog->isVisible());
    }
}

void ConnectionsDialogTest::insecureTlsIsBadged()
{
    Settings settings = Settings::inMemory();
    MainWindow window(liveFactory(), settings, { false, false, 0, {} });
    window.show();
    auto* badge = window.findChild<QWidget*>(QStringLiteral("insecureBadge"));
    QVERIFY(badge && !badge->isVisible());
    ConnectionChoice choice;
    choice.spec = *parseConnectionUri(QStringLiteral("rediss://127.0.0.1:1/0?insecure=true"));
    window.connectTo(choice);
    QVERIFY(badge->isVisible());
    choice.spec = *parseConnectionUri(QStringLiteral("redis://127.0.0.1:1/0"));
    window.connectTo(choice);
    QVERIFY(!badge->isVisible());
}

} // namespace lockscope

QTEST_MAIN(lockscope::ConnectionsDialogTest)
#include "tst_connectionsdialog.moc"
