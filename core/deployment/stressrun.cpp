// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stressrun.h"

#include "base/taskqueue.h"
#include "stress/fault.h"
#include "stress/strategyregistry.h"
#include "stress/stressdirector.h"
#include "stress/stresstext.h"

#include <QThread>

#include <algorithm>

namespace lockscope {

/// The thread in which the director is made, lives and dies.
class StressRun::Thread final : public QThread {
    Q_OBJECT
public:
    explicit Thread(StressConfig config)
        : m_config(std::move(config))
    {
    }
    void post(UniqueFunction<void(StressDirector&)> task)
    {
        if (m_tasks.push([this, task = std::move(task)]() mutable { task(*m_director); }))
            Q_EMIT tasksWaiting();
    }
    void join()
    {
        wait();
        // QThread's own waiting is invisible to the thread sanitizer: this pairs with the end of run().
        const std::lock_guard guard(m_mutex);
        const std::vector<TaskQueue::Task> dropped = m_tasks.take();
    }
    [[nodiscard]] const ProgressBox& box() const { return m_box; }
    [[nodiscard]] const StressConfig& config() const { return m_config; }

Q_SIGNALS:
    void progressed();
    void ended();
    void tasksWaiting(); ///< internal

protected:
    void run() override
    {
        lead();
        const std::lock_guard guard(m_mutex);
    }

private:
    void lead()
    {
        StressDirector director(m_config, m_box);
        m_director = &director;
        const auto runTasks = [this] {
            for (TaskQueue::Task& task : m_tasks.take())
                task();
        };
        connect(&director, &StressDirector::progressed, &director, [this] { Q_EMIT progressed(); });
        connect(&director, &StressDirector::finished, &director, [this] {
            Q_EMIT ended();
            quit();
        });
        connect(this, &Thread::tasksWaiting, &director, runTasks, Qt::QueuedConnection);
        QMetaObject::invokeMethod(&director, &StressDirector::start, Qt::QueuedConnection);
        QMetaObject::invokeMethod(&director, runTasks, Qt::QueuedConnection);
        exec();
    }

    const StressConfig m_config;
    ProgressBox m_box;
    StressDirector* m_director = nullptr; // used in the thread only
    TaskQueue m_tasks;
    std::mutex m_mutex;
};

QList<StressChoice> stressStrategies()
{
    QList<StressChoice> choices;
    for (const auto& strategy : strategies()) {
        const StrategyFacts& facts = strategy->facts();
        StressChoice choice;
        choice.name = facts.name;
        choice.summary = stressText(facts.summary);
        choice.promises = stressText(facts.promises);
        choice.doesNot = stressText(facts.doesNot);
        choice.isSafe = facts.isSafe;
        choice.usesQuorum = facts.usesQuorum;
        choice.demonstration = facts.demonstration;
        choices.append(choice);
    }
    return choices;
}

QList<StressChoice> stressFaults()
{
    QList<StressChoice> choices;
    for (const auto& fault : faults()) {
        const FaultFacts& facts = fault->facts();
        StressChoice choice;
        choice.name = facts.name;
        choice.summary = stressText(facts.summary);
        choice.needsSandbox = facts.needsSandbox;
        choice.needsProxy = facts.needsProxy;
        choice.isInstant = facts.isInstant;
        for (const FaultParameter& parameter : facts.parameters)
            choice.parameters.append(parameter.name);
        choices.append(choice);
    }
    return choices;
}

Result<std::unique_ptr<StressRun>> StressRun::create(const StressConfig& config)
{
    if (const Status usable = checkConfig(config); !usable)
        return fail(usable.error());
    return std::unique_ptr<StressRun>(new StressRun(config));
}

StressRun::StressRun(const StressConfig& config)
    : m_thread(std::make_unique<Thread>(config))
{
    connect(m_thread.get(), &Thread::progressed, this, &StressRun::progressed, Qt::QueuedConnection);
    connect(m_thread.get(), &Thread::ended, this, &StressRun::finished, Qt::QueuedConnection);
}

StressRun::~StressRun()
{
    if (m_thread->isRunning()) {
        stop();
        stop();
    }
    m_thread->join();
}

void StressRun::start() { m_thread->start(); }

void StressRun::stop()
{
    m_thread->post([](StressDirector& director) { director.stop(); });
}

Status checkFire(const StressConfig& config, const FaultSpec& fault)
{
    if (const Status usable = checkFault(config, fault); !usable)
        return usable;
    const FaultFacts& wanted = findFault(fault.name)->facts();
    const auto brings = [&wanted](const FaultSpec& spec) {
        const FaultFacts& facts = findFault(spec.name)->facts();
        return (facts.needsProxy || !wanted.needsProxy) && (facts.needsReplica || !wanted.needsReplica);
    };
    if (config.proxied || (!wanted.needsProxy && !wanted.needsReplica)
        || std::any_of(config.faults.begin(), config.faults.end(), brings))
        return {};
    return fail(ErrorKind::Usage,
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 needs a proxy that has stood from the start"))
            .arg(QString::fromUtf8(fault.name)));
}

Status StressRun::fireFault(const FaultSpec& fault)
{
    if (const Status usable = checkFire(m_thread->config(), fault); !usable)
        return usable;
    m_thread->post([fault](StressDirector& director) { director.fireFault(fault); });
    return {};
}

void StressRun::endFault(const QByteArray& name)
{
    m_thread->post([name](StressDirector& director) { director.endFault(name); });
}

std::shared_ptr<const StressProgress> StressRun::progress() const { return m_thread->box().progress(); }

std::optional<Result<std::shared_ptr<const StressReport>>> StressRun::result() const
{
    return m_thread->box().result();
}

} // namespace lockscope

#include "stressrun.moc"
