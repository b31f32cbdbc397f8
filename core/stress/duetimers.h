// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <functional>
#include <memory>
#include <vector>

namespace lockscope {

/// What a virtual client waits for.
enum class TimerKind : quint8 { Main, Renew, Resume, Strategy, Arrival };

struct DueTimer {
    qint64 due = 0; ///< ns of the steady clock
    quint32 client = 0; ///< number within the thread
    quint32 sequence = 0; ///< the client knows whether this is still wanted
    TimerKind kind = TimerKind::Main;
    quint8 phase = 0;
    quint8 step = 0;
};

/// Thousands of timers in one heap behind one timerfd: microseconds instead of QTimer's milliseconds, which planned
/// starts would show as latency. Timers are not cancelled, but ignored by who set them. One thread.
class DueTimers final : public QObject {
    Q_OBJECT
public:
    explicit DueTimers(std::function<void(const DueTimer&)> handler, QObject* parent = nullptr);
    ~DueTimers() override;
    void arm(const DueTimer& timer);
    void clear();

private:
    void run();
    void setAlarm();

    const std::function<void(const DueTimer&)> m_handler;
    std::vector<DueTimer> m_heap;
    qint64 m_alarm = 0; ///< what the descriptor is set to; 0: nothing
    bool m_running = false;
    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace lockscope
