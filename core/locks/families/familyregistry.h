// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

#include <bitset>
#include <memory>
#include <vector>

namespace lockscope {

/// Families by id.
using FamilySet = std::bitset<256>;

struct FamilyMatch {
    FamilyId id = FamilyId::None; ///< None: no lock, or nobody knows
    Recognition recognition;
};

struct FamilyFingerprint {
    FamilyId family = FamilyId::None;
    ScriptFingerprint fingerprint;
};

/// All families, most specific first. Immutable after start-up; thread-safe.
class FamilyRegistry {
public:
    /// Another list of families, for tests.
    explicit FamilyRegistry(std::vector<std::unique_ptr<LockFamily>> families);
    [[nodiscard]] static const FamilyRegistry& instance();
    /// The best match, or FamilyId::None. Families whose scripts the server knows (`served`) are believed more easily.
    [[nodiscard]] FamilyMatch recognise(const KeySample& sample, const FamilySet& served = {}) const;
    /// Whether some family says that this key is one of its own and no lock.
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const;
    [[nodiscard]] const LockFamily& family(FamilyId id) const; ///< id must not be None
    [[nodiscard]] QLatin1StringView name(FamilyId id) const; ///< empty for None
    [[nodiscard]] FamilyId byName(const QByteArray& name) const; ///< None if unknown
    [[nodiscard]] QList<QByteArray> names() const;
    /// The scripts of all families.
    [[nodiscard]] QList<FamilyFingerprint> fingerprints() const;

private:
    FamilyRegistry();
    std::vector<std::unique_ptr<LockFamily>> m_families; // FamilyId is the index + 1
};

} // namespace lockscope
