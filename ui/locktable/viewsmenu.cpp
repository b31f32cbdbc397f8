// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/viewsmenu.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int shortcutCount = 9;

QDialog* makeDialog(const QString& name, const QString& title, QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(name);
    dialog->setWindowTitle(title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    new QVBoxLayout(dialog);
    return dialog;
}

// A name edited in place is taken over, or put back where it can't be had.
void renameEdited(SavedViews& views, QListWidgetItem* item)
{
    const QString before = item->data(Qt::UserRole).toString();
    const QString after = item->text().trimmed();
    if (after == before)
        return;
    const bool isRenamed = views.rename(before, after);
    item->setData(Qt::UserRole, isRenamed ? after : before);
    item->setText(isRenamed ? after : before);
}

} // namespace

ViewsMenu::ViewsMenu(SavedViews& views, QAction* save, QWidget* window)
    : QMenu(tr("Saved &views"), window)
    , m_views(views)
    , m_save(save)
    , m_window(window)
{
    setToolTipsVisible(true);
    connect(&m_views, &SavedViews::changed, this, &ViewsMenu::rebuild);
    rebuild();
}

void ViewsMenu::rebuild()
{
    clear();
    qDeleteAll(std::exchange(m_entries, {}));
    const QList<SavedView> views = m_views.all();
    for (qsizetype i = 0; i < views.size(); ++i) {
        const SavedView& view = views[i];
        auto* action = new QAction(QString(view.name).replace(QLatin1Char('&'), QStringLiteral("&&")), this);
        action->setToolTip(view.filter.isEmpty() ? tr("No filter") : view.filter);
        if (i < shortcutCount)
            action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(int(Qt::Key_1) + int(i))));
        connect(action, &QAction::triggered, this, [this, view] { Q_EMIT viewChosen(view); });
        if (i > 0 && views[i - 1].isBuiltIn != view.isBuiltIn)
            addSeparator();
        addAction(action);
        m_window->addAction(action);
        m_entries.append(action);
    }
    addSeparator();
    addAction(m_save);
    QAction* manage = addAction(tr("&Manage views…"), this, &ViewsMenu::openManager);
    manage->setToolTip(tr("Rename and delete saved views"));
    manage->setEnabled(!m_views.own().isEmpty());
}

void ViewsMenu::askToSave(const SavedView& present)
{
    QDialog* dialog = makeDialog(QStringLiteral("saveViewDialog"), tr("Save view"), m_window);
    auto* name = new QLineEdit(dialog);
    name->setMaxLength(int(SavedViews::maximumNameLength));
    auto* label = new QLabel(tr("&Name for this filter, order and choice of columns:"), dialog);
    label->setBuddy(name);
    auto* note = new QLabel(dialog);
    note->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, dialog);
    QPushButton* save = buttons->button(QDialogButtonBox::Save);
    const auto check = [this, name, note, save] {
        const QString text = name->text().trimmed();
        const QList<SavedView>& own = m_views.own();
        const bool isTaken
            = std::any_of(own.begin(), own.end(), [&](const SavedView& view) { return view.name == text; });
        const bool isFull = !isTaken && own.size() >= SavedViews::maximumCount;
        save->setEnabled(SavedViews::isUsable(text) && !isFull);
        note->setText(isTaken                           ? tr("Replaces the view of this name.")
                : isFull                                ? tr("There are too many saved views; delete one first.")
                : !text.isEmpty() && !save->isEnabled() ? tr("This name belongs to a built-in view.")
                                                        : QString());
    };
    connect(name, &QLineEdit::textChanged, dialog, check);
    check();
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, [this, dialog, name, present] {
        SavedView view = present;
        view.name = name->text().trimmed();
        if (m_views.save(view))
            dialog->accept();
    });
    for (QWidget* widget : std::initializer_list<QWidget*> { label, name, note, buttons })
        dialog->layout()->addWidget(widget);
    dialog->setMinimumWidth(380);
    dialog->open();
}

void ViewsMenu::openManager()
{
    QDialog* dialog = makeDialog(QStringLiteral("manageViewsDialog"), tr("Saved views"), m_window);
    auto* list = new QListWidget(dialog);
    list->setAccessibleName(tr("Saved views"));
    for (const SavedView& view : m_views.own()) {
        auto* item = new QListWidgetItem(view.name, list);
        item->setData(Qt::UserRole, view.name);
        item->setToolTip(view.filter);
        item->setFlags(item->flags() | Qt::ItemIsEditable);
    }
    list->setCurrentRow(0);
    connect(list, &QListWidget::itemChanged, dialog, [this](QListWidgetItem* item) { renameEdited(m_views, item); });
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QPushButton* rename = buttons->addButton(tr("&Rename"), QDialogButtonBox::ActionRole);
    QPushButton* remove = buttons->addButton(tr("&Delete"), QDialogButtonBox::DestructiveRole);
    rename->setToolTip(tr("Give the selected view another name (F2)"));
    remove->setToolTip(tr("Forget the selected view"));
    connect(rename, &QPushButton::clicked, list, [list] {
        if (list->currentItem())
            list->editItem(list->currentItem());
    });
    connect(remove, &QPushButton::clicked, list, [this, list] {
        if (QListWidgetItem* item = list->currentItem()) {
            m_views.remove(item->data(Qt::UserRole).toString());
            delete item;
        }
    });
    const auto update = [list, rename, remove] {
        rename->setEnabled(list->currentItem());
        remove->setEnabled(list->currentItem());
    };
    connect(list, &QListWidget::currentItemChanged, dialog, update);
    update();
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    dialog->layout()->addWidget(list);
    dialog->layout()->addWidget(buttons);
    dialog->resize(380, 320);
    dialog->open();
}

} // namespace lockscope
