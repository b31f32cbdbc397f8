// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktablemodel.h"

#include "base/workerpool.h"
#include "table/lockview.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <ranges>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

// More rows than these are sorted and filtered in a worker.
constexpr qsizetype workerLimit = 50'000;
// More changes than these are not placed one by one, but by sorting all anew: a worker does most of that, yet taking
// its work over costs more than placing some thousands.
constexpr qsizetype pendingLimit = 20'000;
constexpr auto structureInterval = 100ms;
// What has to be placed in a large table must fit between two frames: less at once, more often.
constexpr qsizetype largeTable = 200'000;
constexpr auto largeStructureInterval = 50ms;
constexpr auto ghostInterval = 100ms;
// Time-dependent filters: once a second all rows, in slices that fit between two frames.
constexpr auto reviewInterval = 1s;
constexpr auto reviewPause = 16ms;
constexpr quint32 reviewSlice = 20'000;

} // namespace

class LockTableModel::Private {
public:
    Private(LockTableModel* model, const Clock& clock);

    void structureSoon();
    void changeStructure(bool evenIfHeld = false);
    void announce(LockViewPlan plan);
    void announceRuns(LockViewPlan& plan);
    void announceBulk(LockViewPlan& plan);
    void permute(LockViewPlan& plan);
    void announceValues(int first, int last);

    void rearrange();
    void arrangementFinished(quint64 generation, LockArrangement&& arrangement);
    void setArranging(bool arranging);
    void reviewNext();
    void expireGhosts();

    LockTableModel* q;
    const Clock& clock;
    LockView view;
    LockFilter filter; // as asked for; the view's may lag behind
    LockSort sort;
    QTimer structureTimer;
    QTimer reviewTimer;
    QTimer ghostTimer;
    QElapsedTimer sinceStructure;
    quint64 generation = 0; // of the arrangement that is awaited
    quint32 reviewSlot = 0;
    QSet<std::pair<QByteArray, QByteArray>> ownTokens;
    LinkState link = LinkState::Connecting;
    bool isStill = false;
    bool isFrozen = false;
    bool isArranging = false;
};

LockTableModel::Private::Private(LockTableModel* model, const Clock& clock_)
    : q(model)
    , clock(clock_)
{
    structureTimer.setSingleShot(true);
    QObject::connect(&structureTimer, &QTimer::timeout, q, [this] { changeStructure(); });
    reviewTimer.setSingleShot(true);
    QObject::connect(&reviewTimer, &QTimer::timeout, q, [this] { reviewNext(); });
    ghostTimer.setInterval(ghostInterval);
    QObject::connect(&ghostTimer, &QTimer::timeout, q, [this] { expireGhosts(); });
}

void LockTableModel::Private::structureSoon()
{
    if (isStill || isFrozen || !view.hasPendingStructure())
        return;
    const bool isLarge = view.totalCount() > largeTable;
    const auto interval = isLarge ? largeStructureInterval : structureInterval;
    const auto elapsed = sinceStructure.isValid() ? Milliseconds(sinceStructure.elapsed()) : interval;
    if (elapsed >= interval && !isLarge)
        changeStructure();
    else if (!structureTimer.isActive()) // input comes in between
        structureTimer.start(std::max<Milliseconds>(interval - elapsed, 0ms));
}

void LockTableModel::Private::changeStructure(bool evenIfHeld)
{
    structureTimer.stop();
    if (((isStill || isFrozen) && !evenIfHeld) || !view.hasPendingStructure())
        return;
    if (view.pendingCount() > pendingLimit) {
        if (!isArranging)
            rearrange();
        return;
    }
    sinceStructure.start();
    LockViewPlan plan = view.plan(clock.now());
    if (!plan.isEmpty())
        announce(std::move(plan));
}

void LockTableModel::Private::announce(LockViewPlan plan)
{
    Q_EMIT q->structureAboutToChange();
    if (plan.isBulk)
        announceBulk(plan);
    else
        announceRuns(plan);
    view.finish(plan);
    Q_EMIT q->structureChanged();
    Q_EMIT q->countsChanged();
}

void LockTableModel::Private::announceRuns(LockViewPlan& plan)
{
    for (const RowRun& run : std::views::reverse(plan.removals)) {
        q->beginRemoveRows({}, int(run.first), int(run.first + run.count - 1));
        view.removeRun(run);
        q->endRemoveRows();
    }
    qsizetype entered = 0;
    for (const RowRun& run : plan.insertions) {
        q->beginInsertRows({}, int(run.first), int(run.first + run.count - 1));
        view.insertRun(plan, run, entered);
        q->endInsertRows();
        entered += run.count;
    }
}

// Rows are added at the end, permuted, and taken away at the end: three signals, however many places change.
void LockTableModel::Private::announceBulk(LockViewPlan& plan)
{
    const auto before = int(view.rowCount());
    const auto after = int(plan.next.size());
    if (after > before) {
        q->beginInsertRows({}, before, after - 1);
        view.grow(plan);
        q->endInsertRows();
    }
    permute(plan);
    if (after < before) {
        q->beginRemoveRows({}, after, before - 1);
        view.shrink(after);
        q->endRemoveRows();
    }
}

void LockTableModel::Private::permute(LockViewPlan& plan)
{
    Q_EMIT q->layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList from = q->persistentIndexList();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex& index : from) {
        const LockRecord* record = view.recordAt(index.row());
        const qsizetype row = record ? view.rowOf(record->id, plan) : -1;
        to.append(row < 0 ? QModelIndex() : q->createIndex(int(row), index.column()));
    }
    view.permute(plan);
    q->changePersistentIndexList(from, to);
    Q_EMIT q->layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void LockTableModel::Private::announceValues(int first, int last)
{
    if (first <= last)
        Q_EMIT q->dataChanged(q->index(first, 0), q->index(last, lockColumnCount - 1));
}

void LockTableModel::Private::rearrange()
{
    LockArrangement job = view.beginArrangement(filter, sort, clock.now());
    const quint64 mine = ++generation;
    if (view.totalCount() <= workerLimit) {
        arrange(job);
        arrangementFinished(mine, std::move(job));
        return;
    }
    setArranging(true);
    runInPool<LockArrangement>(
        q, std::move(job), arrange, [this, mine](LockArrangement done) { arrangementFinished(mine, std::move(done)); });
}

void LockTableModel::Private::arrangementFinished(quint64 finished, LockArrangement&& arrangement)
{
    if (finished != generation || *arrangement.cancelled)
        return;
    sinceStructure.start();
    announce(view.adopt(std::move(arrangement), clock.now()));
    setArranging(false);
    structureSoon();
    reviewSlot = 0;
    if (view.filter().dependsOnTime())
        reviewTimer.start(reviewInterval);
    else
        reviewTimer.stop();
}

void LockTableModel::Private::setArranging(bool arranging)
{
    if (isArranging == arranging)
        return;
    isArranging = arranging;
    Q_EMIT q->arrangingChanged(arranging);
}

void LockTableModel::Private::reviewNext()
{
    if (!isFrozen && !isArranging)
        reviewSlot = view.review(reviewSlot, reviewSlice, clock.now());
    if (reviewSlot == 0)
        structureSoon();
    reviewTimer.start(reviewSlot == 0 ? Milliseconds(reviewInterval) : Milliseconds(reviewPause));
}

void LockTableModel::Private::expireGhosts()
{
    if (!view.expireGhosts(clock.now()))
        ghostTimer.stop();
    structureSoon();
}

LockTableModel::LockTableModel(const Clock& clock, QObject* parent)
    : QAbstractTableModel(parent)
    , d(std::make_unique<Private>(this, clock))
{
}

LockTableModel::~LockTableModel() { d->view.clear(); }

void LockTableModel::apply(LockDelta&& delta)
{
    d->link = delta.status.link;
    const qsizetype total = totalCount();
    const bool isReset = delta.reset;
    const bool mustArrange = isReset && d->isArranging;
    if (isReset) {
        beginResetModel();
        d->structureTimer.stop();
        d->view.clear();
        ++d->generation;
        d->setArranging(false);
        endResetModel();
        d->reviewSlot = 0;
    }
    const auto rows = d->view.absorb(std::move(delta), d->clock.now());
    if (rows)
        d->announceValues(rows->first, rows->second);
    if (d->view.ghostCount() > 0 && !d->ghostTimer.isActive())
        d->ghostTimer.start();
    if (mustArrange)
        d->rearrange();
    else if (isReset)
        d->changeStructure(true);
    else
        d->structureSoon();
    if (total != totalCount())
        Q_EMIT countsChanged();
}

void LockTableModel::setStill(bool still)
{
    const bool wasStill = d->isStill;
    d->isStill = still;
    if (wasStill && !still)
        d->changeStructure();
}

bool LockTableModel::isStill() const { return d->isStill; }

void LockTableModel::setFrozen(bool frozen)
{
    if (frozen == d->isFrozen)
        return;
    d->isFrozen = frozen;
    d->view.setFrozen(frozen);
    if (frozen)
        return;
    d->announceValues(0, rowCount() - 1);
    d->changeStructure(true);
}

bool LockTableModel::isFrozen() const { return d->isFrozen; }

qsizetype LockTableModel::heldBackCount() const { return d->view.pendingCount(); }

void LockTableModel::setFilter(const LockFilter& filter)
{
    d->filter = filter;
    d->rearrange();
}

bool LockTableModel::isArranging() const { return d->isArranging; }

LockSort LockTableModel::sortSpec() const { return d->sort; }

void LockTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= lockColumnCount)
        return;
    const LockSort sort { LockColumn(column), order };
    if (sort == d->sort)
        return;
    d->sort = sort;
    d->rearrange();
}

const LockRecord* LockTableModel::recordAt(int row) const { return d->view.recordAt(row); }

const LockRecord* LockTableModel::record(LockId id) const { return d->view.record(id); }

int LockTableModel::rowOf(LockId id) const { return int(d->view.rowOf(id)); }

qsizetype LockTableModel::totalCount() const { return d->view.totalCount(); }

bool LockTableModel::isGhost(int row) const { return d->view.isGhost(row); }

const LockEnding* LockTableModel::ending(int row) const { return d->view.ending(row); }

LockCue LockTableModel::cue(int row) const { return d->view.cue(row, now()); }

qsizetype LockTableModel::liveRowCount() const { return d->view.rowCount() - d->view.ghostCount(); }

void LockTableModel::setGhostTime(Milliseconds time)
{
    d->view.setGhostTime(time);
    d->expireGhosts();
}

void LockTableModel::noteForced(const QByteArray& key) { d->view.noteForced(key, now()); }

LockGroupJob LockTableModel::groupJob(LockGrouping grouping) const
{
    LockGroupJob job;
    job.rows = d->view.rows();
    job.grouping = grouping;
    job.now = now();
    return job;
}

void LockTableModel::setOwnTokens(const QSet<std::pair<QByteArray, QByteArray>>& tokens)
{
    if (d->ownTokens == tokens)
        return;
    d->ownTokens = tokens;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, int(LockColumn::State)), index(rowCount() - 1, int(LockColumn::State)));
}

bool LockTableModel::isOwn(const LockRecord& lock) const
{
    return !d->ownTokens.isEmpty() && lock.hasToken && d->ownTokens.contains({ lock.key, lock.token });
}

LinkState LockTableModel::link() const { return d->link; }

SteadyTime LockTableModel::now() const { return d->clock.now(); }

int LockTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(d->view.rowCount()); }

int LockTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : lockColumnCount; }

} // namespace lockscope
