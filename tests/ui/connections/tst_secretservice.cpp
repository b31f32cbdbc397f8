// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/messagestrip.h"
#include "common/settings.h"
#include "connections/connectionopener.h"
#include "connections/secretstore.h"
#include "deployment/livedeployment.h"
#include "mainwindow/mainwindow.h"
#include "support/blockingclient.h"
#include "support/secretsearch.h"
#include "support/secretservicefixture.h"
#include "support/testsupport.h"
#include "support/typedprogram.h"
#include "ui/connections/connectionsfixture.h"

#include <QProcess>
#include <QSignalSpy>

namespace lockscope {

/// Passwords in a real secret service: kept for the next start, replaced, forgotten; and what is said when it is
/// locked, silent, dying or not there at all.
class SecretServiceTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void keepsReplacesAndForgets();
    void theNextStartReadsIt();
    void theEndOfTheProgramForgetsIt();
    void aGivenUpConnectionLeavesNothing();
    void lockedIsSaid();
    void absentIsSaid();
    void silenceIsSaid();
    void slownessIsSaid();
    void dyingMidwayIsSaid();
    void outlivesTheSessionBus();
    void noSessionBusIsSaid();
    void noLibraryIsSaid();

private:
    /// True in a process of its own, as the part of this test that must not share a bus with the others; false when it
    /// has passed there.
    [[nodiscard]] static bool isAlone(const QProcessEnvironment& further = {});

    std::unique_ptr<SecretServiceFixture> m_service;
};

namespace {

constexpr int longWait = 120000;
const QByteArray secretWord = "s3cret-W\xc3\xb6rd-77-keyring";
const QByteArray otherWord = "0ther-secret-78-keyring";
const char* const aloneVariable = "LOCKSCOPE_TEST_ALONE";

/// What the store answers, waited for.
template <typename T, typename Call> Result<T> answerOf(Call call)
{
    QObject guard;
    std::optional<Result<T>> answer;
    call(&guard, [&answer](const Result<T>& result) { answer = result; });
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, longWait))
        return fail(ErrorKind::Internal, QStringLiteral("no answer"));
    return *answer;
}

Result<Secret> readFrom(SecretStore& store, const QString& id)
{
    return answerOf<Secret>([&](QObject* guard, auto handler) { store.read(id, guard, handler); });
}

QByteArray wordOf(const Result<Secret>& result)
{
    return result ? result->reveal() : "none: " + result.error().detail.toUtf8();
}

Status writeInto(SecretStore& store, const QString& id, const QByteArray& word)
{
    return answerOf<void>([&](QObject* guard, auto handler) { store.write(id, Secret(word), guard, handler); });
}

Status removeFrom(SecretStore& store, const QString& id)
{
    return answerOf<void>([&](QObject* guard, auto handler) { store.remove(id, guard, handler); });
}

SavedConnection guarded(const QString& uri)
{
    SavedConnection connection;
    connection.id = newConnectionId();
    connection.name = QStringLiteral("guarded");
    connection.specs = { *parseConnectionUri(uri) };
    connection.passwordSource = PasswordSource::Keychain;
    return connection;
}

bool says(const QWidget* window, const QString& text)
{
    for (const MessageStrip* strip : window->findChildren<MessageStrip*>()) {
        if (strip->isVisible() && (strip->text().contains(text) || strip->detail().contains(text)))
            return true;
    }
    return false;
}

void keepPicture(QWidget* window, const char* name)
{
    const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR");
    if (!folder.isEmpty())
        QVERIFY(window->grab().save(QStringLiteral("%1/%2.png").arg(folder, QString::fromLatin1(name))));
}

/// A redis-server where the user `ops` needs a password.
struct GuardedServer {
    std::unique_ptr<SandboxServer> server = tcpServer();
    BlockingClient client { server->socketPath() };

    void setPassword(const QByteArray& word)
    {
        client.run({ "ACL", "SETUSER", "ops", "reset", "on", '>' + word, "~*", "&*", "+@all" });
    }
    bool hasOperator() { return client.run({ "CLIENT", "LIST" }).text.contains("user=ops"); }
    [[nodiscard]] QString uri(const QByteArray& user) const
    {
        return QStringLiteral("redis://%1@127.0.0.1:%2/0").arg(QString::fromUtf8(user)).arg(server->port());
    }
};

/// A new connection in the editor, all but saved.
std::unique_ptr<ConnectionEditor> filledEditor(SecretStore& store)
{
    SavedConnection connection;
    connection.passwordSource = PasswordSource::Keychain;
    auto editor = std::make_unique<ConnectionEditor>(connection, QStringList(), store);
    editor->show();
    paste(
        editor->findChild<QLineEdit*>(QStringLiteral("uri")), QStringLiteral("redis://ops@orders.example.net:6379/0"));
    QTest::keyClicks(editor->findChild<QLineEdit*>(QStringLiteral("name")), QStringLiteral("Orders"));
    editor->findChild<QLineEdit*>(QStringLiteral("password"))->setText(QString::fromUtf8(secretWord));
    return editor;
}

} // namespace

bool SecretServiceTest::isAlone(const QProcessEnvironment& further)
{
    if (qEnvironmentVariableIsSet(aloneVariable))
        return true;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(further);
    environment.insert(QString::fromLatin1(aloneVariable), QStringLiteral("1"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QCoreApplication::applicationFilePath(), { QString::fromLatin1(QTest::currentTestFunction()) });
    const bool ended = QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 2 * longWait);
    const QByteArray output = process.readAll();
    if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        QTest::qFail(output.constData(), __FILE__, __LINE__);
    return false;
}

void SecretServiceTest::initTestCase()
{
    qunsetenv("DISPLAY"); // nobody must start a bus for us
    m_service = std::make_unique<SecretServiceFixture>();
}

// A keyring's daemon of its own for each test, and a bus that has seen the last one go.
void SecretServiceTest::init() { m_service->startUnlocked(); }

void SecretServiceTest::cleanupTestCase() { m_service.reset(); }

void SecretServiceTest::keepsReplacesAndForgets()
{
    KeychainSecretStore store;
    const QString id = newConnectionId();
    const QString neighbour = newConnectionId();
    VERIFY_RESULT(writeInto(store, id, secretWord));
    VERIFY_RESULT(writeInto(store, neighbour, "theirs"));
    KeychainSecretStore second;
    QCOMPARE(wordOf(readFrom(second, id)), secretWord);
    m_service->startUnlocked();
    QCOMPARE(wordOf(readFrom(second, id)), secretWord);
    VERIFY_RESULT(writeInto(second, id, otherWord));
    QCOMPARE(wordOf(readFrom(store, id)), otherWord);
    VERIFY_RESULT(removeFrom(store, id));
    const Result<Secret> gone = readFrom(second, id);
    QVERIFY(!gone);
    QCOMPARE(gone.error().serverCode, QByteArray("NOTFOUND"));
    QCOMPARE(wordOf(readFrom(store, neighbour)), QByteArray("theirs"));
}

void SecretServiceTest::theNextStartReadsIt()
{
    GuardedServer server;
    const ProgramHome home;
    const ConnectionBookFile file(home.path(QStringLiteral("config/lockscope/connections.json")));
    KeychainSecretStore store;
    ConnectionsDialog dialog(file, store);
    dialog.show();
    const auto isReadByTheNextStart = [&](const QByteArray& word) {
        TypedProgram program(QStringLiteral(LOCKSCOPE_GUI_PROGRAM), QStringLiteral(LOCKSCOPE_BINARY_DIR));
        program.start({ QStringLiteral("--connection"), QStringLiteral("guarded") }, home.environment());
        QTRY_VERIFY_WITH_TIMEOUT(server.hasOperator(), longWait);
        QCOMPARE(program.leftBehind(word, home.path()), QString());
        QTRY_VERIFY_WITH_TIMEOUT(!server.hasOperator(), longWait);
    };

    server.setPassword(secretWord);
    click(&dialog, QStringLiteral("New"));
    paste(dialog.editor()->findChild<QLineEdit*>(QStringLiteral("uri")), server.uri("ops"));
    dialog.editor()->findChild<QLineEdit*>(QStringLiteral("password"))->setText(QString::fromUtf8(secretWord));
    QTest::keyClicks(dialog.editor()->findChild<QLineEdit*>(QStringLiteral("name")), QStringLiteral("guarded"));
    click(dialog.editor(), QStringLiteral("Save"));
    QTRY_COMPARE_WITH_TIMEOUT(file.load()->connections.size(), 1, longWait);
    isReadByTheNextStart(secretWord);

    server.setPassword(otherWord);
    click(&dialog, QStringLiteral("Edit"));
    const QPointer<ConnectionEditor> editor = dialog.editor();
    editor->findChild<QLineEdit*>(QStringLiteral("password"))->setText(QString::fromUtf8(otherWord));
    click(editor, QStringLiteral("Save"));
    QTRY_VERIFY_WITH_TIMEOUT(!editor || !editor->isVisible(), longWait);
    isReadByTheNextStart(otherWord);
    QCOMPARE(SecretSearch(secretWord).inFolder(home.path()), QString());
    // What may be there is there: the search has looked in the right place.
    QVERIFY(!SecretSearch("guarded").inFolder(home.path()).isEmpty());

    const QString id = file.load()->connections.first().id;
    click(&dialog, QStringLiteral("Delete"));
    QCOMPARE(wordOf(readFrom(store, id)), otherWord);
    click(&dialog, QStringLiteral("Undo"));
    click(&dialog, QStringLiteral("Delete"));
    dialog.close();
    QTRY_VERIFY_WITH_TIMEOUT(!readFrom(store, id), longWait);
}

void SecretServiceTest::theEndOfTheProgramForgetsIt()
{
    const ProgramHome home;
    const ConnectionBookFile file(home.path(QStringLiteral("config/lockscope/connections.json")));
    const SavedConnection connection = guarded(QStringLiteral("redis://ops@127.0.0.1:1/0"));
    VERIFY_RESULT(file.update([&connection](ConnectionBook& book) { book.put(connection); }));
    KeychainSecretStore store;
    VERIFY_RESULT(writeInto(store, connection.id, secretWord));
    TypedProgram program(QStringLiteral(LOCKSCOPE_GUI_PROGRAM), QStringLiteral(LOCKSCOPE_BINARY_DIR));
    program.start({}, home.environment()); // there are saved ones, so it begins with them
    program.type("click Delete");
    QTRY_COMPARE_WITH_TIMEOUT(file.load()->connections.size(), 0, longWait);
    QCOMPARE(wordOf(readFrom(store, connection.id)), secretWord);
    QCOMPARE(program.leftBehind(secretWord, home.path()), QString());
    const Result<Secret> gone = readFrom(store, connection.id);
    QVERIFY(!gone);
    QCOMPARE(gone.error().serverCode, QByteArray("NOTFOUND"));
}

void SecretServiceTest::aGivenUpConnectionLeavesNothing()
{
    KeychainSecretStore store;
    const std::unique_ptr<ConnectionEditor> editor = filledEditor(store);
    QSignalSpy saved(editor.get(), &ConnectionEditor::saveRequested);
    click(editor.get(), QStringLiteral("Save"));
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, longWait);
    // Nobody has written the list, as if it could not be written: the editor is still there.
    const QString id = saved.first().first().value<SavedConnection>().id;
    QCOMPARE(wordOf(readFrom(store, id)), secretWord);
    click(editor.get(), QStringLiteral("Save"));
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 2, longWait);
    QCOMPARE(saved.last().first().value<SavedConnection>().id, id);
    click(editor.get(), QStringLiteral("Cancel"));
    QTRY_VERIFY_WITH_TIMEOUT(!readFrom(store, id), longWait);
}

void SecretServiceTest::lockedIsSaid()
{
    KeychainSecretStore store;
    const QString id = newConnectionId();
    VERIFY_RESULT(writeInto(store, id, secretWord));
    m_service->startLocked();
    for (const Status& status : { readFrom(store, id).map([](const Secret&) {}), removeFrom(store, id),
             writeInto(store, id, otherWord), writeInto(store, newConnectionId(), otherWord) }) {
        QVERIFY(!status);
        QVERIFY2(status.error().detail.startsWith(QStringLiteral("the secret service is locked")),
            qPrintable(status.error().detail));
        QCOMPARE(status.error().kind, ErrorKind::Permission);
    }
    const std::unique_ptr<ConnectionEditor> editor = filledEditor(store);
    QSignalSpy saved(editor.get(), &ConnectionEditor::saveRequested);
    click(editor.get(), QStringLiteral("Save"));
    QTRY_VERIFY_WITH_TIMEOUT(says(editor.get(), QStringLiteral("the secret service is locked")), longWait);
    keepPicture(editor.get(), "editor-locked");
    QCOMPARE(saved.size(), 0);
    m_service->startUnlocked();
    QCOMPARE(wordOf(readFrom(store, id)), secretWord);
    click(editor.get(), QStringLiteral("Save"));
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, longWait);
}

void SecretServiceTest::absentIsSaid()
{
    m_service->stopService();
    const QString absent = QStringLiteral("no secret service is running here");
    KeychainSecretStore store;
    for (const Status& status : { readFrom(store, QStringLiteral("x")).map([](const Secret&) {}),
             writeInto(store, QStringLiteral("x"), secretWord), removeFrom(store, QStringLiteral("x")) }) {
        QVERIFY(!status);
        QCOMPARE(status.error().kind, ErrorKind::NotSupported);
        QVERIFY2(status.error().detail.startsWith(absent), qPrintable(status.error().detail));
    }
    const std::unique_ptr<ConnectionEditor> editor = filledEditor(store);
    QSignalSpy saved(editor.get(), &ConnectionEditor::saveRequested);
    click(editor.get(), QStringLiteral("Save"));
    QTRY_VERIFY_WITH_TIMEOUT(says(editor.get(), absent), longWait);
    keepPicture(editor.get(), "editor-absent");
    QCOMPARE(saved.size(), 0);

    GuardedServer server;
    server.setPassword(secretWord);
    const QTemporaryDir folder;
    const ConnectionBookFile file(folder.filePath(QStringLiteral("connections.json")));
    Settings settings = Settings::inMemory();
    MainWindow window(
        [](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
            DeploymentOptions options;
            options.specs = { choice.spec };
            return LiveDeployment::create(options).map(
                [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
        },
        settings, { false, false, 0, folder.filePath(QStringLiteral("a.sqlite")) });
    window.setConnections(file, store);
    window.show();
    window.connectSaved(guarded(server.uri("ops")));
    QTRY_VERIFY_WITH_TIMEOUT(says(&window, absent), longWait);
    QTRY_VERIFY_WITH_TIMEOUT(says(&window, QStringLiteral("The server wants a user and password")), longWait);
    keepPicture(&window, "window-absent");
}

void SecretServiceTest::silenceIsSaid()
{
    using namespace std::chrono_literals;
    KeychainSecretStore store({ 1000ms, 600s });
    const std::unique_ptr<ConnectionEditor> editor = filledEditor(store);
    m_service->suspend();
    QSignalSpy saved(editor.get(), &ConnectionEditor::saveRequested);
    click(editor.get(), QStringLiteral("Save"));
    QVERIFY(!button(editor.get(), QStringLiteral("Save"))->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(says(editor.get(), QStringLiteral("Waiting for the password")), longWait);
    keepPicture(editor.get(), "editor-waiting");
    QTRY_VERIFY_WITH_TIMEOUT(says(editor.get(), QStringLiteral("the secret service does not answer")), longWait);
    QVERIFY(button(editor.get(), QStringLiteral("Save"))->isEnabled());
    QCOMPARE(editor->focusWidget(), button(editor.get(), QStringLiteral("Save")));
    QCOMPARE(saved.size(), 0);
    m_service->resume();
    KeychainSecretStore patient;
    VERIFY_RESULT(writeInto(patient, QStringLiteral("x"), secretWord));
}

void SecretServiceTest::slownessIsSaid()
{
    using namespace std::chrono_literals;
    m_service->suspend();
    KeychainSecretStore store({ 600s, 300ms });
    const Result<Secret> late = readFrom(store, QStringLiteral("x"));
    QVERIFY(!late);
    QCOMPARE(late.error().kind, ErrorKind::Timeout);
    QVERIFY2(late.error().detail.contains(QStringLiteral("in time")), qPrintable(late.error().detail));
}

void SecretServiceTest::dyingMidwayIsSaid()
{
    KeychainSecretStore store;
    const QString id = newConnectionId();
    VERIFY_RESULT(writeInto(store, id, secretWord));
    m_service->suspend();
    QObject guard;
    std::optional<Status> answer;
    store.write(id, Secret(otherWord), &guard, [&answer](const Status& status) { answer = status; });
    QCoreApplication::processEvents();
    QVERIFY(!answer);
    m_service->killService();
    QTRY_VERIFY_WITH_TIMEOUT(answer, longWait);
    QVERIFY(!*answer);
    QCOMPARE(answer->error().kind, ErrorKind::NotSupported);
    m_service->startUnlocked();
    QCOMPARE(wordOf(readFrom(store, id)), secretWord);
    VERIFY_RESULT(writeInto(store, id, otherWord));
    QCOMPARE(wordOf(readFrom(store, id)), otherWord);
}

void SecretServiceTest::outlivesTheSessionBus()
{
    if (!isAlone())
        return;
    KeychainSecretStore store;
    m_service->suspend();
    QObject guard;
    std::optional<Result<Secret>> answer;
    store.read(QStringLiteral("x"), &guard, [&answer](const Result<Secret>& result) { answer = result; });
    // The service, whoever asks, and GLib, which would end this process with the bus.
    QTRY_VERIFY_WITH_TIMEOUT(m_service->clientsOfBus() >= 3, longWait);
    m_service->stopBus();
    QTRY_VERIFY_WITH_TIMEOUT(answer, longWait);
    QVERIFY(!*answer);
    QCOMPARE(answer->error().kind, ErrorKind::NotSupported);
    const Result<Secret> later = readFrom(store, QStringLiteral("x"));
    QVERIFY(!later);
    QCOMPARE(later.error().kind, ErrorKind::NotSupported);
}

void SecretServiceTest::noSessionBusIsSaid()
{
    if (!isAlone())
        return;
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    KeychainSecretStore store;
    const Status status = writeInto(store, QStringLiteral("x"), secretWord);
    QVERIFY(!status);
    QCOMPARE(status.error().kind, ErrorKind::NotSupported);
    QVERIFY2(status.error().detail.startsWith(QStringLiteral("no secret service is running here")),
        qPrintable(status.error().detail));
}

void SecretServiceTest::noLibraryIsSaid()
{
    const QTemporaryDir folder;
    QFile library(folder.filePath(QStringLiteral("libsecret-1.so.0")));
    QVERIFY(library.open(QIODevice::WriteOnly) && library.write("not a library") > 0);
    library.close();
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("LD_LIBRARY_PATH"), folder.path());
    if (!isAlone(environment))
        return;
    KeychainSecretStore store;
    const Status status = writeInto(store, QStringLiteral("x"), secretWord);
    QVERIFY(!status);
    QCOMPARE(status.error().kind, ErrorKind::NotSupported);
    QVERIFY2(status.error().detail.contains(QStringLiteral("libsecret")), qPrintable(status.error().detail));
}

} // namespace lockscope

QTEST_MAIN(lockscope::SecretServiceTest)
#include "tst_secretservice.moc"
