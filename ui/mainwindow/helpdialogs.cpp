// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/helpdialogs.h"

#include "mainwindow/actionregistry.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QIcon>
#include <QLabel>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int iconSize = 64;

QString tr(const char* text) { return QCoreApplication::translate("lockscope::HelpDialogs", text); }

QDialog* makeDialog(const QString& name, const QString& title, QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(name);
    dialog->setWindowTitle(title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    new QVBoxLayout(dialog);
    return dialog;
}

void addCloseButton(QDialog* dialog)
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    dialog->layout()->addWidget(buttons);
}

QString keysOf(const QAction* action)
{
    return QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)
        .replace(QStringLiteral("; "), QStringLiteral(", "));
}

void addGroup(QTreeWidget* tree, const QString& title)
{
    auto* group = new QTreeWidgetItem(tree, { title });
    QFont font = group->font(0);
    font.setBold(true);
    group->setFont(0, font);
    group->setFirstColumnSpanned(true);
    group->setExpanded(true);
}

// What the table and the filter box understand without an action of their own.
void addTableKeys(QTreeWidget* tree)
{
    addGroup(tree, QCoreApplication::translate("lockscope::HelpDialogs", "Inside the table and the filter"));
    QTreeWidgetItem* group = tree->topLevelItem(tree->topLevelItemCount() - 1);
    const std::pair<const char*, QString> keys[] = {
        { QT_TRANSLATE_NOOP("lockscope::HelpDialogs", "Pause and go on, in the table"), QStringLiteral("Space") },
        { QT_TRANSLATE_NOOP("lockscope::HelpDialogs", "Details of the lock, in the table"), QStringLiteral("Enter") },
        { QT_TRANSLATE_NOOP("lockscope::HelpDialogs", "Menu of the lock"), QStringLiteral("Shift+F10") },
        { QT_TRANSLATE_NOOP("lockscope::HelpDialogs", "Clear the filter, in its box"), QStringLiteral("Esc") },
        { QT_TRANSLATE_NOOP("lockscope::HelpDialogs", "The first nine saved views"),
            QStringLiteral("Ctrl+1 … Ctrl+9") },
    };
    for (const auto& [text, key] : keys)
        new QTreeWidgetItem(group, { tr(text), key });
}

} // namespace

void showShortcuts(const ActionRegistry& registry, QWidget* parent)
{
    QDialog* dialog = makeDialog(QStringLiteral("shortcutsDialog"),
        QCoreApplication::translate("lockscope::HelpDialogs", "Keyboard shortcuts"), parent);
    auto* tree = new QTreeWidget(dialog);
    tree->setAccessibleName(dialog->windowTitle());
    tree->setHeaderLabels({ QCoreApplication::translate("lockscope::HelpDialogs", "Action"),
        QCoreApplication::translate("lockscope::HelpDialogs", "Keys") });
    tree->setRootIsDecorated(false);
    tree->setUniformRowHeights(true);
    for (int id = 0; id < actionCount; ++id) {
        const QString group = registry.group(ActionId(id));
        if (tree->topLevelItemCount() == 0 || tree->topLevelItem(tree->topLevelItemCount() - 1)->text(0) != group)
            addGroup(tree, group);
        const QAction* action = registry.action(ActionId(id));
        new QTreeWidgetItem(tree->topLevelItem(tree->topLevelItemCount() - 1), { actionTitle(action), keysOf(action) });
    }
    addTableKeys(tree);
    tree->expandAll();
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    tree->header()->setStretchLastSection(false);
    dialog->layout()->addWidget(tree);
    addCloseButton(dialog);
    dialog->resize(520, 640);
    dialog->show();
}

void showAbout(QWidget* parent)
{
    QDialog* dialog = makeDialog(QStringLiteral("aboutDialog"),
        QCoreApplication::translate("lockscope::HelpDialogs", "About Lockscope"), parent);
    auto* icon = new QLabel(dialog);
    icon->setPixmap(QIcon(QStringLiteral(":/icons/lockscope.svg")).pixmap(iconSize));
    auto* text = new QLabel(dialog);
    text->setWordWrap(true);
    text->setTextFormat(Qt::RichText);
    text->setTextInteractionFlags(Qt::TextBrowserInteraction);
    text->setText(QStringLiteral("<h2>Lockscope %1</h2><p>%2</p><p>%3</p><p>%4</p>")
                      .arg(QStringLiteral(LOCKSCOPE_VERSION),
                          QCoreApplication::translate("lockscope::HelpDialogs",
                              "See, understand and safely release distributed locks in Redis."),
                          QCoreApplication::translate("lockscope::HelpDialogs",
                              "Free software under the GNU General Public License, version 3 or later. It comes "
                              "without any warranty."),
                          QCoreApplication::translate("lockscope::HelpDialogs", "Built with Qt %1.")
                              .arg(QString::fromLatin1(qVersion()))));
    text->setMinimumWidth(380);
    dialog->layout()->addWidget(icon);
    dialog->layout()->addWidget(text);
    addCloseButton(dialog);
    dialog->show();
}

} // namespace lockscope
