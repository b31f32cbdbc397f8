// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/releasescripts.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* nameTokenTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under REGISTRY:PATH, the name says lock, at most 60 s");
constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under REGISTRY:PATH, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under REGISTRY:PATH");
constexpr const char* byPattern = QT_TRANSLATE_NOOP("lockscope::Waiters",
    "Waiting programs subscribe to all channels of a registry by one pattern, or ask again and again: they cannot be "
    "counted for one lock.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token, and publishes its name on the channel of the registry, so that "
    "waiters wake. The holder is not told before its next renewal.");

constexpr const char* version = "Spring Integration 7.1";

// A UUID in a key with a TTL is all there is to see: the scripts in the server's cache decide (`served`).
Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || !isUuidV4(sample.value) || sample.key.indexOf(':') <= 0)
        return {};
    if (!hasLockLikeName(sample.key))
        return { 0.1F, tokenOnly };
    const bool usual = std::max(sample.ttlMs, sample.longestTtlMs) <= 60'000;
    return usual ? Recognition { 0.4F, nameTokenTtl } : Recognition { 0.3F, nameAndToken };
}

class SpringIntegrationFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, byPattern };
    }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source
            = compareAndDeleteScript("if ARGV[3] then redis.call('PUBLISH', ARGV[3], KEYS[1]) end\n");
        return { source, explanation };
    }
    /// The channel. A registry's own name has no colon, as a rule.
    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override
    {
        return { key.left(key.indexOf(':')) + "-channel:" + key };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeSpringIntegrationFamily()
{
    return std::make_unique<SpringIntegrationFamily>(StringFamily::Description {
        .name = "spring-integration",
        .facts
        = { "Spring Integration `RedisLockRegistry` (Java)", "`REGISTRY:PATH`: string; channel `REGISTRY-channel:KEY`",
            "UUID version 4, one for all locks of a registry object: the same on many keys is one process",
            "60 s by default; every third of it where a task scheduler is set",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "its next renewal reports the loss; `unlock()` throws `ConcurrentModificationException`") },
        .recognise = recognise,
        .sizes = { 36, 36 },
        .fingerprints = { { "175897a4e379e99e79a54937be09226f76cdcfe5", "obtain", version },
            { "879e0f7b8d83c3266d4e996627438c05dbda0b89", "renew", version },
            { "7a71e9443a2a41539fb115a5a27d5a748a871aed", "unlock and publish", version },
            { "f0f9038aa2b6d6c3436c72d147573ea2a58f0ef2", "unlock", version } },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
