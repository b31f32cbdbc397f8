// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/families/familydeclaration.h"

#include <array>
#include <bitset>
#include <memory>
#include <vector>

namespace lockscope {

class DeclaredFamily;

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

/// A list of all families: the built-in ones, most specific first, and those that a families file declares. Immutable
/// and thread-safe; a changed file makes a new one. An id is never given to another name: a family that is declared no
/// longer keeps its name and its recipe, for the records that still speak of it, and is not asked any more.
class FamilyRegistry {
public:
    /// Another list of families, for tests.
    explicit FamilyRegistry(std::vector<std::unique_ptr<LockFamily>> families);

    [[nodiscard]] static const FamilyRegistry& builtIn();
    /// The newest that was installed, else builtIn(). Stays until the end of the process, also when a newer one comes.
    [[nodiscard]] static const FamilyRegistry& instance();
    /// From now on this is instance(). It must come from instance().withDeclared(), and from one thread.
    static void install(std::shared_ptr<const FamilyRegistry> registry);
    /// This one with these declarations instead of those that it has. Errors: Usage, where the ids do not suffice.
    [[nodiscard]] Result<std::shared_ptr<const FamilyRegistry>> withDeclared(
        const std::vector<FamilyDeclaration>& declarations, const QList<OwnerPattern>& owners) const;

    /// The best match, or FamilyId::None. Families whose scripts the server knows (`served`) are believed more easily.
    [[nodiscard]] FamilyMatch recognise(const KeySample& sample, const FamilySet& served = {}) const;
    /// Whether some family says that this key is one of its own and no lock.
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const;
    /// What the token of a lock of this family tells: the operator's patterns first, then the family itself. Each name
    /// once. None: nothing.
    [[nodiscard]] QList<OwnerHint> ownerHints(FamilyId id, const QByteArray& token) const;
    /// The fallback for an id that this registry does not know; id must not be None.
    [[nodiscard]] const LockFamily& family(FamilyId id) const;
    [[nodiscard]] QLatin1StringView name(FamilyId id) const; ///< empty for None
    [[nodiscard]] FamilyId byName(const QByteArray& name) const; ///< None if unknown, or declared no longer
    [[nodiscard]] QList<QByteArray> names() const; ///< built-in ones, then declared ones
    /// The scripts of all families.
    [[nodiscard]] QList<FamilyFingerprint> fingerprints() const;

    /// Those that are declared now, in the order of the file.
    [[nodiscard]] const QList<FamilyId>& declaredIds() const { return m_declaredIds; }
    /// Null for a built-in family, and for one that is declared no longer.
    [[nodiscard]] const DeclaredFamily* declared(FamilyId id) const;
    /// Whether a key of this name may be a lock of a declared family.
    [[nodiscard]] bool isDeclaredName(QByteArrayView key) const;

private:
    FamilyRegistry();
    FamilyRegistry(const FamilyRegistry& other) = default;
    void indexByType();
    [[nodiscard]] FamilyMatch recogniseBuiltIn(const KeySample& sample, const FamilySet& served) const;
    [[nodiscard]] FamilyMatch recogniseDeclared(const KeySample& sample) const;

    std::vector<std::shared_ptr<const LockFamily>> m_families; // FamilyId is the index + 1
    size_t m_builtIn = 0; // how many of them come first
    std::vector<const DeclaredFamily*> m_declared; // of these those that are declared now
    QList<FamilyId> m_declaredIds; // theirs
    QList<OwnerPattern> m_owners;
    // Indices of the built-in families but the fallback: by KeyType, and those of strings by the value's size.
    std::array<std::vector<quint8>, 6> m_byType;
    std::array<std::vector<quint8>, 66> m_bySize; // the last: all larger ones
};

} // namespace lockscope
