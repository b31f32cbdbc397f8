// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/lockrecord.h"

#include <QList>

namespace lockscope {

/// What was read of one key, family-independent. String keys only for now: the bytes up to `maximumTokenBytes`.
struct KeySample {
    QByteArray key;
    QByteArray value; ///< at most maximumTokenBytes + 1 bytes: one more tells that it is too long for a token
    qint64 ttlMs = -1; ///< PTTL: -1 none
    bool explicitMatch = false; ///< the operator named this key or a pattern for it: "these are locks"
};
/// Longer values are no tokens: they are shown without one and only released by --any-token.
inline constexpr qsizetype maximumTokenBytes = 1024;

struct Recognition {
    float confidence = 0; ///< 0: not of this family
    const char* rule = ""; ///< which rule matched, for the evidence line; translatable, context lockscope::Rules
};

/// Something that a token tells of its holder.
struct OwnerHint {
    QByteArray name; ///< `host`, `pid`, `thread`, `created_at`, `uuid`…: the contract's `owner` fields
    QString value;
    const char* rule = ""; ///< which rule decoded it
};

/// What a force-release has to do for a family: one atomic script (KEYS[1] the key, ARGV[1] the expected token, ARGV[2] "1"
/// for any token). It answers a flat array: ["released", token] | ["gone"] | ["changed", token] | ["type", TYPE].
struct ReleaseRecipe {
    QByteArray luaSource;
    const char* explanation = ""; ///< what happens, for the dialog; translatable, context lockscope::Recipes
};

/// One lock library: how to recognise what it leaves in Redis, and how to end it as the library would. Stateless, no I/O,
/// thread-safe.
class LockFamily {
public:
    virtual ~LockFamily() = default;
    [[nodiscard]] virtual QLatin1StringView name() const = 0; ///< `plain`: the contract's `family`
    [[nodiscard]] virtual Recognition recognise(const KeySample& sample) const = 0;
    [[nodiscard]] virtual QList<OwnerHint> ownerHints(const QByteArray& token) const = 0;
    [[nodiscard]] virtual ReleaseRecipe releaseRecipe() const = 0;
};

} // namespace lockscope
