// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/livedeployment.h"

#include "deployment/enginethread.h"
#include "locks/families/familyregistry.h"

#include <QCoreApplication>
#include <QStandardPaths>

namespace lockscope {

namespace {

QString deploymentText(const char* text) { return QCoreApplication::translate("lockscope::Deployment", text); }

Status checkOptions(const DeploymentOptions& options)
{
    const bool isSandbox = !options.specs.isEmpty() && options.specs.first().topology == Topology::Sandbox;
    if (isSandbox && options.specs.size() == 1) {
        if (!QStandardPaths::findExecutable(QStringLiteral("redis-server")).isEmpty())
            return {};
        return fail(ErrorKind::NotSupported,
            deploymentText(QT_TRANSLATE_NOOP("lockscope::Deployment",
                "the sandbox needs the program redis-server (Debian: apt install redis-server)")));
    }
    // Whether these servers make sense together is the same question for the engine.
    const auto topology = ServerTopology::make(options.specs, std::make_shared<CommandGate>(true));
    if (!topology)
        return fail(topology.error());
    const bool isCluster = options.specs.first().topology == Topology::Cluster;
    if (isCluster && options.watch.databases != DatabaseChoice())
        return fail(ErrorKind::Usage,
            deploymentText(QT_TRANSLATE_NOOP("lockscope::Deployment", "a cluster has database 0 only")));
    return {};
}

} // namespace

class LiveDeployment::Private {
public:
    Private(const DeploymentOptions& given, LiveDeployment* q)
        : options(given)
        , gate(std::make_shared<CommandGate>(options.readOnly, options.environment))
        , thread(options, gate, mailbox)
        , answers(std::make_shared<AnswerBox>([this] { Q_EMIT thread.answersWaiting(); }))
    {
        connect(
            &thread, &EngineThread::answersWaiting, q, [this] { answers->run(); }, Qt::QueuedConnection);
        connect(&thread, &EngineThread::deltaPut, q, &Deployment::deltaReady, Qt::QueuedConnection);
        const auto tell = [this, q] {
            if (const std::optional<Error> error = thread.takeFailure())
                Q_EMIT q->failed(*error);
        };
        connect(&thread, &EngineThread::failureNoted, q, tell, Qt::QueuedConnection);
    }

    template <typename T, typename Method, typename Request>
    [[nodiscard]] QFuture<Result<T>> ask(Method method, Request request)
    {
        Completion<T> completion(answers);
        QFuture<Result<T>> future = completion.future();
        thread.post(
            [method, request = std::move(request), completion = std::move(completion)](EngineWorker& worker) mutable {
                const Result<OperationDesk*> desk = worker.desk();
                if (!desk)
                    return completion.finish(fail(desk.error()));
                ((*desk)->*method)(std::move(request), std::move(completion));
            });
        return future;
    }
    template <typename Task> void tellWatch(Task task)
    {
        thread.post([task = std::move(task)](EngineWorker& worker) {
            if (worker.watch())
                task(*worker.watch());
        });
    }

    DeploymentOptions options;
    std::shared_ptr<CommandGate> gate;
    DeltaMailbox mailbox;
    EngineThread thread;
    std::shared_ptr<AnswerBox> answers;
};

LiveDeployment::LiveDeployment() = default;

Result<std::unique_ptr<LiveDeployment>> LiveDeployment::create(const DeploymentOptions& options)
{
    if (const Status usable = checkOptions(options); !usable)
        return fail(usable.error());
    std::unique_ptr<LiveDeployment> deployment(new LiveDeployment);
    deployment->d = std::make_unique<Private>(options, deployment.get());
    return deployment;
}

LiveDeployment::~LiveDeployment()
{
    if (d->thread.isRunning())
        d->thread.post([](EngineWorker& worker) { worker.shutDown(); });
    d->thread.join();
    // Everything has an answer by now, Cancelled at least.
    d->answers->run();
}

void LiveDeployment::start() { d->thread.start(); }

QString LiveDeployment::title() const
{
    const ConnectionSpec& first = d->options.specs.first();
    if (isSandbox() && first.sandbox.masters > 1)
        return deploymentText(QT_TRANSLATE_NOOP("lockscope::Deployment", "Sandbox with %1 masters"))
            .arg(first.sandbox.masters);
    if (isSandbox())
        return deploymentText(QT_TRANSLATE_NOOP("lockscope::Deployment", "Sandbox"));
    if (d->options.specs.size() == 1)
        return first.redactedUri();
    QStringList names;
    for (const ConnectionSpec& spec : d->options.specs)
        names += spec.endpoint().text();
    return deploymentText(QT_TRANSLATE_NOOP("lockscope::Deployment", "%1 independent masters: %2"))
        .arg(names.size())
        .arg(names.join(QStringLiteral(", ")));
}

bool LiveDeployment::isReadOnly() const { return d->gate->isReadOnly(); }

WriteAccess LiveDeployment::writeAccess() const { return d->gate->access(); }

bool LiveDeployment::isSandbox() const { return d->options.specs.first().topology == Topology::Sandbox; }

int LiveDeployment::quorumMasters() const
{
    int masters = 0;
    for (const ConnectionSpec& spec : std::as_const(d->options.specs))
        masters += spec.topology == Topology::Sandbox ? spec.sandbox.masters : 1;
    return masters;
}

std::optional<LockDelta> LiveDeployment::takeDelta()
{
    std::optional<LockDelta> delta = d->mailbox.take();
    if (delta)
        d->thread.post([](EngineWorker& worker) { worker.onDeltaTaken(); });
    return delta;
}

QFuture<Result<LockSnapshot>> LiveDeployment::completeSnapshot()
{
    Completion<LockSnapshot> completion(d->answers);
    QFuture<Result<LockSnapshot>> future = completion.future();
    d->thread.post([completion = std::move(completion)](
                       EngineWorker& worker) mutable { worker.completeSnapshot(std::move(completion)); });
    return future;
}

QFuture<Result<DiscoveryReport>> LiveDeployment::discover(const DiscoveryOptions& options)
{
    Completion<DiscoveryReport> completion(d->answers);
    QFuture<Result<DiscoveryReport>> future = completion.future();
    d->thread.post([options, completion = std::move(completion)](
                       EngineWorker& worker) mutable { worker.discover(options, std::move(completion)); });
    return future;
}

void LiveDeployment::cancelDiscovery()
{
    d->thread.post([](EngineWorker& worker) { worker.cancelDiscovery(); });
}

QFuture<Result<DoctorReport>> LiveDeployment::examine(const DoctorOptions& options)
{
    Completion<DoctorReport> completion(d->answers);
    QFuture<Result<DoctorReport>> future = completion.future();
    auto progress = [answers = d->answers, this](int done, int parts) {
        answers->push([this, done, parts] { Q_EMIT examinationProgressed(done, parts); });
    };
    d->thread.post([options, progress = std::move(progress), completion = std::move(completion)](
                       EngineWorker& worker) mutable { worker.examine(options, progress, std::move(completion)); });
    return future;
}

void LiveDeployment::cancelExamination()
{
    d->thread.post([](EngineWorker& worker) { worker.cancelExamination(); });
}

void LiveDeployment::setVisibleLocks(const std::vector<LockId>& ids)
{
    d->tellWatch([ids](WatchEngine& watch) { watch.setVisibleLocks(ids); });
}

void LiveDeployment::answerNotificationQuestion(bool enable)
{
    d->tellWatch([enable](WatchEngine& watch) { watch.answerNotificationQuestion(enable); });
}

void LiveDeployment::refresh()
{
    d->tellWatch([](WatchEngine& watch) { watch.refresh(); });
}

void LiveDeployment::useNewFamilies()
{
    d->thread.post([&families = FamilyRegistry::instance()](EngineWorker& worker) { worker.useFamilies(families); });
}

void LiveDeployment::setVerifyRate(int keysPerSecond)
{
    d->tellWatch([keysPerSecond](WatchEngine& watch) { watch.setVerifyRate(keysPerSecond); });
}

void LiveDeployment::cancelPending()
{
    d->thread.post([](EngineWorker& worker) {
        if (const Result<OperationDesk*> desk = worker.desk())
            (*desk)->cancelPending();
    });
}

QFuture<Result<LockInspection>> LiveDeployment::inspect(const InspectRequest& request)
{
    return d->ask<LockInspection>(&OperationDesk::inspect, request);
}

QFuture<Result<ValuePage>> LiveDeployment::readValue(const ValueRequest& request)
{
    return d->ask<ValuePage>(&OperationDesk::readValue, request);
}

QFuture<Result<ServerReport>> LiveDeployment::inspectServer()
{
    Completion<ServerReport> completion(d->answers);
    QFuture<Result<ServerReport>> future = completion.future();
    d->thread.post([completion = std::move(completion)](EngineWorker& worker) mutable {
        const Result<OperationDesk*> desk = worker.desk();
        if (!desk)
            return completion.finish(fail(desk.error()));
        (*desk)->inspectServer(std::move(completion));
    });
    return future;
}

QFuture<Result<AcquireGrant>> LiveDeployment::acquire(const AcquireRequest& request)
{
    return d->ask<AcquireGrant>(&OperationDesk::acquire, request);
}

QFuture<Result<AcquireGrant>> LiveDeployment::extend(const ExtendRequest& request)
{
    return d->ask<AcquireGrant>(&OperationDesk::extend, request);
}

QFuture<Result<void>> LiveDeployment::release(const ReleaseRequest& request)
{
    return d->ask<void>(&OperationDesk::release, request);
}

QFuture<Result<QList<ForceReleaseResult>>> LiveDeployment::forceRelease(const ForceReleaseRequest& request)
{
    return d->ask<QList<ForceReleaseResult>>(&OperationDesk::forceRelease, request);
}

QFuture<Result<ReleaseImpact>> LiveDeployment::weigh(const InspectRequest& request)
{
    return d->ask<ReleaseImpact>(&OperationDesk::weigh, request);
}

QFuture<Result<QList<NextHolder>>> LiveDeployment::follow(const FollowRequest& request)
{
    return d->ask<QList<NextHolder>>(&OperationDesk::follow, request);
}

QFuture<Result<RestoreResult>> LiveDeployment::restore(const RestoreRequest& request)
{
    return d->ask<RestoreResult>(&OperationDesk::restore, request);
}

QFuture<Result<WriteAccess>> LiveDeployment::arm(const ArmRequest& request)
{
    QFuture<Result<WriteAccess>> future = d->ask<WriteAccess>(&OperationDesk::arm, request);
    // The answer is the caller's; here it only says that something may have changed.
    auto* watcher = new QFutureWatcher<Result<WriteAccess>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        Q_EMIT writeAccessChanged();
    });
    watcher->setFuture(future);
    return future;
}

void LiveDeployment::disarm()
{
    d->gate->disarm();
    Q_EMIT writeAccessChanged();
}

} // namespace lockscope
