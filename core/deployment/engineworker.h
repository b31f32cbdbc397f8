// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "deployment/deltamailbox.h"
#include "deployment/livedeployment.h"
#include "deployment/operationdesk.h"
#include "redis/sandboxserver.h"

#include <QTimer>

#include <functional>
#include <memory>

namespace lockscope {

class DemoWorkload;
class CommandFlagsReader;
class DiscoveryRound;
class DoctorRound;

/// Everything of one deployment that lives in the engine thread: the watch, the operations, the sandbox and its demo.
/// Made and destroyed there; the facade reaches it by posted calls only.
class EngineWorker final : public QObject {
    Q_OBJECT
public:
    EngineWorker(DeploymentOptions options, std::shared_ptr<CommandGate> gate, DeltaMailbox& mailbox);
    ~EngineWorker() override;

    void start();
    /// Takes nothing new, releases what nobody will use, then emits `drained`: within a second.
    void shutDown();
    /// Recognises with these families from now on; they stay until the end of the process.
    void useFamilies(const FamilyRegistry& registry);
    /// The consumer has emptied the mailbox.
    void onDeltaTaken();
    [[nodiscard]] WatchEngine* watch() const { return m_watch.get(); } ///< null where nothing is watched
    void completeSnapshot(Completion<LockSnapshot> completion);
    void discover(const DiscoveryOptions& options, Completion<DiscoveryReport> completion);
    void cancelDiscovery();
    /// `progress` is told how many parts of how many are through.
    void examine(
        const DoctorOptions& options, std::function<void(int, int)> progress, Completion<DoctorReport> completion);
    void cancelExamination();
    /// Errors: why there is none; the server could not even be started, or is of a kind that is only watched.
    [[nodiscard]] Result<OperationDesk*> desk() const;

Q_SIGNALS:
    void deltaPut();
    void failed(const lockscope::Error& error);
    void drained();

private:
    [[nodiscard]] Status startServers();
    [[nodiscard]] Status startSandbox();
    void readCommandFlags();
    void startDesk();
    void onTopologyKnown();
    void startWatch();
    void scheduleDelta();
    void publishDelta();
    void onWatchStatus();
    void settleSnapshots();
    /// Why no complete pass can be waited for, if that is so.
    [[nodiscard]] std::optional<Error> snapshotObstacle() const;
    void failSnapshots(const Error& error);

    DeploymentOptions m_options;
    DeltaMailbox& m_mailbox;
    std::shared_ptr<CommandGate> m_gate;
    std::optional<Error> m_startError;
    QList<ConnectionSpec> m_specs; // of running servers
    std::optional<Error> m_watchFailure; // permanent
    // In the order of dependence: the server goes last.
    std::vector<std::unique_ptr<SandboxServer>> m_sandbox;
    std::unique_ptr<DemoWorkload> m_demo;
    std::unique_ptr<ServerTopology> m_topology;
    std::unique_ptr<WatchEngine> m_watch;
    std::unique_ptr<OperationDesk> m_desk;
    std::unique_ptr<CommandFlagsReader> m_flags; // while it asks
    std::unique_ptr<DiscoveryRound> m_discovery; // while one runs
    std::unique_ptr<DoctorRound> m_examination; // while one runs
    std::unique_ptr<DoctorRound> m_probe; // the same for the capabilities only
    std::vector<UniqueFunction<void()>> m_untilKnown; // what waits for the topology
    std::vector<Completion<LockSnapshot>> m_snapshots; // asked for; no complete pass yet
    QTimer m_deltaPace;
    QTimer m_linkPatience;
    QTimer m_drainLimit;
    QTimer m_trimRest;
    bool m_watchWasReady = false;
    bool m_flagsAsked = false;
};

} // namespace lockscope
