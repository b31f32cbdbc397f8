// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"

#include <QFutureWatcher>
#include <QPromise>

#include <memory>
#include <mutex>
#include <utility>

namespace lockscope {

/// Runs `work` on a thread of Qt's global pool. What it carries goes over through a queue with a lock of our own,
/// because that one is visible to the thread sanitizer, and those inside a Qt library are not. Any thread.
void runInPool(UniqueFunction<void()> work);

/// Runs `work(job)` on a thread of the pool, and then `done(job)` on the guard's thread unless the guard is gone by
/// then.
template <typename Job> void runInPool(QObject* guard, Job job, void (*work)(Job&), UniqueFunction<void(Job)> done)
{
    struct Handover {
        std::mutex mutex;
        Job job;
    };
    // The future only says when; the job itself goes over and back under the lock.
    const auto handover = std::make_shared<Handover>();
    handover->job = std::move(job);
    QPromise<void> promise;
    auto* watcher = new QFutureWatcher<void>(guard);
    QObject::connect(
        watcher, &QFutureWatcherBase::finished, guard, [watcher, handover, done = std::move(done)]() mutable {
            watcher->deleteLater();
            std::unique_lock lock(handover->mutex);
            Job result = std::move(handover->job);
            lock.unlock();
            done(std::move(result));
        });
    watcher->setFuture(promise.future());
    runInPool([handover, work, promise = std::move(promise)]() mutable {
        promise.start();
        {
            const std::lock_guard lock(handover->mutex);
            work(handover->job);
        }
        promise.finish();
    });
}

} // namespace lockscope
