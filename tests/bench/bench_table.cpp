// SPDX-License-Identifier: GPL-3.0-or-later
// The lock table at a million rows: what a delta costs, how long a sort or filter blocks the GUI thread, what painting
// costs. Usage: bench_table [rows]
#include "bench/benchreport.h"
#include "locktable/groupspanel.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "table/lockview.h"

#include <QApplication>
#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <random>
#include <unordered_set>

using namespace lockscope;
using namespace std::chrono_literals;
using bench::elapsedMs;

namespace {

class TableBench {
public:
    explicit TableBench(quint32 rows);
    void apply();
    void dataChanged();
    void arrangements();
    void painting();
    void groups();

private:
    [[nodiscard]] LockRecord lock(quint32 slot);
    [[nodiscard]] LockDelta traffic(int changes);
    void arrangement(const char* name, const std::function<void()>& begin);
    void report(const char* name, const std::vector<double>& milliseconds, double goal) const;

    quint32 m_rows;
    std::mt19937 m_random { 1 };
    std::vector<quint32> m_generations;
    std::vector<LockId> m_live;
    LockTableModel m_model;
    LockTableView m_table;
};

bool missed = false;

TableBench::TableBench(quint32 rows)
    : m_rows(rows)
    , m_table(&m_model)
{
    QElapsedTimer timer;
    timer.start();
    std::vector<double> blocked;
    // As a first pass brings them: twenty thousand a delta.
    while (m_generations.size() < rows) {
        LockDelta delta;
        for (int i = 0; i < 20'000 && m_generations.size() < rows; ++i) {
            m_generations.push_back(1);
            delta.changed.push_back(lock(quint32(m_generations.size() - 1)));
            m_live.push_back(delta.changed.back()->id);
        }
        QElapsedTimer one;
        one.start();
        m_model.apply(std::move(delta));
        QCoreApplication::processEvents();
        blocked.push_back(elapsedMs(one));
    }
    while (m_model.rowCount() < int(rows))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    report("table, loading 20 000 locks a delta", blocked, 0);
    missed |= !bench::report("table, loading", { { QStringLiteral("ms"), elapsedMs(timer) } });
}

LockRecord TableBench::lock(quint32 slot)
{
    LockRecord record;
    record.id = { slot, m_generations[slot] };
    record.key = "lock:orders:" + QByteArray::number(quint64(slot) * 7919 % 100'000'007);
    record.token = QByteArray::number(quint64(m_random()) << 32 | m_random(), 36);
    record.firstSeen = m_model.now();
    record.lease = 10min;
    record.deadline = m_model.now() + 5min + std::chrono::nanoseconds(m_random() % 600'000'000'000ULL);
    return record;
}

// Half of the changes are structural: renewals that move, ends, and new locks in the freed slots.
LockDelta TableBench::traffic(int changes)
{
    LockDelta delta;
    std::unordered_set<quint32> slots_;
    for (int i = 0; i < changes; ++i) {
        const size_t at = m_random() % m_live.size();
        if (!slots_.insert(m_live[at].slot).second)
            continue; // a lock changes once a delta: the engine merges
        LockRecord record = *m_model.record(m_live[at]);
        if (i % 4 == 0) {
            record.deadline = m_model.now() + 5min + std::chrono::nanoseconds(m_random() % 600'000'000'000ULL);
        } else if (i % 4 == 1) {
            delta.removed.push_back(record.id);
            ++m_generations[record.id.slot];
            m_live[at] = { record.id.slot, m_generations[record.id.slot] };
            record = lock(record.id.slot);
        } else {
            ++record.renewals;
        }
        delta.changed.push_back(std::move(record));
    }
    return delta;
}

void TableBench::report(const char* name, const std::vector<double>& milliseconds, double goal) const
{
    const QJsonObject values { { QStringLiteral("rows"), qint64(m_rows) },
        { QStringLiteral("median_ms"), bench::median(milliseconds) },
        { QStringLiteral("p99_ms"), bench::percentile(milliseconds, 0.99) },
        { QStringLiteral("runs"), qint64(milliseconds.size()) } };
    std::vector<bench::Goal> goals;
    if (goal > 0)
        goals.push_back({ "median ms", bench::median(milliseconds), goal });
    missed |= !bench::report(name, values, goals);
}

void TableBench::apply()
{
    std::vector<double> order;
    std::vector<double> announced;
    LockView view;
    {
        LockDelta all;
        for (const LockId& id : m_live)
            all.changed.push_back(*m_model.record(id));
        view.absorb(std::move(all), m_model.now());
        view.carryOut(view.plan(m_model.now()));
    }
    for (int i = 0; i < 60; ++i) {
        LockDelta delta = traffic(2000);
        LockDelta same = delta;
        QElapsedTimer timer;
        timer.start();
        view.absorb(std::move(delta), m_model.now());
        view.carryOut(view.plan(m_model.now()));
        order.push_back(elapsedMs(timer));
        m_model.setStill(true);
        timer.start();
        m_model.apply(std::move(same));
        m_model.setStill(false); // structure at once
        announced.push_back(elapsedMs(timer));
        QCoreApplication::processEvents();
    }
    report("G4 table, 2 000 changes, half structural", order, 4);
    report("table, 2 000 changes with model and view", announced, 0);
}

void TableBench::dataChanged()
{
    std::vector<double> times;
    for (int i = 0; i < 200; ++i) {
        QElapsedTimer timer;
        timer.start();
        Q_EMIT m_model.dataChanged(m_model.index(0, 0), m_model.index(m_model.rowCount() - 1, lockColumnCount - 1));
        times.push_back(elapsedMs(timer));
    }
    report("table, dataChanged of all rows", times, 0);
}

void TableBench::arrangement(const char* name, const std::function<void()>& begin)
{
    bench::WaitMeter waits;
    QElapsedTimer total;
    waits.start();
    QCoreApplication::processEvents();
    total.start();
    begin();
    while (m_model.isArranging())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const double result = elapsedMs(total);
    QTest::qWait(50);
    missed |= !bench::report(name,
        { { QStringLiteral("rows"), qint64(m_rows) }, { QStringLiteral("shown"), m_model.rowCount() } },
        { { "longest block ms", bench::percentile(waits.stop(), 1), 16 }, { "result ms", result, 2500 } });
}

void TableBench::arrangements()
{
    const auto sort = [this](LockColumn column) { return [this, column] { m_model.sort(int(column)); }; };
    const auto filter = [this](const char* text) {
        return [this, text] { m_model.setFilter(LockFilter::parse(QString::fromLatin1(text))); };
    };
    arrangement("G6 table, sort by key", sort(LockColumn::Key));
    arrangement("G6 table, filter text while sorted by key", filter("99"));
    arrangement("G6 table, unfilter while sorted by key", filter(""));
    arrangement("G6 table, sort by token", sort(LockColumn::Token));
    arrangement("G6 table, sort by state", sort(LockColumn::State));
    arrangement("G6 table, sort by remaining", sort(LockColumn::Remaining));
    arrangement("G6 table, filter glob", filter("key:lock:*77*"));
    arrangement("G6 table, unfilter", filter(""));
}

void TableBench::painting()
{
    m_table.resize(1280, 24 * 41);
    m_table.show();
    QTest::qWait(300);
    QWidget* viewport = m_table.viewport();
    std::vector<double> screen;
    std::vector<double> column;
    const int remaining = int(LockColumn::Remaining);
    for (int i = 0; i < 100; ++i) {
        QElapsedTimer timer;
        timer.start();
        viewport->repaint();
        screen.push_back(elapsedMs(timer));
        timer.start();
        viewport->repaint(
            m_table.columnViewportPosition(remaining), 0, m_table.columnWidth(remaining), viewport->height());
        column.push_back(elapsedMs(timer));
    }
    report("G7 table, painting a screenful", screen, 6);
    report("G7 table, painting the countdown column", column, 0.5);
}

// Counting runs in a worker; what counts is how long the event loop was kept from its timer by the panel that shows it.
void TableBench::groups()
{
    GroupsPanel panel(&m_model);
    panel.resize(400, 800);
    for (const LockGrouping grouping : { LockGrouping::Prefix, LockGrouping::Holder }) {
        panel.hide();
        panel.setGrouping(grouping);
        bench::WaitMeter waits;
        QElapsedTimer total;
        panel.show();
        QSignalSpy shown(&panel, &GroupsPanel::groupsShown);
        QCoreApplication::processEvents();
        total.start();
        waits.start();
        while (shown.isEmpty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        const double result = elapsedMs(total);
        QTest::qWait(50);
        missed
            |= !bench::report(grouping == LockGrouping::Prefix ? "table, groups by prefix" : "table, groups by holder",
                { { QStringLiteral("rows"), qint64(m_rows) }, { QStringLiteral("result_ms"), result } },
                { { "longest block ms", bench::percentile(waits.stop(), 1), 16 } });
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    TableBench table(argc > 1 ? QByteArray(argv[1]).toUInt() : 1'000'000);
    table.painting();
    table.apply();
    table.dataChanged();
    table.arrangements();
    table.groups();
    return missed ? 1 : 0;
}
