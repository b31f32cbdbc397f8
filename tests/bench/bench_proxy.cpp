// SPDX-License-Identifier: GPL-3.0-or-later
// What QSortFilterProxyModel would cost in the place of the table's own order (decision record 0006): the same locks
// and the same changes, through LockTableModel and through a proxy over a plain model. Usage: bench_proxy [rows]…
#include "bench/benchreport.h"
#include "locktable/locktablemodel.h"

#include <QApplication>
#include <QSortFilterProxyModel>
#include <QTableView>

#include <random>
#include <unordered_map>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

/// The usual way: a row a lock, a signal a change; the proxy on top of it sorts and filters.
class PlainModel final : public QAbstractTableModel {
public:
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& /*parent*/ = {}) const override { return 3; }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override
    {
        const LockRecord& lock = m_rows[size_t(index.row())];
        if (role != Qt::DisplayRole)
            return {};
        if (index.column() == 0)
            return QString::fromUtf8(lock.key);
        if (index.column() == 1)
            return QString::fromUtf8(lock.token);
        return qint64(lock.deadline.time_since_epoch().count());
    }

    void load(const LockDelta& delta)
    {
        beginResetModel();
        for (const LockRecord& lock : delta.changed)
            append(lock);
        endResetModel();
    }
    void apply(const LockDelta& delta)
    {
        for (const LockId& id : delta.removed)
            remove(id.slot);
        for (const LockRecord& lock : delta.changed) {
            const auto found = m_rowOfSlot.find(lock.id.slot);
            if (found == m_rowOfSlot.end()) {
                beginInsertRows({}, rowCount(), rowCount());
                append(lock);
                endInsertRows();
            } else {
                m_rows[size_t(found->second)] = lock;
                Q_EMIT dataChanged(index(found->second, 0), index(found->second, 2));
            }
        }
    }

private:
    void append(const LockRecord& lock)
    {
        m_rowOfSlot[lock.id.slot] = int(m_rows.size());
        m_rows.push_back(lock);
    }
    /// The last row takes the place of the one that goes, so that no other row has to move.
    void remove(quint32 slot)
    {
        const int row = m_rowOfSlot.at(slot);
        const int last = rowCount() - 1;
        if (row != last) {
            m_rows[size_t(row)] = m_rows.back();
            m_rowOfSlot[m_rows[size_t(row)].id.slot] = row;
            Q_EMIT dataChanged(index(row, 0), index(row, 2));
        }
        beginRemoveRows({}, last, last);
        m_rows.pop_back();
        m_rowOfSlot.erase(slot);
        endRemoveRows();
    }

    std::vector<LockRecord> m_rows;
    std::unordered_map<quint32, int> m_rowOfSlot;
};

/// Locks and what happens to them: of each four changes one renews, one ends and is taken anew, two are of value only.
class Traffic {
public:
    explicit Traffic(quint32 rows)
    {
        for (quint32 slot = 0; slot < rows; ++slot)
            m_locks.push_back(fresh(slot, 1));
    }
    [[nodiscard]] LockDelta all() const
    {
        LockDelta delta;
        for (const LockRecord& lock : m_locks)
            delta.changed.push_back(lock);
        return delta;
    }
    [[nodiscard]] LockDelta next(int changes)
    {
        LockDelta delta;
        const quint32 stride = quint32(m_locks.size()) / quint32(changes);
        const quint32 offset = quint32(m_random() % stride);
        for (int i = 0; i < changes; ++i) {
            LockRecord& lock = m_locks[quint32(i) * stride + offset];
            if (i % 4 == 0) {
                lock.deadline += 30s;
            } else if (i % 4 == 1) {
                delta.removed.push_back(lock.id);
                lock = fresh(lock.id.slot, lock.id.generation + 1);
            } else {
                ++lock.renewals;
            }
            delta.changed.push_back(lock);
        }
        return delta;
    }

private:
    LockRecord fresh(quint32 slot, quint32 generation)
    {
        LockRecord record;
        record.id = { slot, generation };
        record.key = "lock:orders:" + QByteArray::number(quint64(slot) * 7919 % 100'000'007);
        record.token = QByteArray::number(quint64(m_random()) << 32 | m_random(), 36);
        record.firstSeen = m_start;
        record.lease = 10min;
        record.deadline = m_start + 5min + std::chrono::nanoseconds(m_random() % 600'000'000'000ULL);
        return record;
    }

    std::mt19937 m_random { 1 };
    SteadyTime m_start = SystemClock::instance().now();
    std::vector<LockRecord> m_locks;
};

struct Figures {
    double loadMs = 0;
    std::vector<double> applyMs;
    double sortMs = 0; ///< until the new order is shown
    double sortBlockMs = 0;
    double filterMs = 0;
    double filterBlockMs = 0;
    double megabytes = 0;
};

/// `act` and then whatever the event loop has to do until `isDone`.
void arrange(const std::function<void()>& act, const std::function<bool()>& isDone, double& total, double& block)
{
    bench::WaitMeter waits;
    QElapsedTimer timer;
    waits.start();
    QCoreApplication::processEvents();
    timer.start();
    act();
    while (!isDone())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    total = bench::elapsedMs(timer);
    block = bench::percentile(waits.stop(), 1);
}

constexpr int changes = 2000;
constexpr auto patience = 120s; // for the rounds of one side

/// Rounds of changes until they are 20 or patience ends.
template <typename Apply> std::vector<double> rounds(Traffic& traffic, Apply apply)
{
    std::vector<double> times;
    QElapsedTimer all;
    all.start();
    while (times.size() < 20 && all.elapsed() < std::chrono::milliseconds(patience).count()) {
        LockDelta delta = traffic.next(changes);
        QElapsedTimer timer;
        timer.start();
        apply(std::move(delta));
        QCoreApplication::processEvents();
        times.push_back(bench::elapsedMs(timer));
    }
    return times;
}

Figures measureOwn(quint32 rows)
{
    Figures figures;
    Traffic traffic(rows);
    LockDelta all = traffic.all();
    const double before = bench::residentMb();
    LockTableModel model;
    QTableView view;
    view.setModel(&model);
    view.resize(1280, 984);
    view.show();
    QElapsedTimer timer;
    timer.start();
    model.apply(std::move(all));
    model.sort(int(LockColumn::Remaining));
    while (model.isArranging() || model.rowCount() < int(rows))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    figures.loadMs = bench::elapsedMs(timer);
    figures.megabytes = bench::residentMb() - before;
    figures.applyMs = rounds(traffic, [&](LockDelta&& delta) {
        model.setStill(true);
        model.apply(std::move(delta));
        model.setStill(false); // structure at once, as the proxy has it
    });
    const auto done = [&] { return !model.isArranging(); };
    arrange([&] { model.sort(int(LockColumn::Key)); }, done, figures.sortMs, figures.sortBlockMs);
    arrange([&] { model.setFilter(LockFilter::parse(QStringLiteral("99"))); }, done, figures.filterMs,
        figures.filterBlockMs);
    return figures;
}

Figures measureProxy(quint32 rows)
{
    Figures figures;
    Traffic traffic(rows);
    const double before = bench::residentMb();
    PlainModel model;
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&model);
    QTableView view;
    view.setModel(&proxy);
    view.resize(1280, 984);
    view.show();
    QElapsedTimer timer;
    timer.start();
    model.load(traffic.all());
    proxy.sort(2);
    QCoreApplication::processEvents();
    figures.loadMs = bench::elapsedMs(timer);
    figures.megabytes = bench::residentMb() - before;
    figures.applyMs = rounds(traffic, [&](const LockDelta& delta) { model.apply(delta); });
    const auto done = [] { return true; };
    arrange([&] { proxy.sort(0); }, done, figures.sortMs, figures.sortBlockMs);
    arrange(
        [&] {
            proxy.setFilterKeyColumn(0);
            proxy.setFilterFixedString(QStringLiteral("99"));
        },
        done, figures.filterMs, figures.filterBlockMs);
    return figures;
}

void print(const char* name, quint32 rows, const Figures& figures)
{
    bench::report(name,
        { { QStringLiteral("rows"), qint64(rows) }, { QStringLiteral("load_ms"), figures.loadMs },
            { QStringLiteral("megabytes"), figures.megabytes }, { QStringLiteral("changes"), changes },
            { QStringLiteral("rounds"), qint64(figures.applyMs.size()) },
            { QStringLiteral("apply_median_ms"), bench::median(figures.applyMs) },
            { QStringLiteral("sort_ms"), figures.sortMs }, { QStringLiteral("sort_block_ms"), figures.sortBlockMs },
            { QStringLiteral("filter_ms"), figures.filterMs },
            { QStringLiteral("filter_block_ms"), figures.filterBlockMs } });
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    std::vector<quint32> sizes;
    for (int i = 1; i < argc; ++i)
        sizes.push_back(QByteArray(argv[i]).toUInt());
    if (sizes.empty())
        sizes = { 100'000 };
    for (const quint32 rows : sizes) {
        print("table's own order", rows, measureOwn(rows));
        print("QSortFilterProxyModel", rows, measureProxy(rows));
    }
    return 0;
}
