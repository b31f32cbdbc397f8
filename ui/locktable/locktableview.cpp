// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktableview.h"

#include "base/bytetext.h"
#include "base/logging.h"
#include "common/motion.h"
#include "locktable/countdowndelegate.h"
#include "locktable/evenrowheader.h"
#include "locktable/familydelegate.h"
#include "locktable/frameclock.h"
#include "locktable/lockcues.h"
#include "locktable/locktablelayout.h"
#include "locktable/locktablemodel.h"
#include "locktable/statedelegate.h"
#include "locktable/stillness.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr int selectionLimit = 10'000;
constexpr auto visibleLocksInterval = 250ms;
constexpr auto cueFrame = 50ms;
constexpr auto stillCueFrame = 250ms; // where motion is reduced: only their ends matter

} // namespace

class LockTableView::Private {
public:
    Private(LockTableView* view, LockTableModel* model);

    void setUpView();
    void connectModel();
    void setRowHeight();
    void tick();
    void structureAboutToChange();
    void splitWholeSelection();
    void structureChanged();
    void keepScrolled();
    void currentMayHaveChanged();
    void selectionMayHaveChanged();
    void paintEmptyText();
    [[nodiscard]] std::pair<int, int> visibleRows() const; // empty: second < first
    [[nodiscard]] int firstColumn() const;

    LockTableView* q;
    LockTableModel* model;
    FrameClock* clock;
    Stillness* stillness;
    LockTableLayout* layout = nullptr;
    QTimer visibleTimer;
    QString emptyTitle;
    bool rowsPainted = false;
    QString emptyDetail;
    std::vector<std::pair<LockId, int>> anchors; // what was on screen, and its rows, before the structure changes
    LockId current;
    int lastCurrentRow = -1; // where the keyboard goes on when the current lock is gone
    int selectionCount = 0;
    bool isChanging = false;
    bool isPaused = false;
};

LockTableView::Private::Private(LockTableView* view, LockTableModel* model_)
    : q(view)
    , model(model_)
    , clock(new FrameClock(view))
    , stillness(new Stillness(view))
{
}

void LockTableView::Private::setUpView()
{
    q->setVerticalHeader(new EvenRowHeader(q));
    q->setModel(model);
    q->setAccessibleName(tr("Locks"));
    q->setItemDelegate(new LockCellDelegate(q));
    q->setItemDelegateForColumn(int(LockColumn::State), new StateDelegate(q));
    q->setItemDelegateForColumn(int(LockColumn::Family), new FamilyDelegate(q));
    q->setItemDelegateForColumn(int(LockColumn::Remaining), new CountdownDelegate(q));
    q->setSelectionBehavior(QAbstractItemView::SelectRows);
    q->setSelectionMode(QAbstractItemView::ExtendedSelection);
    q->setEditTriggers(QAbstractItemView::NoEditTriggers);
    q->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    q->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    q->setAlternatingRowColors(true);
    q->setShowGrid(false);
    q->setWordWrap(false);
    q->setTabKeyNavigation(false);
    q->setCornerButtonEnabled(false);
    setRowHeight();
    layout = new LockTableLayout(q);
    q->setSortingEnabled(true);
}

void LockTableView::Private::connectModel()
{
    connect(model, &LockTableModel::structureAboutToChange, q, [this] { structureAboutToChange(); });
    connect(model, &LockTableModel::structureChanged, q, [this] { structureChanged(); });
    connect(model, &QAbstractItemModel::modelReset, q, [this] { structureChanged(); });
    connect(clock, &FrameClock::ticked, q, [this] { tick(); });
    // What has changed may have to be marked: the next frame comes soon, and then finds out what is needed.
    const auto frameSoon = [this] { clock->setPeriod(isMotionReduced() ? stillCueFrame : cueFrame); };
    connect(model, &QAbstractItemModel::dataChanged, q, frameSoon);
    connect(model, &LockTableModel::structureChanged, q, frameSoon);
    connect(stillness, &Stillness::changed, model, &LockTableModel::setStill);
    connect(q, &QAbstractItemView::doubleClicked, q, [this](const QModelIndex& index) {
        if (const LockRecord* lock = model->recordAt(index.row()))
            Q_EMIT q->lockActivated(lock->id);
    });
    visibleTimer.setSingleShot(true);
    visibleTimer.setInterval(visibleLocksInterval);
    connect(&visibleTimer, &QTimer::timeout, q, &LockTableView::visibleLocksChanged);
}

void LockTableView::Private::setRowHeight()
{
    const int height = q->fontMetrics().height() + LockCellDelegate::margin;
    q->verticalHeader()->setMinimumSectionSize(height);
    q->verticalHeader()->setDefaultSectionSize(height);
}

std::pair<int, int> LockTableView::Private::visibleRows() const
{
    const int first = q->rowAt(0);
    const int last = q->rowAt(q->viewport()->height() - 1);
    return { std::max(0, first), last < 0 ? model->rowCount() - 1 : last };
}

int LockTableView::Private::firstColumn() const
{
    const QHeaderView* header = q->horizontalHeader();
    for (int visual = 0; visual < header->count(); ++visual) {
        if (!header->isSectionHidden(header->logicalIndex(visual)))
            return header->logicalIndex(visual);
    }
    return 0;
}

// Only the columns that time moves are painted, and only as often as something visible in them steps.
void LockTableView::Private::tick()
{
    const auto [first, last] = visibleRows();
    if (last < first)
        return;
    const int track = q->columnWidth(int(LockColumn::Remaining)) - 2 * LockCellDelegate::margin
        - CountdownDelegate::labelWidth(q->fontMetrics());
    Milliseconds period = 1s;
    const SteadyTime now = model->now();
    const Milliseconds frame = isMotionReduced() ? stillCueFrame : cueFrame;
    for (int row = first; row <= last; ++row) {
        if (const LockRecord* lock = model->recordAt(row))
            period = std::min(period, nextCountdownStep(*lock, track, now));
        const LockEnding* ending = model->ending(row);
        const bool isFading = ending && now - ending->at < endCueDuration() + frame;
        if (!isFading && !isCueMoving(model->cue(row)))
            continue;
        period = std::min<Milliseconds>(period, frame);
        q->viewport()->update(0, q->rowViewportPosition(row), q->viewport()->width(), q->rowHeight(row));
    }
    clock->setPeriod(period);
    const int bottom = q->rowViewportPosition(last) + q->rowHeight(last);
    for (const LockColumn column : { LockColumn::State, LockColumn::Remaining, LockColumn::Held }) {
        if (!q->isColumnHidden(int(column)))
            q->viewport()->update(q->columnViewportPosition(int(column)), 0, q->columnWidth(int(column)), bottom);
    }
}

void LockTableView::Private::structureAboutToChange()
{
    isChanging = true;
    anchors.clear();
    splitWholeSelection();
    lastCurrentRow = q->currentIndex().isValid() ? q->currentIndex().row() : lastCurrentRow;
    if (q->verticalScrollBar()->value() == 0)
        return;
    const auto [first, last] = visibleRows();
    for (int row = first; row <= last; ++row) {
        if (const LockRecord* lock = model->recordAt(row))
            anchors.emplace_back(lock->id, row);
    }
}

// QItemSelectionModel takes one range over all of a large table for "everything", and selects whatever has come into
// the table by the end of a layout change. Two ranges it follows row by row.
void LockTableView::Private::splitWholeSelection()
{
    const QItemSelection selection = q->selectionModel()->selection();
    if (selection.size() != 1 || selection.front().height() < 2)
        return;
    const QItemSelectionRange& all = selection.front();
    QItemSelection halves(all.topLeft(), all.model()->index(all.top(), all.right()));
    halves.append(QItemSelectionRange(all.model()->index(all.top() + 1, all.left()), all.bottomRight()));
    q->selectionModel()->select(halves, QItemSelectionModel::ClearAndSelect);
}

void LockTableView::Private::structureChanged()
{
    isChanging = false;
    keepScrolled();
    selectionMayHaveChanged();
    currentMayHaveChanged();
    if (!visibleTimer.isActive())
        visibleTimer.start();
    if (model->rowCount() == 0)
        q->viewport()->update();
}

// The topmost lock keeps its pixel, so that rows which come or go above move nothing. One that was renewed and went far
// away does not take the view along: it has to have moved about as most others did.
void LockTableView::Private::keepScrolled()
{
    std::vector<int> moves;
    for (const auto& [id, row] : anchors) {
        const int now = model->rowOf(id);
        if (now >= 0)
            moves.push_back(now - row);
    }
    const auto visible = int(std::exchange(anchors, {}).size());
    if (moves.empty())
        return;
    std::vector<int> sorted = moves;
    const auto middle = sorted.begin() + ptrdiff_t(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const int move = *std::find_if(
        moves.begin(), moves.end(), [&](int candidate) { return std::abs(candidate - *middle) <= visible; });
    if (move == 0)
        return;
    q->executeDelayedItemsLayout();
    QScrollBar* bar = q->verticalScrollBar();
    bar->setValue(bar->value() + move * q->verticalHeader()->defaultSectionSize());
}

void LockTableView::Private::currentMayHaveChanged()
{
    const LockId now = q->currentLock();
    if (isChanging || now == current)
        return;
    current = now;
    Q_EMIT q->currentLockChanged(now);
}

void LockTableView::Private::selectionMayHaveChanged()
{
    if (isChanging)
        return;
    int count = 0;
    const QItemSelection selection = q->selectionModel()->selection();
    for (const QItemSelectionRange& range : selection)
        count += range.height();
    if (count == selectionCount)
        return;
    selectionCount = count;
    Q_EMIT q->selectionCountChanged(count);
}

void LockTableView::Private::paintEmptyText()
{
    QPainter painter(q->viewport());
    const QRect area = q->viewport()->rect().adjusted(24, 24, -24, -24);
    QFont titleFont = q->font();
    titleFont.setPointSizeF(titleFont.pointSizeF() * 1.35);
    titleFont.setWeight(QFont::DemiBold);
    const int flags = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    const QRect title = QFontMetrics(titleFont).boundingRect(area, flags, emptyTitle);
    const QRect detail = q->fontMetrics().boundingRect(area, flags, emptyDetail);
    const int top = area.top() + std::max(0, (area.height() - title.height() - detail.height() - 8) * 2 / 5);
    painter.setPen(q->palette().color(QPalette::Text));
    painter.setFont(titleFont);
    painter.drawText(QRect(area.left(), top, area.width(), title.height()), flags, emptyTitle);
    QColor faint = q->palette().color(QPalette::Text);
    faint.setAlphaF(0.75F);
    painter.setPen(faint);
    painter.setFont(q->font());
    painter.drawText(QRect(area.left(), top + title.height() + 8, area.width(), detail.height()), flags, emptyDetail);
}

LockTableView::LockTableView(LockTableModel* model, QWidget* parent)
    : QTableView(parent)
    , d(std::make_unique<Private>(this, model))
{
    d->setUpView();
    d->connectModel();
}

LockTableView::~LockTableView() = default;

QList<LockRecord> LockTableView::selectedLocks() const
{
    QList<int> rows;
    const QItemSelection selection = selectionModel()->selection();
    for (const QItemSelectionRange& range : selection) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.append(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    QList<LockRecord> locks;
    for (const int row : std::as_const(rows)) {
        const LockRecord* lock = d->model->recordAt(row);
        if (lock && !d->model->isGhost(row))
            locks.append(*lock);
    }
    return locks;
}

bool LockTableView::hasLiveSelection() const
{
    const QItemSelection selection = selectionModel()->selection();
    return std::any_of(selection.begin(), selection.end(), [this](const QItemSelectionRange& range) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (!d->model->isGhost(row))
                return true;
        }
        return false;
    });
}

LockId LockTableView::currentLock() const
{
    const LockRecord* lock = currentIndex().isValid() ? d->model->recordAt(currentIndex().row()) : nullptr;
    return lock ? lock->id : LockId();
}

void LockTableView::selectLock(LockId id)
{
    const int row = d->model->rowOf(id);
    if (row < 0)
        return;
    const QModelIndex index = d->model->index(row, d->firstColumn());
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollTo(index);
}

std::vector<LockId> LockTableView::visibleLocks() const
{
    std::vector<LockId> ids;
    const auto [first, last] = d->visibleRows();
    for (int row = first; row <= last; ++row) {
        const LockRecord* lock = d->model->recordAt(row);
        if (lock && !d->model->isGhost(row))
            ids.push_back(lock->id);
    }
    return ids;
}

void LockTableView::setPaused(bool paused)
{
    if (paused == d->isPaused)
        return;
    d->isPaused = paused;
    d->model->setFrozen(paused);
    viewport()->update();
    Q_EMIT pausedChanged(paused);
}

bool LockTableView::isPaused() const { return d->isPaused; }

void LockTableView::setEmptyText(const QString& title, const QString& detail)
{
    d->emptyTitle = title;
    d->emptyDetail = detail;
    if (d->model->rowCount() == 0)
        viewport()->update();
}

QByteArray LockTableView::saveLayout() const { return d->layout->save(); }

void LockTableView::setColumnWanted(LockColumn column, bool wanted) { d->layout->setWanted(column, wanted); }

void LockTableView::restoreLayout(const QByteArray& layout) { d->layout->restore(layout); }

void LockTableView::rankBy(LockColumn column) { d->layout->rankBy(int(column)); }

QMenu* LockTableView::columnMenu() const { return d->layout->menu(); }

QMenu* LockTableView::sortMenu() const { return d->layout->sortMenu(); }

void LockTableView::copyKeys() const
{
    QStringList keys;
    const QList<LockRecord> locks = selectedLocks();
    for (const LockRecord& lock : locks)
        keys.append(isUtf8(lock.key) ? QString::fromUtf8(lock.key) : displayText(lock.key));
    if (!keys.isEmpty())
        QGuiApplication::clipboard()->setText(keys.join(QLatin1Char('\n')));
}

void LockTableView::selectAll()
{
    if (d->model->rowCount() <= selectionLimit)
        QTableView::selectAll();
    else
        Q_EMIT selectionRefused(selectionLimit);
}

void LockTableView::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags command)
{
    const int first = rowAt(std::min(rect.top(), rect.bottom()));
    const int last = rowAt(std::max(rect.top(), rect.bottom()));
    if ((last < 0 ? d->model->rowCount() : last) - std::max(first, 0) > selectionLimit)
        Q_EMIT selectionRefused(selectionLimit);
    else
        QTableView::setSelection(rect, command);
}

void LockTableView::keyboardSearch(const QString&) { }

void LockTableView::keyPressEvent(QKeyEvent* event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
        setPaused(!d->isPaused);
    } else if (isReturn && currentLock().isValid()) {
        Q_EMIT lockActivated(currentLock());
    } else if (event->key() == Qt::Key_F10 && event->modifiers() == Qt::ShiftModifier) {
        const QPoint at = visualRect(currentIndex()).center();
        QContextMenuEvent menu(QContextMenuEvent::Keyboard, at, viewport()->mapToGlobal(at));
        contextMenuEvent(&menu);
    } else if (event->matches(QKeySequence::Copy)) {
        copyKeys();
    } else {
        d->stillness->keyPressed(event->key());
        QTableView::keyPressEvent(event);
    }
}

void LockTableView::mousePressEvent(QMouseEvent* event)
{
    d->stillness->hold();
    QTableView::mousePressEvent(event);
}

void LockTableView::mouseReleaseEvent(QMouseEvent* event)
{
    QTableView::mouseReleaseEvent(event);
    d->stillness->review();
}

void LockTableView::contextMenuEvent(QContextMenuEvent* event)
{
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()) {
        scrollTo(currentIndex());
        at = viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft());
    }
    d->stillness->hold();
    event->accept();
    Q_EMIT lockMenuRequested(at);
}

void LockTableView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (d->model->rowCount() == 0) {
        if (!d->emptyTitle.isEmpty())
            d->paintEmptyText();
    } else if (!std::exchange(d->rowsPainted, true)) {
        qCInfo(logUi) << "first rows painted"; // what the start-up benchmark waits for
    }
}

void LockTableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    d->layout->fit();
    d->visibleTimer.start();
}

void LockTableView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        d->setRowHeight();
}

void LockTableView::scrollContentsBy(int dx, int dy)
{
    QTableView::scrollContentsBy(dx, dy);
    if (!d->visibleTimer.isActive())
        d->visibleTimer.start();
}

// The base classes would make a neighbour current, and the next action would be aimed at another lock.
void LockTableView::rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end)
{
    if (currentIndex().isValid() && currentIndex().row() >= start && currentIndex().row() <= end)
        selectionModel()->clearCurrentIndex();
    QTableView::rowsAboutToBeRemoved(parent, start, end);
}

void LockTableView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    d->selectionMayHaveChanged();
    if (!d->isChanging)
        Q_EMIT selectedLocksChanged();
}

void LockTableView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update();
    d->currentMayHaveChanged();
}

QModelIndex LockTableView::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers)
{
    const int rows = d->model->rowCount();
    if (!currentIndex().isValid() && d->lastCurrentRow >= 0 && rows > 0 && action != MoveHome && action != MoveEnd)
        return d->model->index(std::min(d->lastCurrentRow, rows - 1), d->firstColumn());
    // Home and End: of the table, not of the row, whose cells cannot be chosen one by one.
    if (action == MoveHome && rows > 0)
        return d->model->index(0, d->firstColumn());
    if (action == MoveEnd && rows > 0)
        return d->model->index(rows - 1, d->firstColumn());
    return QTableView::moveCursor(action, modifiers);
}

} // namespace lockscope
