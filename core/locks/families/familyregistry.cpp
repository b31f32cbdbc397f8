// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"

#include "locks/families/plainfamily.h"

#include <algorithm>

namespace lockscope {

FamilyRegistry::FamilyRegistry() { m_families.push_back(std::make_unique<PlainFamily>()); }

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
    for (size_t i = 0; i < m_families.size(); ++i) {
        Recognition recognition = m_families[i]->recognise(sample);
        if (recognition.confidence > 0 && served.test(i + 1))
            recognition.confidence += (1 - recognition.confidence) / 2;
        if (recognition.confidence > best.recognition.confidence)
            best = { FamilyId(i + 1), recognition };
    }
    return best;
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
