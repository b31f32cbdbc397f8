// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"

#include "locks/families/declaredfamily.h"
#include "locks/families/families.h"
#include "locks/families/ownerhints.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace lockscope {

namespace {

constexpr float likely = 0.5F;
constexpr size_t mostFamilies = FamilySet().size() - 1;

/// All that were ever installed. References to them are everywhere and in every thread; a changed file costs a list of
/// pointers and its own declarations, and that as often as somebody edits it.
struct Installed {
    std::mutex mutex;
    std::vector<std::shared_ptr<const FamilyRegistry>> all;
    std::atomic<const FamilyRegistry*> newest { nullptr };
};

Installed& installed()
{
    static Installed list;
    return list;
}

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
    m_families.push_back(makeRedissonLatchFamily());
    m_families.push_back(makeRedisQueuedLocksFamily());
    m_families.push_back(makeSidekiqUniqueJobsFamily());
    m_families.push_back(makeDistributedLockReadersFamily());
    m_families.push_back(makeDistributedLockSemaphoreFamily());
    m_families.push_back(makeRedisSemaphorePermitsFamily());
    m_families.push_back(makeSymfonyFamily());
    m_families.push_back(makeHueyFamily());
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
    m_builtIn = m_families.size();
    indexByType();
}

FamilyRegistry::FamilyRegistry(std::vector<std::unique_ptr<LockFamily>> families)
    : m_families(std::make_move_iterator(families.begin()), std::make_move_iterator(families.end()))
    , m_builtIn(m_families.size())
{
    indexByType();
}

void FamilyRegistry::indexByType()
{
    for (size_t type = 0; type < m_byType.size(); ++type) {
        for (size_t i = 1; i < m_builtIn; ++i) {
            const std::optional<KeyType> only = m_families[i]->keyType();
            if (!only || size_t(*only) == type)
                m_byType[type].push_back(quint8(i));
        }
    }
    // Most random tokens have one length: most values need only be shown to a few families.
    for (const quint8 i : m_byType[size_t(KeyType::String)]) {
        const auto* family = dynamic_cast<const StringFamily*>(m_families[i].get());
        const StringFamily::ValueSizes sizes = family ? family->valueSizes() : StringFamily::ValueSizes();
        const size_t longest = std::min(size_t(sizes.longest), m_bySize.size() - 1);
        for (auto size = size_t(sizes.shortest); size <= longest; ++size)
            m_bySize[size].push_back(i);
    }
}

const FamilyRegistry& FamilyRegistry::builtIn()
{
    static const FamilyRegistry registry;
    return registry;
}

const FamilyRegistry& FamilyRegistry::instance()
{
    const FamilyRegistry* newest = installed().newest.load(std::memory_order_acquire);
    return newest ? *newest : builtIn();
}

void FamilyRegistry::install(std::shared_ptr<const FamilyRegistry> registry)
{
    Installed& list = installed();
    const std::lock_guard guard(list.mutex);
    list.newest.store(registry.get(), std::memory_order_release);
    list.all.push_back(std::move(registry));
}

Result<std::shared_ptr<const FamilyRegistry>> FamilyRegistry::withDeclared(
    const std::vector<FamilyDeclaration>& declarations, const QList<OwnerPattern>& owners) const
{
    std::shared_ptr<FamilyRegistry> result(new FamilyRegistry(*this));
    result->m_declared.clear();
    result->m_declaredIds.clear();
    result->m_owners = owners;
    for (const FamilyDeclaration& declaration : declarations) {
        auto family = std::make_shared<const DeclaredFamily>(declaration);
        auto& families = result->m_families;
        const auto place = std::find_if(families.begin() + qsizetype(m_builtIn), families.end(),
            [&](const auto& known) { return known->name() == QLatin1StringView(declaration.name); });
        const size_t index = size_t(place - families.begin());
        if (index == mostFamilies)
            return fail(ErrorKind::Usage,
                QCoreApplication::translate("lockscope::FamilyFile",
                    "so many names of families were declared since the start that none is left: start anew"));
        if (place == families.end())
            families.push_back(family);
        else
            *place = family;
        result->m_declared.push_back(family.get());
        result->m_declaredIds.append(FamilyId(index + 1));
    }
    return std::shared_ptr<const FamilyRegistry>(std::move(result));
}

FamilyMatch FamilyRegistry::recognise(const KeySample& sample, const FamilySet& served) const
{
    const FamilyMatch declared = recogniseDeclared(sample);
    if (isAuxiliary(sample.key, sample.type))
        return declared;
    const FamilyMatch builtIn = recogniseBuiltIn(sample, served);
    // Who declared a family knows these names: it also wins where both are equally sure.
    const bool wins
        = declared.recognition.confidence > 0 && declared.recognition.confidence >= builtIn.recognition.confidence;
    return wins ? declared : builtIn;
}

FamilyMatch FamilyRegistry::recogniseDeclared(const KeySample& sample) const
{
    FamilyMatch best;
    for (size_t i = 0; i < m_declared.size(); ++i) {
        const Recognition recognition = m_declared[i]->recognise(sample);
        if (recognition.confidence > best.recognition.confidence)
            best = { m_declaredIds[qsizetype(i)], recognition };
    }
    return best;
}

FamilyMatch FamilyRegistry::recogniseBuiltIn(const KeySample& sample, const FamilySet& served) const
{
    FamilyMatch best;
    const std::vector<quint8>& candidates = sample.type == KeyType::String
        ? m_bySize[std::min(size_t(sample.value.size()), m_bySize.size() - 1)]
        : m_byType[size_t(sample.type)];
    for (const quint8 i : candidates) {
        Recognition recognition = m_families[i]->recognise(sample);
        if (recognition.confidence > 0 && served.test(size_t(i) + 1))
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
    const auto isOf = [&](const auto& family) { return family->isAuxiliary(key, type); };
    return std::any_of(m_families.begin(), m_families.begin() + qsizetype(m_builtIn), isOf)
        || std::any_of(m_declared.begin(), m_declared.end(), isOf);
}

QList<OwnerHint> FamilyRegistry::ownerHints(FamilyId id, const QByteArray& token) const
{
    QList<OwnerHint> hints;
    if (id == FamilyId::None)
        return hints;
    const LockFamily& whose = family(id);
    for (const OwnerPattern& owner : m_owners) {
        const bool wanted = owner.families.isEmpty()
            || owner.families.contains(QByteArrayView(whose.name().data(), whose.name().size()));
        if (wanted)
            appendNewHints(hints, hintsOf(owner, token));
    }
    appendNewHints(hints, whose.ownerHints(token));
    return hints;
}

const LockFamily& FamilyRegistry::family(FamilyId id) const
{
    Q_ASSERT(id != FamilyId::None);
    const size_t index = size_t(id) - 1;
    return index < m_families.size() ? *m_families[index] : *m_families[0];
}

QLatin1StringView FamilyRegistry::name(FamilyId id) const
{
    return id == FamilyId::None ? QLatin1StringView() : family(id).name();
}

FamilyId FamilyRegistry::byName(const QByteArray& name) const
{
    for (size_t i = 0; i < m_builtIn; ++i) {
        if (m_families[i]->name() == QLatin1StringView(name))
            return FamilyId(i + 1);
    }
    for (size_t i = 0; i < m_declared.size(); ++i) {
        if (m_declared[i]->name() == QLatin1StringView(name))
            return m_declaredIds[qsizetype(i)];
    }
    return FamilyId::None;
}

QList<QByteArray> FamilyRegistry::names() const
{
    QList<QByteArray> result;
    for (size_t i = 0; i < m_builtIn; ++i)
        result.append(QByteArray(m_families[i]->name().data(), m_families[i]->name().size()));
    for (const DeclaredFamily* family : m_declared)
        result.append(family->declaration().name);
    return result;
}

QList<FamilyFingerprint> FamilyRegistry::fingerprints() const
{
    QList<FamilyFingerprint> result;
    for (size_t i = 0; i < m_builtIn; ++i) {
        for (const ScriptFingerprint& fingerprint : m_families[i]->fingerprints())
            result.append({ FamilyId(i + 1), fingerprint });
    }
    return result;
}

const DeclaredFamily* FamilyRegistry::declared(FamilyId id) const
{
    const qsizetype index = m_declaredIds.indexOf(id);
    return index < 0 ? nullptr : m_declared[size_t(index)];
}

bool FamilyRegistry::isDeclaredName(QByteArrayView key) const
{
    return std::any_of(
        m_declared.begin(), m_declared.end(), [&](const DeclaredFamily* family) { return family->matchesName(key); });
}

} // namespace lockscope
