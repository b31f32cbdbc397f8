// SPDX-License-Identifier: GPL-3.0-or-later
// The lock table at a million rows: what a delta costs, how long a sort or filter blocks the GUI thread, what painting
// costs. Usage: bench_table [rows]
#include "locktable/groupspanel.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "table/lockview.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <random>
#include <unordered_set>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

class Bench {
public:
    explicit Bench(quint32 rows);
    void apply();
    void dataChanged();
    void arrangements();
    void painting();
    void groups();

private:
    [[nodiscard]] LockRecord lock(quint32 slot);
    [[nodiscard]] LockDelta traffic(int changes);
    void arrangement(const QString& name, const std::function<void()>& begin);
    void report(const char* name, std::vector<double> milliseconds, double goal) const;

    quint32 m_rows;
    std::mt19937 m_random { 1 };
    std::vector<quint32> m_generations;
    std::vector<LockId> m_live;
    LockTableModel m_model;
    LockTableView m_table;
};

double elapsedMs(const QElapsedTimer& timer) { return double(timer.nsecsElapsed()) / 1e6; }

double percentile(const std::vector<double>& sorted, double share)
{
    return sorted[std::min(sorted.size() - 1, size_t(share * double(sorted.size())))];
}

void print(const QJsonObject& object)
{
    std::puts(QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

Bench::Bench(quint32 rows)
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
    report("load_20000_a_delta", blocked, 0);
    print({ { QStringLiteral("name"), QStringLiteral("load_total") }, { QStringLiteral("ms"), elapsedMs(timer) } });
}

LockRecord Bench::lock(quint32 slot)
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
LockDelta Bench::traffic(int changes)
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

void Bench::report(const char* name, std::vector<double> milliseconds, double goal) const
{
    std::sort(milliseconds.begin(), milliseconds.end());
    QJsonObject object { { QStringLiteral("name"), QString::fromLatin1(name) },
        { QStringLiteral("rows"), qint64(m_rows) }, { QStringLiteral("median_ms"), percentile(milliseconds, 0.5) },
        { QStringLiteral("p99_ms"), percentile(milliseconds, 0.99) },
        { QStringLiteral("runs"), qint64(milliseconds.size()) } };
    if (goal > 0) {
        object.insert(QStringLiteral("goal_ms"), goal);
        object.insert(QStringLiteral("met"), percentile(milliseconds, 0.5) <= goal);
    }
    print(object);
}

void Bench::apply()
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
    report("apply_2000_half_structural", order, 4);
    report("apply_2000_with_model_and_view", announced, 0);
}

void Bench::dataChanged()
{
    std::vector<double> times;
    for (int i = 0; i < 200; ++i) {
        QElapsedTimer timer;
        timer.start();
        Q_EMIT m_model.dataChanged(m_model.index(0, 0), m_model.index(m_model.rowCount() - 1, lockColumnCount - 1));
        times.push_back(elapsedMs(timer));
    }
    report("data_changed_all_rows", times, 0);
}

// A timer that should fire every millisecond shows how long the event loop was kept from it.
void Bench::arrangement(const QString& name, const std::function<void()>& begin)
{
    QElapsedTimer sinceTick;
    QElapsedTimer total;
    double longest = 0;
    const auto look = [&] {
        longest = std::max(longest, elapsedMs(sinceTick));
        sinceTick.start();
    };
    QTimer ticker;
    QObject::connect(&ticker, &QTimer::timeout, &ticker, look);
    ticker.start(1);
    QCoreApplication::processEvents();
    sinceTick.start();
    total.start();
    begin();
    while (m_model.isArranging())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const double result = elapsedMs(total);
    look();
    QTest::qWait(50);
    look();
    print({ { QStringLiteral("name"), name }, { QStringLiteral("rows"), qint64(m_rows) },
        { QStringLiteral("result_ms"), result }, { QStringLiteral("shown"), m_model.rowCount() },
        { QStringLiteral("longest_block_ms"), longest }, { QStringLiteral("goal_block_ms"), 16 },
        { QStringLiteral("goal_result_ms"), 2500 } });
}

void Bench::arrangements()
{
    const auto sort = [this](LockColumn column) { return [this, column] { m_model.sort(int(column)); }; };
    const auto filter = [this](const char* text) {
        return [this, text] { m_model.setFilter(LockFilter::parse(QString::fromLatin1(text))); };
    };
    arrangement(QStringLiteral("sort_by_key"), sort(LockColumn::Key));
    arrangement(QStringLiteral("filter_text_while_sorted_by_key"), filter("99"));
    arrangement(QStringLiteral("unfilter_while_sorted_by_key"), filter(""));
    arrangement(QStringLiteral("sort_by_token"), sort(LockColumn::Token));
    arrangement(QStringLiteral("sort_by_state"), sort(LockColumn::State));
    arrangement(QStringLiteral("sort_by_remaining"), sort(LockColumn::Remaining));
    arrangement(QStringLiteral("filter_glob"), filter("key:lock:*77*"));
    arrangement(QStringLiteral("unfilter"), filter(""));
}

void Bench::painting()
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
    report("paint_screenful", screen, 6);
    report("paint_countdown_column", column, 0.5);
}

// Counting runs in a worker; what counts is how long the event loop was kept from its timer by the panel that shows it.
void Bench::groups()
{
    GroupsPanel panel(&m_model);
    panel.resize(400, 800);
    for (const LockGrouping grouping : { LockGrouping::Prefix, LockGrouping::Holder }) {
        panel.hide();
        panel.setGrouping(grouping);
        QElapsedTimer total;
        QElapsedTimer sinceTick;
        double longest = 0;
        QTimer ticker;
        const auto look = [&] { longest = std::max(longest, elapsedMs(sinceTick)), sinceTick.start(); };
        QObject::connect(&ticker, &QTimer::timeout, &ticker, look);
        panel.show();
        QSignalSpy shown(&panel, &GroupsPanel::groupsShown);
        QCoreApplication::processEvents();
        sinceTick.start();
        total.start();
        ticker.start(1);
        while (shown.isEmpty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        const double result = elapsedMs(total);
        QTest::qWait(50);
        look();
        print({ { QStringLiteral("name"),
                    grouping == LockGrouping::Prefix ? QStringLiteral("groups_by_prefix")
                                                     : QStringLiteral("groups_by_holder") },
            { QStringLiteral("rows"), qint64(m_rows) }, { QStringLiteral("result_ms"), result },
            { QStringLiteral("longest_block_ms"), longest }, { QStringLiteral("goal_block_ms"), 16 } });
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    Bench bench(argc > 1 ? QByteArray(argv[1]).toUInt() : 1'000'000);
    bench.painting();
    bench.apply();
    bench.dataChanged();
    bench.arrangements();
    bench.groups();
    return 0;
}
