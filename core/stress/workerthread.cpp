// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/workerthread.h"

namespace lockscope {

WorkerThread::WorkerThread(const RunPlan& plan, int number, Referee& referee)
    : m_plan(plan)
    , m_number(number)
    , m_referee(referee)
    , m_stats(size_t(StressWorker::clientsOf(plan, number)))
    , m_log(plan.config.historyLimit / plan.threads)
{
}

WorkerThread::~WorkerThread() = default;

void WorkerThread::post(UniqueFunction<void(StressWorker&)> task)
{
    if (m_tasks.push([this, task = std::move(task)]() mutable { task(*m_worker); }))
        Q_EMIT tasksWaiting();
}

void WorkerThread::join()
{
    wait();
    // QThread's own waiting is invisible to the thread sanitizer: this pairs with the end of run().
    const std::lock_guard guard(m_mutex);
}

std::optional<Error> WorkerThread::takeFailure()
{
    const std::lock_guard guard(m_mutex);
    return std::exchange(m_failure, std::nullopt);
}

void WorkerThread::run()
{
    runWorker();
    const std::lock_guard guard(m_mutex);
}

void WorkerThread::runWorker()
{
    StressWorker worker(m_plan, m_number, m_referee, m_stats, m_log);
    m_worker = &worker;
    const auto runTasks = [this] {
        for (TaskQueue::Task& task : m_tasks.take())
            task();
    };
    connect(&worker, &StressWorker::connected, &worker, [this] { Q_EMIT connected(); });
    connect(&worker, &StressWorker::failed, &worker, [this](const Error& error) {
        {
            const std::lock_guard guard(m_mutex);
            if (!m_failure)
                m_failure = error;
        }
        Q_EMIT failureNoted();
    });
    connect(&worker, &StressWorker::finished, &worker, [this] { quit(); });
    connect(this, &WorkerThread::tasksWaiting, &worker, runTasks, Qt::QueuedConnection);
    worker.open();
    runTasks(); // those that came before anybody could be woken
    exec();
}

} // namespace lockscope

#include "moc_workerthread.cpp"
