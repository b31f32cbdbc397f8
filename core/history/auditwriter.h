// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/taskqueue.h"
#include "history/auditappender.h"
#include "history/auditlog.h"

#include <QObject>

#include <condition_variable>
#include <thread>

namespace lockscope {

/// AuditLog for a thread that must not block: writes on a thread of its own, in order, and answers on the thread that
/// this object lives in. Every handler is called exactly once; the destructor waits for what was asked and calls what
/// is left.
class AuditWriter final : public QObject {
    Q_OBJECT
public:
    explicit AuditWriter(const QString& file, QObject* parent = nullptr);
    ~AuditWriter() override;

    void appendIntents(const QList<AuditIntent>& intents, UniqueFunction<void(Result<QList<qint64>>)> handler);
    void appendOutcomes(const QList<AuditOutcome>& outcomes, UniqueFunction<void(Status)> handler);
    void appendAftermaths(const QList<AuditAftermath>& aftermaths, UniqueFunction<void(Status)> handler);
    /// AuditLog::oldValue(), for `restore`.
    void readOldValue(qint64 id, UniqueFunction<void(Result<AuditOldValue>)> handler);

Q_SIGNALS:
    void answersReady(); ///< internal: from the writing thread to this object's

private:
    void post(TaskQueue::Task job);
    void answer(TaskQueue::Task handler);
    void runAnswers();
    void write();

    const AuditLog m_log; // used by the writing thread only
    AuditAppender* m_appender = nullptr; // the same; it lives there
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<TaskQueue::Task> m_jobs; // under m_mutex
    bool m_stopping = false; // under m_mutex
    TaskQueue m_answers;
    std::thread m_thread; // last: everything it uses is there before it
};

} // namespace lockscope
