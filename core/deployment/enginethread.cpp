// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/enginethread.h"

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace lockscope {

namespace {

// On Linux a QThread's priority has no effect with the usual scheduler, and a thread's nice value is its own
// (setpriority(2)).
void goBehindTheWindow()
{
#ifdef Q_OS_LINUX
    constexpr int step = 5;
    (void)::setpriority(PRIO_PROCESS, id_t(::gettid()), ::getpriority(PRIO_PROCESS, 0) + step);
#endif
}

} // namespace

EngineThread::EngineThread(DeploymentOptions options, std::shared_ptr<CommandGate> gate, DeltaMailbox& mailbox)
    : m_options(std::move(options))
    , m_gate(std::move(gate))
    , m_mailbox(mailbox)
{
}

EngineThread::~EngineThread() = default;

void EngineThread::post(UniqueFunction<void(EngineWorker&)> task)
{
    if (m_tasks.push([this, task = std::move(task)]() mutable { task(*m_worker); }))
        Q_EMIT tasksWaiting();
}

std::optional<Error> EngineThread::takeFailure()
{
    const std::lock_guard guard(m_mutex);
    return std::exchange(m_failure, std::nullopt);
}

void EngineThread::join()
{
    wait();
    // QThread's own waiting is invisible to the thread sanitizer: this pairs with the end of run().
    const std::lock_guard guard(m_mutex);
    const std::vector<TaskQueue::Task> dropped = m_tasks.take();
}

void EngineThread::run()
{
    runWorker();
    const std::lock_guard guard(m_mutex);
}

void EngineThread::runWorker()
{
    if (m_options.windowFirst)
        goBehindTheWindow();
    EngineWorker worker(m_options, m_gate, m_mailbox);
    m_worker = &worker;
    connect(&worker, &EngineWorker::deltaPut, &worker, [this] { Q_EMIT deltaPut(); });
    connect(&worker, &EngineWorker::failed, &worker, [this](const Error& error) {
        {
            const std::lock_guard guard(m_mutex);
            m_failure = error;
        }
        Q_EMIT failureNoted();
    });
    connect(&worker, &EngineWorker::drained, &worker, [this] { quit(); });
    connect(
        this, &EngineThread::tasksWaiting, &worker, [this] { runTasks(); }, Qt::QueuedConnection);
    worker.start();
    runTasks(); // those that came before anybody could be woken
    exec();
}

void EngineThread::runTasks()
{
    for (TaskQueue::Task& task : m_tasks.take())
        task();
}

} // namespace lockscope
