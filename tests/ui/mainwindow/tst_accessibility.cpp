// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectdialog.h"
#include "connections/credentialsstrip.h"
#include "operations/acquiredialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTextEdit>
#include <QTreeView>

namespace lockscope {

using namespace std::chrono_literals;

/// Walks every widget of the window and of each dialog.
class AccessibilityTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyWidgetHasAName();
    void mnemonicsAreUnique();
    void everyActionHasAShortcut();
    void shortcutsAreUnique();
    void shortcutListNamesEveryAction();
    void tabReachesTheTable();
};

namespace {

bool isInteractive(const QWidget* widget)
{
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget)
        || qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget)
        || qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget)
        || qobject_cast<const QAbstractItemView*>(widget);
}

// Parts that Qt makes of its own widgets are named by the widget that they belong to.
bool isInternal(const QWidget* widget)
{
    if (widget->objectName().startsWith(QStringLiteral("qt_")))
        return true;
    const QWidget* parent = widget->parentWidget();
    return qobject_cast<const QComboBox*>(parent) || qobject_cast<const QAbstractSpinBox*>(parent)
        || qobject_cast<const QAbstractItemView*>(parent) || widget->inherits("QHeaderView")
        || widget->inherits("QTableCornerButton") || widget->inherits("QComboBoxListView")
        || widget->inherits("QToolBarExtension") || (parent && parent->inherits("QComboBoxPrivateContainer"))
        || (qobject_cast<const QAbstractButton*>(widget) && qobject_cast<const QLineEdit*>(parent));
}

QStringList unnamedIn(const QWidget* root)
{
    QStringList unnamed;
    for (QWidget* widget : root->findChildren<QWidget*>()) {
        if (!isInteractive(widget) || isInternal(widget))
            continue;
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (!interface || interface->text(QAccessible::Name).trimmed().isEmpty())
            unnamed += QStringLiteral("%1 '%2' in %3")
                           .arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName(),
                               QString::fromLatin1(widget->parentWidget()->metaObject()->className()));
    }
    return unnamed;
}

QChar mnemonicOf(const QString& text)
{
    for (qsizetype at = text.indexOf(QLatin1Char('&')); at >= 0 && at + 1 < text.size();
         at = text.indexOf(QLatin1Char('&'), at + 2)) {
        if (text[at + 1] != QLatin1Char('&'))
            return text[at + 1].toLower();
    }
    return {};
}

QStringList doubleMnemonics(const QStringList& texts)
{
    QHash<QChar, QString> seen;
    QStringList doubles;
    for (const QString& text : texts) {
        const QChar mnemonic = mnemonicOf(text);
        if (mnemonic.isNull())
            continue;
        if (seen.contains(mnemonic))
            doubles += seen.value(mnemonic) + QStringLiteral(" / ") + text;
        seen.insert(mnemonic, text);
    }
    return doubles;
}

QStringList menuTexts(const QMenu* menu)
{
    QStringList texts;
    for (const QAction* action : menu->actions())
        texts += action->text();
    return texts;
}

// Labels and buttons of a dialog share one name space of Alt keys.
QStringList dialogTexts(const QDialog* dialog)
{
    QStringList texts;
    for (const QAbstractButton* button : dialog->findChildren<QAbstractButton*>())
        texts += button->text();
    for (const QLabel* label : dialog->findChildren<QLabel*>()) {
        if (label->buddy())
            texts += label->text();
    }
    return texts;
}

/// Every dialog that the window can open, open.
QList<QDialog*> openAll(WindowFixture& fixture)
{
    for (const ActionId id : { ActionId::Acquire, ActionId::ForceRelease, ActionId::Connect, ActionId::Shortcuts,
             ActionId::About, ActionId::SaveView, ActionId::ShowGroups })
        fixture.action(id)->trigger();
    return fixture.window.findChildren<QDialog*>();
}

} // namespace

void AccessibilityTest::everyWidgetHasAName()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    QStringList unnamed = unnamedIn(&fixture.window);
    const QList<QDialog*> dialogs = openAll(fixture);
    QVERIFY(dialogs.size() >= 6);
    for (const QDialog* dialog : dialogs) {
        QVERIFY(!dialog->windowTitle().isEmpty());
        unnamed += unnamedIn(dialog);
    }
    QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QLatin1Char('\n'))));
}

void AccessibilityTest::mnemonicsAreUnique()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    QStringList doubles;
    QStringList titles;
    for (const QAction* action : fixture.window.menuBar()->actions()) {
        titles += action->text();
        doubles += doubleMnemonics(menuTexts(action->menu()));
    }
    doubles += doubleMnemonics(titles);
    for (const QDialog* dialog : openAll(fixture))
        doubles += doubleMnemonics(dialogTexts(dialog));
    QVERIFY2(doubles.isEmpty(), qPrintable(doubles.join(QLatin1Char('\n'))));
}

void AccessibilityTest::everyActionHasAShortcut()
{
    WindowFixture fixture;
    for (const QAction* action : fixture.window.registry().actions()) {
        QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->objectName()));
        QVERIFY2(!action->text().isEmpty() && !action->toolTip().isEmpty(), qPrintable(action->objectName()));
    }
}

void AccessibilityTest::shortcutsAreUnique()
{
    WindowFixture fixture;
    QHash<QKeySequence, QString> seen;
    for (const QAction* action : fixture.window.registry().actions()) {
        for (const QKeySequence& shortcut : action->shortcuts()) {
            QVERIFY2(!seen.contains(shortcut),
                qPrintable(shortcut.toString() + QLatin1Char(' ') + action->objectName() + QLatin1Char(' ')
                    + seen.value(shortcut)));
            seen.insert(shortcut, action->objectName());
        }
    }
}

void AccessibilityTest::shortcutListNamesEveryAction()
{
    WindowFixture fixture;
    fixture.action(ActionId::Shortcuts)->trigger();
    const auto* tree = fixture.window.findChild<QDialog*>(QStringLiteral("shortcutsDialog"))->findChild<QTreeView*>();
    QSet<QString> listed;
    const QAbstractItemModel* model = tree->model();
    for (int group = 0; group < model->rowCount(); ++group) {
        const QModelIndex parent = model->index(group, 0);
        for (int row = 0; row < model->rowCount(parent); ++row) {
            listed.insert(model->index(row, 0, parent).data().toString());
            QVERIFY(!model->index(row, 1, parent).data().toString().isEmpty());
        }
    }
    for (const QAction* action : fixture.window.registry().actions())
        QVERIFY2(listed.contains(actionTitle(action)), qPrintable(actionTitle(action)));
}

void AccessibilityTest::tabReachesTheTable()
{
    WindowFixture fixture;
    QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
    fixture.action(ActionId::Filter)->trigger();
    QVERIFY(QApplication::focusWidget());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), fixture.window.view());
    // And from it on, to the end of the chain and back, with nothing that holds the focus for good.
    QWidget* widget = QApplication::focusWidget();
    int steps = 0;
    do {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        ++steps;
    } while (QApplication::focusWidget() != widget && steps < 60);
    QCOMPARE(QApplication::focusWidget(), widget);
}

} // namespace lockscope

QTEST_MAIN(lockscope::AccessibilityTest)
#include "tst_accessibility.moc"
