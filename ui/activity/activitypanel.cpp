// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/activitypanel.h"

#include "base/bytetext.h"
#include "common/clipboard.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int maximumHintKey = 60;

QToolButton* makeButton(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    return button;
}

QTableView* makeView(ActivityModel* model, QWidget* parent)
{
    auto* view = new QTableView(parent);
    view->setModel(model);
    view->setAccessibleName(ActivityPanel::tr("Recent events"));
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 7);
    QHeaderView* header = view->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int character = view->fontMetrics().averageCharWidth();
    header->resizeSection(int(ActivityColumn::Time), character * 19);
    header->resizeSection(int(ActivityColumn::Event), character * 21);
    header->resizeSection(int(ActivityColumn::Token), character * 32);
    header->resizeSection(int(ActivityColumn::Ttl), character * 12);
    header->setSectionResizeMode(int(ActivityColumn::Key), QHeaderView::Stretch);
    return view;
}

} // namespace

ActivityPanel::ActivityPanel(ActivityModel* model, QAction* pauseAction, QAction* selectedOnlyAction, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_pauseAction(pauseAction)
    , m_selectedOnlyAction(selectedOnlyAction)
    , m_view(makeView(model, this))
    , m_hint(new QLabel(this))
{
    m_hint->setTextFormat(Qt::PlainText);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 2, 8, 2);
    bar->addWidget(makeButton(pauseAction, this));
    bar->addWidget(makeButton(selectedOnlyAction, this));
    bar->addStretch();
    bar->addWidget(m_hint);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_view);

    connect(pauseAction, &QAction::toggled, this, [this](bool paused) {
        m_model->setPaused(paused);
        updateHint();
    });
    connect(selectedOnlyAction, &QAction::toggled, this, &ActivityPanel::applyFilter);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ActivityPanel::updateHint);
    connect(model, &QAbstractItemModel::modelReset, this, &ActivityPanel::updateHint);
    connect(m_view, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        const LockEvent* event = m_model->eventAt(index.row());
        if (event && event->kind != LockEventKind::Gap)
            Q_EMIT keyActivated(event->key, event->database, event->node);
    });
    m_view->installEventFilter(this);
    updateHint();
}

void ActivityPanel::setSelectedLock(const std::optional<ActivityFilter>& lock)
{
    m_selected = lock;
    applyFilter();
}

// Copy and Delete are keys of the table of locks in the whole window; here they would be aimed at a lock that is not
// this event's.
bool ActivityPanel::eventFilter(QObject* watched, QEvent* event)
{
    const bool isKey = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
    if (watched != m_view || !isKey)
        return QWidget::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    if (!key->matches(QKeySequence::Copy) && !key->matches(QKeySequence::Delete))
        return QWidget::eventFilter(watched, event);
    event->accept();
    const LockEvent* current = m_model->eventAt(m_view->currentIndex().row());
    if (event->type() == QEvent::KeyPress && key->matches(QKeySequence::Copy) && current)
        copyBytes(current->key);
    return true;
}

QByteArray ActivityPanel::saveLayout() const { return m_view->horizontalHeader()->saveState(); }

void ActivityPanel::restoreLayout(const QByteArray& layout)
{
    if (!layout.isEmpty())
        m_view->horizontalHeader()->restoreState(layout);
}

void ActivityPanel::applyFilter()
{
    m_model->setFilter(m_selectedOnlyAction->isChecked() ? m_selected : std::nullopt);
    updateHint();
}

void ActivityPanel::updateHint()
{
    QString hint;
    if (m_model->isPaused())
        hint = tr("Paused; newer events are kept back");
    else if (m_selectedOnlyAction->isChecked() && m_selected)
        hint = tr("Only %1").arg(displayText(m_selected->key, maximumHintKey));
    else if (m_selectedOnlyAction->isChecked())
        hint = tr("Select a lock to see only its events");
    else
        hint = tr("Newest first: %1").arg(m_model->rowCount());
    m_hint->setText(hint);
}

} // namespace lockscope
