// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "worker and counter as BullMQ writes them, under the name of a job");
constexpr const char* workerRule = QT_TRANSLATE_NOOP("lockscope::Rules", "the id of the worker in the token");
constexpr const char* jobRole = QT_TRANSLATE_NOOP("lockscope::Roles", "job");
constexpr const char* stalledRole = QT_TRANSLATE_NOOP("lockscope::Roles", "jobs that may have stalled");
constexpr const char* inQueue = QT_TRANSLATE_NOOP("lockscope::Waiters", "Jobs wait in their queue, not for this lock.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the lock of the job if it still holds this token. That does not free the job: the stalled check of the "
    "queue puts it back after up to two intervals (30 s each). If the worker still runs, the job then runs twice.");

constexpr QByteArrayView suffix = ":lock";

Recognition recognise(const KeySample& sample)
{
    const QByteArrayView value(sample.value);
    const bool token = value.size() > 37 && value[36] == ':' && sample.ttlMs >= 0 && sample.key.endsWith(suffix)
        && isUuidV4(value.first(36)) && isDecimal(value.sliced(37));
    // PREFIX:QUEUE:JOB:lock
    return token && sample.key.count(':') >= 3 ? Recognition { 0.92F, nameAndToken } : Recognition {};
}

QList<OwnerHint> hints(const QByteArray& token)
{
    return { { "worker", QString::fromLatin1(token.left(token.indexOf(':'))), workerRule } };
}

class BullMqFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        const QByteArray job = withoutSuffix(key, suffix);
        return { { job, jobRole }, { job.left(job.lastIndexOf(':') + 1) + "stalled", stalledRole } };
    }
    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, inQueue };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeBullMqFamily()
{
    return std::make_unique<BullMqFamily>(StringFamily::Description {
        .name = "bullmq",
        .facts = { "BullMQ (Node.js)", "`bull:QUEUE:JOB:lock`: string, beside the job's hash",
            "`WORKER:COUNTER`: the worker's UUID", "30 s by default, renewed every 15 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "the worker goes on and fails at the end of the job; the stalled check puts the job back") },
        .recognise = recognise,
        .sizes = { 38, maximumTokenBytes },
        .ownerHints = hints,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
