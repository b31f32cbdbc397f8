// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/taskqueue.h"
#include "deployment/engineworker.h"

#include <QThread>

#include <mutex>
#include <optional>

namespace lockscope {

/// The thread in which one EngineWorker is made, lives and dies. Signals leave it without arguments: what they speak of
/// waits in the mailbox and in takeFailure().
class EngineThread final : public QThread {
    Q_OBJECT
public:
    /// `mailbox` outlives the thread.
    EngineThread(DeploymentOptions options, std::shared_ptr<CommandGate> gate, DeltaMailbox& mailbox);
    ~EngineThread() override; ///< ended or never started; what is still posted ends as Cancelled

    /// Runs `task` in the engine thread, also if that starts later. Any thread.
    void post(UniqueFunction<void(EngineWorker&)> task);
    /// Waits for the end of run() and destroys what is still posted; not from the engine thread.
    void join();
    /// The permanent failure that `failureNoted` announced. Any thread.
    [[nodiscard]] std::optional<Error> takeFailure();

Q_SIGNALS:
    void deltaPut();
    void failureNoted();
    void answersWaiting(); ///< emitted by the answer box of the facade
    void tasksWaiting(); ///< internal: wakes the engine thread

protected:
    void run() override;

private:
    void runWorker();
    void runTasks();

    const DeploymentOptions m_options;
    const std::shared_ptr<CommandGate> m_gate;
    DeltaMailbox& m_mailbox;
    EngineWorker* m_worker = nullptr; // used in the engine thread only
    TaskQueue m_tasks;
    std::mutex m_mutex;
    std::optional<Error> m_failure; // under m_mutex
};

} // namespace lockscope
