// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"
#include "redis/connectionuri.h"
#include "redis/environment.h"
#include "watch/watchengine.h"

namespace lockscope {

struct DeploymentOptions {
    QList<ConnectionSpec> specs; ///< one, or several standalone ones: independent masters of one quorum group
    WatchOptions watch;
    bool watchLocks = true; ///< false: operations only (lockscope-cli acquire, extend, release)
    bool readOnly = false;
    Environment environment = Environment::Unspecified; ///< Production: read-only until writes are armed
    Milliseconds timeout { 5000 };
    QString auditFile; ///< empty: the standard place
    bool windowFirst = false; ///< under load the calling thread gets the processor before the engine
};

/// A Deployment on real servers: owns the engine thread, in it the WatchEngine and the connections, and the sandbox
/// servers and their demo workload for `sandbox:`.
class LiveDeployment final : public Deployment {
    Q_OBJECT
public:
    /// Errors: NotSupported (a group of what is no single server, no redis-server for the sandbox), Usage.
    [[nodiscard]] static Result<std::unique_ptr<LiveDeployment>> create(const DeploymentOptions& options);
    ~LiveDeployment() override;

    void start() override;
    [[nodiscard]] QString title() const override;
    [[nodiscard]] bool isReadOnly() const override;
    [[nodiscard]] WriteAccess writeAccess() const override;
    [[nodiscard]] bool isSandbox() const override;
    [[nodiscard]] int quorumMasters() const override;
    [[nodiscard]] std::optional<LockDelta> takeDelta() override;
    [[nodiscard]] QFuture<Result<LockSnapshot>> completeSnapshot() override;
    void setVisibleLocks(const std::vector<LockId>& ids) override;
    void answerNotificationQuestion(bool enable) override;
    void refresh() override;
    void useNewFamilies() override;
    void setVerifyRate(int keysPerSecond) override;
    void cancelPending() override;
    [[nodiscard]] QFuture<Result<DiscoveryReport>> discover(const DiscoveryOptions& options) override;
    void cancelDiscovery() override;
    [[nodiscard]] QFuture<Result<ValuePage>> readValue(const ValueRequest& request) override;
    [[nodiscard]] QFuture<Result<ServerReport>> inspectServer() override;
    [[nodiscard]] QFuture<Result<LockInspection>> inspect(const InspectRequest& request) override;
    [[nodiscard]] QFuture<Result<ReleaseImpact>> weigh(const InspectRequest& request) override;
    [[nodiscard]] QFuture<Result<AcquireGrant>> acquire(const AcquireRequest& request) override;
    [[nodiscard]] QFuture<Result<AcquireGrant>> extend(const ExtendRequest& request) override;
    [[nodiscard]] QFuture<Result<void>> release(const ReleaseRequest& request) override;
    [[nodiscard]] QFuture<Result<QList<ForceReleaseResult>>> forceRelease(const ForceReleaseRequest& request) override;
    [[nodiscard]] QFuture<Result<QList<NextHolder>>> follow(const FollowRequest& request) override;
    [[nodiscard]] QFuture<Result<RestoreResult>> restore(const RestoreRequest& request) override;
    [[nodiscard]] QFuture<Result<WriteAccess>> arm(const ArmRequest& request) override;
    void disarm() override;

private:
    LiveDeployment();
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
