// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

/// A family whose lock is one string key that holds the token: as data. What goes beyond it, a subclass overrides.
class StringFamily : public LockFamily {
public:
    /// How long the values are that it is asked about, in bytes.
    struct ValueSizes {
        qsizetype shortest = 0;
        qsizetype longest = maximumTokenBytes;
    };
    struct Description {
        const char* name = "";
        FamilyFacts facts;
        /// Is only asked about string keys whose value can be a token.
        Recognition (*recognise)(const KeySample& sample) = nullptr;
        ValueSizes sizes {};
        QList<ScriptFingerprint> fingerprints {};
        QList<OwnerHint> (*ownerHints)(const QByteArray& token) = nullptr; ///< null: what the shape alone tells
        bool (*isAuxiliary)(QByteArrayView key, KeyType type) = nullptr; ///< null: nothing is
        const char* releaseExplanation = nullptr; ///< null: that of compare-and-delete
        const char* takeOverObstacle = nullptr; ///< why nobody can take over; null: it can be done
    };
    explicit StringFamily(Description description)
        : m_description(std::move(description))
    {
    }

    [[nodiscard]] QLatin1StringView name() const final { return QLatin1StringView(m_description.name); }
    [[nodiscard]] FamilyFacts facts() const final { return m_description.facts; }
    [[nodiscard]] std::optional<KeyType> keyType() const final { return KeyType::String; }
    [[nodiscard]] ValueSizes valueSizes() const { return m_description.sizes; }
    [[nodiscard]] Recognition recognise(const KeySample& sample) const final;
    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const final;
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const final;
    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const final { return m_description.fingerprints; }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override;
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override;

private:
    const Description m_description;
};

} // namespace lockscope
