// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"

#include "locks/families/families.h"
#include "locks/families/plainfamily.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr float likely = 0.5F;

} // namespace

// A family's id is its place here. The first is the fallback; the rest stands in the order in which they are preferred
// where two are equally sure.
FamilyRegistry::FamilyRegistry()
{
    m_families.push_back(std::make_unique<PlainFamily>());
    m_families.push_back(makeRedissonRwlockFamily());
    m_families.push_back(makeRedissonMultilockFamily());
    m_families.push_back(makeRedissonFamily());
    m_families.push_back(makeRedissonPermitsFamily());
    m_families.push_back(makeRedissonSemaphoreFamily());
    m_families.push_back(makeRedisQueuedLocksFamily());
    m_families.push_back(makeSidekiqUniqueJobsFamily());
    m_families.push_back(makeDistributedLockReadersFamily());
    m_families.push_back(makeDistributedLockSemaphoreFamily());
    m_families.push_back(makeRedisSemaphorePermitsFamily());
    m_families.push_back(makeSymfonyFamily());
    m_families.push_back(makeRedsyncFamily());
    m_families.push_back(makeRedisPyFamily());
    m_families.push_back(makeKombuFamily());
    m_families.push_back(makeRedBeatFamily());
    m_families.push_back(makeCeleryOnceFamily());
    m_families.push_back(makeDogpileFamily());
    m_families.push_back(makePythonRedisLockFamily());
    m_families.push_back(makeSpringIntegrationFamily());
    m_families.push_back(makeShedLockFamily());
    m_families.push_back(makeRedLockNetFamily());
    m_families.push_back(makePotteryFamily());
    m_families.push_back(makeDistributedLockFamily());
    m_families.push_back(makeNodeRedlockFamily());
    m_families.push_back(makeRedisSemaphoreMutexFamily());
    m_families.push_back(makeBullMqFamily());
    m_families.push_back(makeBullFamily());
    m_families.push_back(makeRedislockFamily());
    m_families.push_back(makeRueidislockFamily());
    m_families.push_back(makeGoZeroFamily());
    m_families.push_back(makeFoundatioFamily());
    m_families.push_back(makeLaravelFamily());
    m_families.push_back(makePhpLockFamily());
    m_families.push_back(makeCheprasovFamily());
    m_families.push_back(makeRedlockRbFamily());
    m_families.push_back(makeAioredlockFamily());
    m_families.push_back(makeQuartzFamily());
    m_families.push_back(makeSentryFamily());
    m_families.push_back(makeGitLabFamily());
    m_families.push_back(makeHangfireFamily());
    m_families.push_back(makeDiscourseFamily());
    m_families.push_back(makeRedisObjectsFamily());
    m_families.push_back(makeMlanettRedisLockFamily());
    m_families.push_back(makeNpmRedisLockFamily());
    m_families.push_back(makeRqFamily());
    m_families.push_back(makeAsynqFamily());
    m_families.push_back(makeRslockFamily());
    m_families.push_back(makeRedisPlusPlusFamily());
}

FamilyRegistry::FamilyRegistry(std::vector<std::unique_ptr<LockFamily>> families)
    : m_families(std::move(families))
{
}

const FamilyRegistry& FamilyRegistry::instance()
{
    static const FamilyRegistry registry;
    return registry;
}

FamilyMatch FamilyRegistry::recognise(const KeySample& sample, const FamilySet& served) const
{
    if (isAuxiliary(sample.key, sample.type))
        return {};
    FamilyMatch best;
    for (size_t i = 1; i < m_families.size(); ++i) {
        Recognition recognition = m_families[i]->recognise(sample);
        if (recognition.confidence > 0 && served.test(i + 1))
            recognition.confidence += (1 - recognition.confidence) / 2;
        if (recognition.confidence > best.recognition.confidence)
            best = { FamilyId(i + 1), recognition };
    }
    if (best.recognition.confidence >= likely)
        return best;
    // A mere guess of whose it is makes no lock of a string: how sure the fallback is says whether it is one at all.
    const Recognition plain = m_families[0]->recognise(sample);
    if (plain.confidence > 0)
        return { FamilyId(1), plain };
    return sample.type == KeyType::String ? FamilyMatch() : best;
}

bool FamilyRegistry::isAuxiliary(QByteArrayView key, KeyType type) const
{
    return std::any_of(
        m_families.begin(), m_families.end(), [&](const auto& family) { return family->isAuxiliary(key, type); });
}

const LockFamily& FamilyRegistry::family(FamilyId id) const
{
    Q_ASSERT(id != FamilyId::None && size_t(id) <= m_families.size());
    return *m_families[size_t(id) - 1];
}

QLatin1StringView FamilyRegistry::name(FamilyId id) const
{
    return id == FamilyId::None ? QLatin1StringView() : family(id).name();
}

FamilyId FamilyRegistry::byName(const QByteArray& name) const
{
    for (size_t i = 0; i < m_families.size(); ++i) {
        if (m_families[i]->name() == QLatin1StringView(name))
            return FamilyId(i + 1);
    }
    return FamilyId::None;
}

QList<QByteArray> FamilyRegistry::names() const
{
    QList<QByteArray> result;
    for (const auto& family : m_families)
        result.append(QByteArray(family->name().data(), family->name().size()));
    return result;
}

QList<FamilyFingerprint> FamilyRegistry::fingerprints() const
{
    QList<FamilyFingerprint> result;
    for (size_t i = 0; i < m_families.size(); ++i) {
        for (const ScriptFingerprint& fingerprint : m_families[i]->fingerprints())
            result.append({ FamilyId(i + 1), fingerprint });
    }
    return result;
}

} // namespace lockscope
