// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/duetimers.h"

#include "stress/runplan.h"

#include <algorithm>

#include <sys/timerfd.h>
#include <unistd.h>

namespace lockscope {

namespace {

constexpr qint64 second = 1'000'000'000;

bool isLater(const DueTimer& a, const DueTimer& b) { return a.due > b.due; }

} // namespace

DueTimers::DueTimers(std::function<void(const DueTimer&)> handler, QObject* parent)
    : QObject(parent)
    , m_handler(std::move(handler))
    , m_descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
{
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &DueTimers::run);
}

DueTimers::~DueTimers()
{
    m_notifier.reset();
    ::close(m_descriptor);
}

void DueTimers::arm(const DueTimer& timer)
{
    m_heap.push_back(timer);
    std::push_heap(m_heap.begin(), m_heap.end(), isLater);
    if (!m_running && (m_alarm == 0 || m_heap.front().due < m_alarm))
        setAlarm();
}

void DueTimers::clear()
{
    m_heap.clear();
    setAlarm();
}

void DueTimers::setAlarm()
{
    // A time of zero would switch it off.
    m_alarm = m_heap.empty() ? 0 : std::max<qint64>(m_heap.front().due, 1);
    itimerspec setting {};
    setting.it_value.tv_sec = m_alarm / second;
    setting.it_value.tv_nsec = m_alarm % second;
    ::timerfd_settime(m_descriptor, TFD_TIMER_ABSTIME, &setting, nullptr);
}

void DueTimers::run()
{
    quint64 expirations = 0;
    [[maybe_unused]] const ssize_t size = ::read(m_descriptor, &expirations, sizeof expirations);
    m_running = true;
    const qint64 now = RunPlan::steadyNow();
    while (!m_heap.empty() && m_heap.front().due <= now) {
        std::pop_heap(m_heap.begin(), m_heap.end(), isLater);
        const DueTimer timer = m_heap.back();
        m_heap.pop_back();
        m_handler(timer);
    }
    m_running = false;
    setAlarm();
}

} // namespace lockscope

#include "moc_duetimers.cpp"
