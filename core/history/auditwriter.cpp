// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditwriter.h"

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 1s; // without a job: then the file is let go of

} // namespace

AuditWriter::AuditWriter(const QString& file, QObject* parent)
    : QObject(parent)
    , m_log(file)
    , m_thread([this] { write(); })
{
    connect(this, &AuditWriter::answersReady, this, &AuditWriter::runAnswers, Qt::QueuedConnection);
}

AuditWriter::~AuditWriter()
{
    {
        const std::lock_guard guard(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
    runAnswers();
}

void AuditWriter::write()
{
    AuditAppender appender(m_log.file());
    m_appender = &appender;
    const auto isWanted = [this] { return m_stopping || !m_jobs.empty(); };
    std::unique_lock guard(m_mutex);
    while (!m_stopping || !m_jobs.empty()) {
        if (!m_wake.wait_for(guard, patience, isWanted)) {
            guard.unlock();
            appender.close();
            guard.lock();
            m_wake.wait(guard, isWanted);
        }
        std::vector<TaskQueue::Task> jobs = std::exchange(m_jobs, {});
        guard.unlock();
        for (TaskQueue::Task& job : jobs)
            job();
        appender.noteHead();
        guard.lock();
    }
}

void AuditWriter::post(TaskQueue::Task job)
{
    {
        const std::lock_guard guard(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void AuditWriter::answer(TaskQueue::Task handler)
{
    if (m_answers.push(std::move(handler)))
        Q_EMIT answersReady();
}

void AuditWriter::runAnswers()
{
    for (TaskQueue::Task& handler : m_answers.take())
        handler();
}

void AuditWriter::appendIntents(const QList<AuditIntent>& intents, UniqueFunction<void(Result<QList<qint64>>)> handler)
{
    post([this, intents, handler = std::move(handler)]() mutable {
        answer([ids = m_appender->appendIntents(intents), handler = std::move(handler)]() mutable {
            handler(std::move(ids));
        });
    });
}

void AuditWriter::appendOutcomes(const QList<AuditOutcome>& outcomes, UniqueFunction<void(Status)> handler)
{
    post([this, outcomes, handler = std::move(handler)]() mutable {
        answer([done = m_appender->appendOutcomes(outcomes), handler = std::move(handler)]() mutable {
            handler(std::move(done));
        });
    });
}

void AuditWriter::appendAftermaths(const QList<AuditAftermath>& aftermaths, UniqueFunction<void(Status)> handler)
{
    post([this, aftermaths, handler = std::move(handler)]() mutable {
        answer([done = m_appender->appendAftermaths(aftermaths), handler = std::move(handler)]() mutable {
            handler(std::move(done));
        });
    });
}

void AuditWriter::readOldValue(qint64 id, UniqueFunction<void(Result<AuditOldValue>)> handler)
{
    post([this, id, handler = std::move(handler)]() mutable {
        answer([value = m_log.oldValue(id), handler = std::move(handler)]() mutable { handler(std::move(value)); });
    });
}

} // namespace lockscope
