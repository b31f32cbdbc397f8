// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QHash>
#include <QRandomGenerator>

#include <functional>

namespace lockscope {

/// A Deployment without a server: a seeded generator of plain locks, a status to be scripted, and operations whose
/// answers can be set and held back. Used from the GUI thread.
class FakeDeployment final : public Deployment {
    Q_OBJECT
public:
    struct Options {
        quint32 seed = 1;
        int locks = 300; ///< generated at the first complete pass
        bool readOnly = false;
        bool sandbox = false;
        int masters = 1; ///< independent ones that form a quorum
        Environment environment = Environment::Unspecified;
        bool connectAtOnce = true; ///< start() leads to a complete picture; otherwise it stays connecting
    };
    explicit FakeDeployment(const Options& options, QObject* parent = nullptr);
    ~FakeDeployment() override;

    void start() override;
    [[nodiscard]] QString title() const override;
    [[nodiscard]] bool isReadOnly() const override { return !m_access.canWrite(SystemClock::instance().now()); }
    [[nodiscard]] WriteAccess writeAccess() const override { return m_access; }
    [[nodiscard]] bool isSandbox() const override { return m_options.sandbox; }
    [[nodiscard]] int quorumMasters() const override { return m_options.masters; }
    [[nodiscard]] std::optional<LockDelta> takeDelta() override;
    [[nodiscard]] QFuture<Result<LockSnapshot>> completeSnapshot() override;
    void setVisibleLocks(const std::vector<LockId>& ids) override { m_visible = ids; }
    void answerNotificationQuestion(bool enable) override;
    void setVerifyRate(int keysPerSecond) override
    {
        m_verifyRate = keysPerSecond;
        changeStatus([keysPerSecond](WatchStatus& status) { status.budgetKeysPerSecond = keysPerSecond; });
    }
    [[nodiscard]] int verifyRate() const { return m_verifyRate; }
    void refresh() override { ++m_refreshes; }
    void useNewFamilies() override { ++m_newFamilies; }
    void cancelPending() override { ++m_cancellations; }
    [[nodiscard]] QFuture<Result<DiscoveryReport>> discover(const DiscoveryOptions& options) override;
    void cancelDiscovery() override { ++m_discoveryCancellations; }
    [[nodiscard]] QFuture<Result<DoctorReport>> examine(const DoctorOptions& options) override;
    void cancelExamination() override { ++m_examinationCancellations; }
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

    // The script.

    /// Changes the status and publishes it.
    void changeStatus(const std::function<void(WatchStatus&)>& change);
    [[nodiscard]] const WatchStatus& status() const { return m_status; }
    void becomeComplete(); ///< link ready, pass 1 done, generated locks there
    void lose(const Error& error); ///< link lost, every row stale, gap open
    /// Adds a lock or gives an existing one another token; answers its id.
    LockId put(
        const QByteArray& key, const QByteArray& token, Milliseconds ttl, LockEventKind kind = LockEventKind::Acquired);
    LockId putRecord(LockRecord record);
    void remove(const QByteArray& key, LockEventKind kind = LockEventKind::Released);
    /// Gives the key another token on the "server" without telling the watch.
    void changeSilently(const QByteArray& key, const QByteArray& token) { m_silent.insert(key, token); }
    void act(int steps); ///< so many random acquires, renewals, releases and hand-overs
    void failWith(const Error& error); ///< emits failed() and says so in the status

    /// Changes what weigh() tells beside the look at the lock.
    void setImpact(std::function<void(ReleaseImpact&)> change) { m_changeImpact = std::move(change); }
    void setNextHolders(const QList<NextHolder>& next) { m_next = next; }
    void setReleaseResult(const QByteArray& key, const ForceReleaseResult& result) { m_results.insert(key, result); }
    void setForceReleaseError(const Error& error) { m_forceReleaseError = error; }
    /// Answers readValue() for this key; `sizeOnly` leaves its contents out.
    void setValue(const QByteArray& key, const ValuePage& page) { m_values.insert(key, page); }
    void setServerReport(const Result<ServerReport>& report) { m_serverReport = report; }
    /// Answers examine(); of it a probe of the capabilities gets these only.
    void setDoctorReport(const Result<DoctorReport>& report) { m_doctorReport = report; }
    void setRestoreResult(const Result<RestoreResult>& result) { m_restoreResult = result; }
    void setArmError(std::optional<Error> error) { m_armError = std::move(error); }
    /// Lets an arming end now, as time does: without a word.
    void expireArming() { m_access.armedUntil = SystemClock::instance().now(); }
    void setAcquireError(std::optional<Error> error) { m_acquireError = std::move(error); }
    void setExtendError(std::optional<Error> error) { m_extendError = std::move(error); }
    void setReleaseError(std::optional<Error> error) { m_releaseError = std::move(error); }
    /// This one of `masters` answers nothing from now on; -1: all answer.
    void setDownMaster(int index) { m_downMaster = index; }
    void setInspectError(std::optional<Error> error) { m_inspectError = std::move(error); }
    void setDiscovery(const Result<DiscoveryReport>& report) { m_discovery = report; }
    /// Answers wait from now on until answerHeld().
    void holdAnswers() { m_holding = true; }
    void answerHeld();

    // What was asked of it.
    [[nodiscard]] const LockRecord* lock(const QByteArray& key) const;
    [[nodiscard]] qsizetype lockCount() const { return m_locks.size(); }
    [[nodiscard]] const QList<ForceReleaseRequest>& forceReleases() const { return m_forceReleases; }
    [[nodiscard]] const QList<FollowRequest>& follows() const { return m_follows; }
    [[nodiscard]] const QList<RestoreRequest>& restores() const { return m_restores; }
    [[nodiscard]] const QList<ArmRequest>& armings() const { return m_armings; }
    [[nodiscard]] const QList<AcquireRequest>& acquires() const { return m_acquires; }
    [[nodiscard]] const QList<ReleaseRequest>& releases() const { return m_releases; }
    [[nodiscard]] const QList<ExtendRequest>& extensions() const { return m_extensions; }
    [[nodiscard]] std::optional<bool> notificationAnswer() const { return m_notificationAnswer; }
    [[nodiscard]] const std::vector<LockId>& visibleLocks() const { return m_visible; }
    [[nodiscard]] int refreshes() const { return m_refreshes; }
    [[nodiscard]] int newFamilies() const { return m_newFamilies; }
    [[nodiscard]] int cancellations() const { return m_cancellations; }
    [[nodiscard]] const QList<DiscoveryOptions>& discoveries() const { return m_discoveries; }
    [[nodiscard]] int discoveryCancellations() const { return m_discoveryCancellations; }
    [[nodiscard]] int inspections() const { return m_inspections; }
    [[nodiscard]] const QList<ValueRequest>& valueRequests() const { return m_valueRequests; }
    [[nodiscard]] int serverInspections() const { return m_serverInspections; }
    [[nodiscard]] int examinations() const { return m_examinations; } ///< without the probes
    [[nodiscard]] int examinationCancellations() const { return m_examinationCancellations; }

private:
    template <typename T> QFuture<Result<T>> answer(Result<T> result);
    [[nodiscard]] QList<NodeAnswer> votes(SteadyTime validUntil) const;
    void generate();
    void generateOddities();
    void addEvent(LockEventKind kind, const LockRecord& record, const QByteArray& previous = {});
    void markChanged(const LockRecord& record);
    void publish();
    ForceReleaseResult releaseTarget(const ForceReleaseTarget& target);
    void act(ForceReleaseResult& result, const LockInspection& found);
    [[nodiscard]] LockInspection look(const QByteArray& key) const;
    QByteArray randomName();

    Options m_options;
    QRandomGenerator m_random;
    WatchStatus m_status;
    LockDelta m_delta;
    bool m_dirty = false;
    bool m_announced = false;
    QHash<QByteArray, LockRecord> m_locks;
    QList<QByteArray> m_keys; // in order of making: the same seed walks the same way
    quint32 m_nextSlot = 0;
    QHash<QByteArray, QByteArray> m_silent;
    std::function<void(ReleaseImpact&)> m_changeImpact;
    QList<NextHolder> m_next;
    QList<FollowRequest> m_follows;
    QHash<QByteArray, ForceReleaseResult> m_results;
    std::optional<Error> m_forceReleaseError;
    std::optional<Error> m_acquireError;
    std::optional<Error> m_inspectError;
    std::optional<Error> m_extendError;
    std::optional<Error> m_releaseError;
    int m_downMaster = -1;
    qint64 m_fence = 41;
    std::optional<Error> m_armError;
    WriteAccess m_access;
    Result<RestoreResult> m_restoreResult;
    QList<RestoreRequest> m_restores;
    QList<ArmRequest> m_armings;
    bool m_holding = false;
    QList<std::function<void()>> m_held;
    QList<ForceReleaseRequest> m_forceReleases;
    QList<AcquireRequest> m_acquires;
    QList<ReleaseRequest> m_releases;
    QList<ExtendRequest> m_extensions;
    std::optional<bool> m_notificationAnswer;
    std::vector<LockId> m_visible;
    int m_refreshes = 0;
    int m_newFamilies = 0; ///< how often useNewFamilies() was called
    int m_verifyRate = 0;
    int m_cancellations = 0;
    Result<DiscoveryReport> m_discovery;
    QList<DiscoveryOptions> m_discoveries;
    int m_discoveryCancellations = 0;
    int m_inspections = 0;
    QHash<QByteArray, ValuePage> m_values;
    QList<ValueRequest> m_valueRequests;
    Result<ServerReport> m_serverReport;
    int m_serverInspections = 0;
    Result<DoctorReport> m_doctorReport;
    int m_examinations = 0;
    int m_examinationCancellations = 0;
};

} // namespace lockscope
