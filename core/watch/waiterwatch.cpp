// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/waiterwatch.h"

#include "locks/waiterreader.h"

#include <QPointer>

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto roundTime = 1000ms;
/// What has just come on screen is asked about soon, but not at every line of a fling through the table.
constexpr auto firstLook = 150ms;
/// Until the budget has something again.
constexpr auto pauseTime = 50ms;
constexpr size_t mostLocks = 500;

} // namespace

WaiterWatch::WaiterWatch(Connection& connection, LockTracker& tracker, LoadBudget& budget, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_tracker(tracker)
    , m_budget(budget)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &WaiterWatch::ask);
}

void WaiterWatch::start() { m_timer.start(firstLook); }

void WaiterWatch::stop() { m_timer.stop(); }

void WaiterWatch::setLocks(std::vector<LockId> ids)
{
    if (ids.size() > mostLocks)
        ids.resize(mostLocks);
    const bool more = std::any_of(
        ids.begin(), ids.end(), [this](LockId id) { return std::find(m_ids.begin(), m_ids.end(), id) == m_ids.end(); });
    m_ids = std::move(ids);
    m_next = 0;
    if (more && m_timer.isActive() && m_timer.remainingTime() > firstLook.count())
        m_timer.start(firstLook);
}

void WaiterWatch::ask()
{
    if (m_connection.isReady()) {
        for (int allowed = m_budget.available(); m_next < m_ids.size() && allowed > 0; ++m_next) {
            if (askFor(m_ids[m_next]))
                --allowed;
        }
    }
    const bool isThrough = m_next >= m_ids.size();
    if (isThrough)
        m_next = 0;
    m_timer.start(isThrough ? roundTime : pauseTime);
}

bool WaiterWatch::askFor(LockId id)
{
    const LockStore::Slot* slot = m_tracker.store().find(id);
    if (!slot || !m_tracker.owns(*slot))
        return false;
    const WaiterSource source = m_tracker.registry().family(slot->record().family).waiters(slot->record().key);
    if (source.kind == WaiterSource::Kind::None)
        return false;
    m_budget.charge(1);
    readWaiters(m_connection, source, 0, [self = QPointer(this), id](const WaiterReading& reading) {
        if (self && !reading.error
            && self->m_tracker.setWaiters(id, qint32(std::min<qint64>(reading.count, INT32_MAX))))
            Q_EMIT self->changed();
    });
    return true;
}

} // namespace lockscope

#include "moc_waiterwatch.cpp"
