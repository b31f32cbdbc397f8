// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include "base/bytetext.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

namespace lockscope {

namespace {

constexpr const char* digestAndLocked
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a hash named uniquejobs:DIGEST:LOCKED of job ids");
constexpr const char* jobRule = QT_TRANSLATE_NOOP("lockscope::Rules", "Sidekiq's job id");
constexpr const char* digestRole = QT_TRANSLATE_NOOP("lockscope::Roles", "digest of the job");
constexpr const char* queuedRole = QT_TRANSLATE_NOOP("lockscope::Roles", "jobs that may take the lock next");
constexpr const char* primedRole = QT_TRANSLATE_NOOP("lockscope::Roles", "jobs that are taking the lock");
constexpr const char* infoRole = QT_TRANSLATE_NOOP("lockscope::Roles", "description of the lock");
constexpr const char* indexRole = QT_TRANSLATE_NOOP("lockscope::Roles", "index of all digests");

constexpr QByteArrayView lockedSuffix = ":LOCKED";
constexpr QByteArrayView family = "uniquejobs:";

// Version 9 keeps a description in the hash and has no queue; version 8 keeps a time and lets jobs wait for an element
// of QUEUED.
constexpr const char* releaseBody = R"(local job = ARGV[1]
local described = redis.call('HGET', KEYS[1], job)
if not described then
    job = redis.call('HLEN', KEYS[1]) <= 10000 and redis.call('HKEYS', KEYS[1])[1] or ''
    if ARGV[2] ~= '1' or job == '' then return {'changed', job} end
    described = redis.call('HGET', KEYS[1], job)
end
redis.call('HDEL', KEYS[1], job)
if redis.call('EXISTS', KEYS[1]) == 0 then
    for i = 6, 7 do
        if KEYS[i] ~= KEYS[1] then redis.call('ZREM', KEYS[i], ARGV[3]) end
    end
    redis.call('DEL', KEYS[2], KEYS[4], KEYS[5])
end
if string.sub(described, 1, 1) ~= '{' and KEYS[3] ~= KEYS[1] then
    redis.call('LPUSH', KEYS[3], '1')
    redis.call('PEXPIRE', KEYS[3], 5000)
end
return {'released', job}
)";

constexpr const char* compareJob = R"(local shown = ARGV[1]
if redis.call('HEXISTS', KEYS[1], shown) == 0 then
    return {'changed', redis.call('HLEN', KEYS[1]) <= 10000 and redis.call('HKEYS', KEYS[1])[1] or ''}
end
if redis.call('HLEN', KEYS[1]) > 1 then return {'shared', redis.call('HLEN', KEYS[1])} end
)";
constexpr const char* digestKeys = R"(for _, i in ipairs({ 2, 4, 5 }) do
    if beside(i) then leased[#leased + 1] = KEYS[i] end
end
)";
constexpr const char* reaped = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The gem collects locks whose job it does not find, every 600 s: an operator's token would be taken for one.");

/// Where `uniquejobs:` begins, at the start of the key or behind a colon; -1: nowhere, or no digest follows.
qsizetype digestStart(QByteArrayView key)
{
    const qsizetype start = key.indexOf(family);
    if (start < 0 || (start > 0 && key[start - 1] != ':'))
        return -1;
    qsizetype end = start + family.size();
    while (end < key.size() && ((key[end] >= '0' && key[end] <= '9') || (key[end] >= 'a' && key[end] <= 'f')))
        ++end;
    const qsizetype digits = end - start - family.size();
    const bool ends = end == key.size() || key[end] == ':';
    return ends && digits >= 32 && digits <= 64 ? start : -1;
}

class SidekiqUniqueJobs final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("sidekiq-unique-jobs"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "sidekiq-unique-jobs 8 and 9 (Ruby)",
            "`uniquejobs:DIGEST:LOCKED`: hash; 8 also `DIGEST`, `:QUEUED`, `:PRIMED`, `:INFO`; index "
            "`uniquejobs:digests`",
            "field: job id; 9 stores worker, queue, limit and time with it", "none unless `lock_ttl` is set",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "nothing: the job runs on. Locks without a job are collected every 600 s") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Hash || !sample.key.endsWith(lockedSuffix) || digestStart(sample.key) < 0)
            return {};
        return sample.elements.empty() ? Recognition {} : Recognition { 0.97F, digestAndLocked };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        for (const KeyElement& job : sample.elements) {
            reading.holders.push_back({ job.name, -1, 1, LockMode::Exclusive });
            const bool several = job.value.startsWith('{')
                && QJsonDocument::fromJson(job.value).object().value(QLatin1StringView("limit")).toInteger(1) > 1;
            if (several || sample.size > 1)
                reading.mode = LockMode::Semaphore;
        }
        for (LockHolder& holder : reading.holders)
            holder.mode = reading.mode;
        sortByToken(reading.holders);
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return { { "job", displayText(token, 80), jobRule } };
    }

    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override
    {
        switch (type) {
        case KeyType::String:
            return digestStart(key) >= 0;
        case KeyType::List:
            return (key.endsWith(":QUEUED") || key.endsWith(":PRIMED")) && digestStart(key) >= 0;
        case KeyType::SortedSet:
            return key.endsWith("uniquejobs:digests") || key.endsWith("uniquejobs:expiring_digests");
        case KeyType::Hash:
        case KeyType::Set:
        case KeyType::Other:
            break;
        }
        return false;
    }

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        const QByteArray digest = withoutSuffix(key, lockedSuffix);
        return { { digest, digestRole }, { digest + ":QUEUED", queuedRole }, { digest + ":PRIMED", primedRole },
            { digest + ":INFO", infoRole }, { index(key, "digests"), indexRole } };
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {},
            QT_TRANSLATE_NOOP("lockscope::Waiters",
                "Jobs of version 8 wait in BLMOVE: CLIENT LIST shows such clients, but not for which key; version 9 "
                "stores "
                "nothing of them.") };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = recipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this job from the lock. If no other job holds it, its digest and description and their "
                "entries "
                "in the index go too. A job of version 8 that waits is let in. The job itself goes on running.") };
    }

    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override
    {
        const QByteArray digest = withoutSuffix(key, lockedSuffix);
        return { key, digest, digest + ":QUEUED", digest + ":PRIMED", digest + ":INFO", index(key, "digests"),
            index(key, "expiring_digests") };
    }

    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { withoutSuffix(key, lockedSuffix) };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (act == LockAct::TakeOver || act == LockAct::HandBack)
            return { {}, leaseActExplanation(act), reaped };
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { leaseActScript(act, { KeyType::Hash, compareJob, {}, {}, digestKeys }), leaseActExplanation(act) };
    }

private:
    [[nodiscard]] static QByteArray index(const QByteArray& key, const char* name)
    {
        return key.left(std::max<qsizetype>(digestStart(key), 0)) + family + name;
    }
};

} // namespace

std::unique_ptr<LockFamily> makeSidekiqUniqueJobsFamily() { return std::make_unique<SidekiqUniqueJobs>(); }

} // namespace lockscope
