// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under the name of a job of Bull");
constexpr const char* otherPrefix
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under a name that ends like a job of Bull");
constexpr const char* jobRole = QT_TRANSLATE_NOOP("lockscope::Roles", "job");
constexpr const char* stalledRole = QT_TRANSLATE_NOOP("lockscope::Roles", "jobs that may have stalled");
constexpr const char* inQueue = QT_TRANSLATE_NOOP("lockscope::Waiters", "Jobs wait in their queue, not for this lock.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the lock of the job if it still holds this token. That does not free the job: the stalled check of the "
    "queue puts it back after up to two intervals (30 s each). If the worker still runs, the job then runs twice.");

constexpr QByteArrayView suffix = ":lock";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !sample.key.endsWith(suffix) || !isUuidV4(sample.value) || sample.key.count(':') < 3)
        return {};
    const bool own = sample.key.startsWith("bull:") || sample.key.startsWith("{bull}:");
    return own ? Recognition { 0.85F, nameAndToken } : Recognition { 0.4F, otherPrefix };
}

class BullFamily final : public StringFamily {
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

std::unique_ptr<LockFamily> makeBullFamily()
{
    return std::make_unique<BullFamily>(StringFamily::Description {
        .name = "bull",
        .facts = { "Bull (Node.js)", "`bull:QUEUE:JOB:lock`: string, beside the job's hash",
            "UUID version 4 of the queue object", "30 s by default, renewed every 15 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "the worker goes on and fails at the end of the job; the stalled check puts the job back") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
