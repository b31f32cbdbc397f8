// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/messagestrip.h"
#include "deployment/familyfilewatcher.h"
#include "families/declarationeditor.h"
#include "families/familiesdialog.h"
#include "locks/families/familyregistry.h"
#include "ui/windowfixture.h"

#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTreeWidget>

namespace lockscope {

/// "Lock families", from the main window's menu: the list, the editor and its faults, the preview, saving.
class FamiliesDialogTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void aNewFileBeginsWithExamples();
    void theListShowsAllFamilies();
    void faultsAreShownWhileTyping();
    void savingPutsThemToUse();
    void thePreviewAsksTheServer();
    void unsavedChangesAreNotLost();
    void aChangeOutsideIsTold();
    void faultsInTheFileAreToldInTheWindow();
    void everythingHasAName();
    void pictures();

private:
    FamiliesDialog* open();
    void write(const QByteArray& text);
    [[nodiscard]] QByteArray fileText() const;
    template <typename T> [[nodiscard]] T* part() const { return m_dialog->findChild<T*>(); }
    [[nodiscard]] DeclarationEditor* editor() const { return part<DeclarationEditor>(); }
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QTreeWidget* tree(const QString& name) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FamilyFileWatcher> m_file;
    std::unique_ptr<WindowFixture> m_fixture;
    QPointer<FamiliesDialog> m_dialog;
};

namespace {

const QByteArray good = "[family billing]\nabout = Billing\nkey = bill:<n>\ntoken = uuid\n";

DiscoveryReport someReport()
{
    DiscoveryReport report;
    FamilySighting match;
    match.family = FamilyId(FamilyRegistry::builtIn().names().size() + 1);
    match.key = "bill:7";
    match.recognised = true;
    match.holders = 3;
    match.token = "7f0c2c1e-5b1a-4d0e-9c36-0b6a5f1d2e3c";
    match.owner = QStringLiteral("web-1 · pid 17");
    match.ttlMs = 42'000;
    FamilySighting other = match;
    other.key = "bill:\x01<b>" + QByteArray(2000, 'x');
    other.recognised = false;
    other.objection = "the token does not look as it was declared";
    other.holders = 0;
    other.token.clear();
    other.ttlMs = -1;
    report.sightings = { match, other };
    report.server.completeness.complete = true;
    report.server.completeness.keysScanned = 1200;
    report.server.completeness.keysExpected = 1200;
    return report;
}

} // namespace

void FamiliesDialogTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = std::make_unique<FamilyFileWatcher>(m_folder->filePath(QStringLiteral("lockscope/families.conf")));
    m_file->load();
    m_file->follow();
    m_fixture = std::make_unique<WindowFixture>();
    QVERIFY(!m_fixture->action(ActionId::LockFamilies)->isEnabled());
    m_fixture->window.setFamilyFile(*m_file);
    QTRY_VERIFY(m_fixture->window.status().completeness.complete);
    m_fixture->fake->setDiscovery(someReport());
}

void FamiliesDialogTest::cleanup()
{
    m_fixture.reset();
    m_file.reset();
    // What one test declared is not there for the next.
    FamilyRegistry::install(*FamilyRegistry::instance().withDeclared({}, {}));
}

FamiliesDialog* FamiliesDialogTest::open()
{
    m_fixture->action(ActionId::LockFamilies)->trigger();
    m_dialog = m_fixture->window.findChild<FamiliesDialog*>();
    return m_dialog;
}

void FamiliesDialogTest::write(const QByteArray& text)
{
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("lockscope")));
    QFile file(m_file->path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

QByteArray FamiliesDialogTest::fileText() const
{
    QFile file(m_file->path());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QPushButton* FamiliesDialogTest::button(const QString& text) const
{
    for (QPushButton* candidate : m_dialog->findChildren<QPushButton*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')) == text)
            return candidate;
    }
    return nullptr;
}

QTreeWidget* FamiliesDialogTest::tree(const QString& name) const
{
    for (QTreeWidget* candidate : m_dialog->findChildren<QTreeWidget*>()) {
        if (candidate->accessibleName() == name)
            return candidate;
    }
    return nullptr;
}

void FamiliesDialogTest::aNewFileBeginsWithExamples()
{
    QVERIFY(open());
    QVERIFY(editor()->toPlainText().contains(QLatin1String("#[family billing]")));
    QVERIFY(editor()->faults().isEmpty());
    QVERIFY(part<MessageStrip>()->text().contains(QLatin1String("no families file yet")));
    QVERIFY(!QFile::exists(m_file->path()));
    QVERIFY(button(QStringLiteral("Save"))->isEnabled());
    button(QStringLiteral("Save"))->click();
    QCOMPARE(fileText(), familyFileTemplate());
}

void FamiliesDialogTest::theListShowsAllFamilies()
{
    write(good);
    m_file->load();
    QVERIFY(open());
    QTreeWidget* list = tree(QStringLiteral("All families"));
    QVERIFY(list);
    QCOMPARE(list->topLevelItemCount(), FamilyRegistry::instance().names().size());
    QCOMPARE(list->topLevelItem(0)->text(0), QStringLiteral("billing"));
    QCOMPARE(list->topLevelItem(0)->text(1), QStringLiteral("families.conf:1"));
    part<QLineEdit>()->setText(QStringLiteral("redisson_lock_queue"));
    QStringList shown;
    for (int row = 0; row < list->topLevelItemCount(); ++row) {
        if (!list->topLevelItem(row)->isHidden())
            shown += list->topLevelItem(row)->text(0);
    }
    QCOMPARE(shown, QStringList(QStringLiteral("redisson")));
}

void FamiliesDialogTest::faultsAreShownWhileTyping()
{
    write(good);
    m_file->load();
    QVERIFY(open());
    part<QTabWidget>()->setCurrentIndex(1);
    editor()->moveCursor(QTextCursor::End);
    QTest::keyClicks(editor(), QStringLiteral("tokn = uuid"));
    QTRY_COMPARE(editor()->faults().size(), 1);
    QCOMPARE(editor()->faults()[0].line, 5);
    QVERIFY(editor()->extraSelections().size() >= 3);
    auto* faults = part<QListWidget>();
    QVERIFY(faults->isVisible());
    QCOMPARE(faults->item(0)->text(), QStringLiteral("Line 5: unknown key 'tokn' (did you mean 'token'?)"));
    QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
    editor()->moveCursor(QTextCursor::Start);
    Q_EMIT faults->itemActivated(faults->item(0));
    QCOMPARE(editor()->textCursor().blockNumber(), 4);
    QTest::keyClicks(editor(), QStringLiteral("#"));
    QTRY_VERIFY(editor()->faults().isEmpty());
    QVERIFY(!faults->isVisible());
    QVERIFY(button(QStringLiteral("Save"))->isEnabled());
}

void FamiliesDialogTest::savingPutsThemToUse()
{
    QVERIFY(open());
    QSignalSpy installed(m_file.get(), &FamilyFileWatcher::installed);
    editor()->setPlainText(QString::fromUtf8(good));
    button(QStringLiteral("Save"))->click();
    QTRY_COMPARE(fileText(), good);
    QCOMPARE(installed.size(), 1);
    QCOMPARE(m_fixture->fake->newFamilies(), 1);
    QVERIFY(FamilyRegistry::instance().byName("billing") != FamilyId::None);
    QVERIFY(part<MessageStrip>()->text().contains(QLatin1String("Saved")));
    QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
}

void FamiliesDialogTest::thePreviewAsksTheServer()
{
    QVERIFY(open());
    QCOMPARE(m_fixture->fake->discoveries().size(), 0);
    editor()->setPlainText(QString::fromUtf8(good));
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture->fake->discoveries().size(), 1, 20000);
    const DiscoveryOptions asked = m_fixture->fake->discoveries()[0];
    QVERIFY(asked.sightDeclared);
    QVERIFY(asked.registry && asked.registry->byName("billing") != FamilyId::None);
    QCOMPARE(asked.matches, QList<QByteArray>({ "bill:?*" }));
    QTreeWidget* preview = tree(QStringLiteral("Keys that the declarations match"));
    QTRY_COMPARE(preview->topLevelItemCount(), 2);
    QCOMPARE(preview->topLevelItem(0)->text(2), QStringLiteral("matches"));
    QVERIFY(preview->topLevelItem(0)->text(3).contains(QLatin1String("2 more")));
    QCOMPARE(preview->topLevelItem(1)->text(2), QStringLiteral("the token does not look as it was declared"));
    QVERIFY(preview->topLevelItem(1)->text(0).startsWith(QLatin1String("bill:\\x01<b>")));
    // Only typed: nobody else's picture has changed.
    QVERIFY(FamilyRegistry::instance().byName("billing") == FamilyId::None);
}

void FamiliesDialogTest::unsavedChangesAreNotLost()
{
    write(good);
    m_file->load();
    QVERIFY(open());
    editor()->setPlainText(QStringLiteral("# mine\n"));
    editor()->document()->setModified(true);
    button(QStringLiteral("Close"))->click();
    QVERIFY(m_dialog->isVisible());
    QVERIFY(part<MessageStrip>()->text().contains(QLatin1String("not saved")));
    button(QStringLiteral("Close"))->click();
    QTRY_VERIFY(!m_dialog);
    QCOMPARE(fileText(), good);
}

void FamiliesDialogTest::aChangeOutsideIsTold()
{
    write(good);
    m_file->load();
    QVERIFY(open());
    write("# theirs\n");
    QTRY_COMPARE_WITH_TIMEOUT(editor()->toPlainText(), QStringLiteral("# theirs\n"), 20000);
    QTest::keyClicks(editor(), QStringLiteral("# mine"));
    write("# theirs again\n");
    QTRY_VERIFY_WITH_TIMEOUT(part<MessageStrip>()->text().contains(QLatin1String("somebody else")), 20000);
    QVERIFY(editor()->toPlainText().contains(QLatin1String("# mine")));
    button(QStringLiteral("Revert"))->click();
    QCOMPARE(editor()->toPlainText(), QStringLiteral("# theirs again\n"));
}

void FamiliesDialogTest::faultsInTheFileAreToldInTheWindow()
{
    write("[family x]\nkey = a:*\ntokn = uuid\n");
    const auto told = [this] {
        for (const MessageStrip* strip : m_fixture->window.findChildren<MessageStrip*>()) {
            if (strip->isVisible() && strip->detail().contains(QLatin1String("families.conf:3: unknown key 'tokn'")))
                return true;
        }
        return false;
    };
    QTRY_VERIFY_WITH_TIMEOUT(told(), 20000);
    // Another connection does not make it forgotten.
    m_fixture->connectWindow();
    QTRY_VERIFY(told());
    write("[family x]\nkey = a:*\n");
    QTRY_VERIFY_WITH_TIMEOUT(!told(), 20000);
}

void FamiliesDialogTest::everythingHasAName()
{
    QVERIFY(open());
    for (const QWidget* widget : m_dialog->findChildren<QWidget*>()) {
        const bool typed = qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTreeWidget*>(widget)
            || qobject_cast<const QListWidget*>(widget) || qobject_cast<const QLineEdit*>(widget);
        if (typed && !widget->objectName().startsWith(QLatin1String("qt_")))
            QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
    }
}

// For whoever looks at them: with LOCKSCOPE_PICTURES=FOLDER.
void FamiliesDialogTest::pictures()
{
    const QString folder = qEnvironmentVariable("LOCKSCOPE_PICTURES");
    if (folder.isEmpty())
        QSKIP("LOCKSCOPE_PICTURES names no folder");
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        const QString name = folder + QStringLiteral("/families-") + themeModeName(mode) + QLatin1Char('-');
        QVERIFY(open());
        const auto shoot = [&](const char* what) {
            QTest::qWait(1500);
            QVERIFY(m_dialog->grab().save(name + QLatin1String(what) + QStringLiteral(".png")));
        };
        shoot("list");
        part<QTabWidget>()->setCurrentIndex(1);
        shoot("empty");
        editor()->setPlainText(QString::fromUtf8(good));
        shoot("preview");
        editor()->setPlainText(QString::fromUtf8(good + "tokn = x\nmode = shared\n\n[famly y]\nkey = *\n"));
        shoot("faults");
        m_dialog->reject();
        m_dialog->reject();
        QTRY_VERIFY(!m_dialog);
    }
    applyTheme(ThemeMode::Light);
}

} // namespace lockscope

QTEST_MAIN(lockscope::FamiliesDialogTest)
#include "tst_familiesdialog.moc"
