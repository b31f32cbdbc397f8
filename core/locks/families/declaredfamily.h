// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familydeclaration.h"

namespace lockscope {

/// A lock family that a families file declares.
class DeclaredFamily final : public LockFamily {
public:
    explicit DeclaredFamily(FamilyDeclaration declaration);

    [[nodiscard]] const FamilyDeclaration& declaration() const { return m_declared; }
    [[nodiscard]] bool matchesName(QByteArrayView key) const;
    /// Why a key whose name fits is none of this family's locks; null where it is one, or its name does not fit.
    /// Translatable, context lockscope::FamilyFile.
    [[nodiscard]] const char* objection(const KeySample& sample) const;

    [[nodiscard]] QLatin1StringView name() const override;
    [[nodiscard]] std::optional<KeyType> keyType() const override { return m_declared.type; }
    [[nodiscard]] FamilyFacts facts() const override;
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override;
    [[nodiscard]] LockReading read(const KeySample& sample) const override;
    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override;
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override;
    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override;
    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override;
    [[nodiscard]] QByteArray fencingCounter(const QByteArray& key) const override;
    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override;
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override;
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override;
    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override;
    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override;

private:
    [[nodiscard]] bool isToken(const QByteArray& token) const;
    [[nodiscard]] bool isIgnored(const QByteArray& field) const;
    [[nodiscard]] const char* objectionToElements(const KeySample& sample) const;
    [[nodiscard]] std::vector<LockHolder> holdersOf(const KeySample& sample) const;
    [[nodiscard]] QByteArray nameOf(const std::optional<NameTemplate>& what, const QByteArray& key) const;
    [[nodiscard]] QByteArray nameOf(const NameTemplate& what, const QByteArray& key) const;

    const FamilyDeclaration m_declared;
    QByteArray m_keysFact;
    QByteArray m_tokenFact;
    std::vector<NamePattern> m_auxiliaryNames;
    std::vector<NamePattern> m_queueNames; ///< of the type of a queue only
    QByteArray m_releaseScript;
};

/// The script that ends a lock of such a family (LockFamily::releaseRecipe()). KEYS: the lock, then what is deleted
/// with it and the list that wakes waiters, as far as they may be named. ARGV[3] channel, ARGV[4] message, ARGV[5] that
/// list again, ARGV[6] what is pushed, ARGV[7] its TTL in ms or 0, ARGV[8] the holder's field, ARGV[9…] fields that
/// hold nothing; what is not there is empty.
[[nodiscard]] QByteArray declaredReleaseScript(KeyType type, HolderPlace place);

} // namespace lockscope
