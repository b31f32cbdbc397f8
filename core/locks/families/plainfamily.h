// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

/// The documented pattern: a string key that holds a token and, as a rule, a TTL. What SET NX PX, redsync, redis-py,
/// redlock for Node and most others leave.
class PlainFamily final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override;
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::String; }
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override;
    [[nodiscard]] FamilyFacts facts() const override;
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override;
    [[nodiscard]] QByteArray fencingCounter(const QByteArray& key) const override;
    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override;
};

/// Whether a key's name says that it is a lock: `lock`, `mutex`, `lease` or `semaphore` in it, whatever the case, but
/// not as a part of another word (`block`, `clock`, `release`).
[[nodiscard]] bool hasLockLikeName(QByteArrayView key);

/// Whether a key's name is known to belong to something else that lock libraries leave beside their locks: throttles,
/// counters, latches, signals.
[[nodiscard]] bool isKnownAuxiliary(QByteArrayView key);

} // namespace lockscope
