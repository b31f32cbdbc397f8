// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/releasescripts.h"
#include "locks/families/stringfamily.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "host and process under lock:owner:, without a TTL");
constexpr const char* nameTokenTtl = QT_TRANSLATE_NOOP("lockscope::Rules", "host and process under lock:owner:");
constexpr const char* expiryRole = QT_TRANSLATE_NOOP("lockscope::Roles", "time when it expires");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token, and the key with the time when it expires. In a cluster that one "
    "only where both lie in one slot. The holder is not told.");

constexpr QByteArrayView ownerPrefix = "lock:owner:";
constexpr QByteArrayView expiryPrefix = "lock:expire:";

Recognition recognise(const KeySample& sample)
{
    if (!sample.key.startsWith(ownerPrefix) || !decodeHostAndPid(sample.value))
        return {};
    return sample.ttlMs < 0 ? Recognition { 0.92F, nameAndToken } : Recognition { 0.6F, nameTokenTtl };
}

constexpr const char* endBeside = QT_TRANSLATE_NOOP(
    "lockscope::Recipes", "The lock has no TTL by design: a second key says when it ends. Shorten the lease instead.");

constexpr const char* compare = R"(local shown = redis.call('GETRANGE', KEYS[1], 0, 1024)
if shown ~= ARGV[1] then return {'changed', shown} end
if not KEYS[2] or KEYS[2] == KEYS[1] then return {'split'} end
local now = redis.call('TIME')[1] * 1000
local ends = tonumber(redis.call('GET', KEYS[2]) or '')
local left = ends and math.max(ends * 1000 - now, 0) or -1
local want = tonumber(ARGV[2])
)";
constexpr const char* unlessLonger = "if left >= 0 and left <= want then return {'unneeded', shown, left} end\n";
constexpr const char* swap = "redis.call('SET', KEYS[1], ARGV[3])\n";
// The end is in whole seconds: rounded up, so that the operator gets what was asked for.
constexpr const char* setEnd = R"(if want < 0 then
    redis.call('DEL', KEYS[2])
else
    redis.call('SET', KEYS[2], string.format('%.0f', math.ceil((now + want) / 1000)))
end
return {'done', shown, left}
)";

bool isExpiry(QByteArrayView key, KeyType type) { return type == KeyType::String && key.startsWith(expiryPrefix); }

QByteArray expiryOf(const QByteArray& key) { return expiryPrefix.toByteArray() + key.mid(ownerPrefix.size()); }

class MlanettRedisLockFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { expiryOf(key), expiryRole } };
    }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source
            = compareAndDeleteScript("if KEYS[2] and KEYS[2] ~= KEYS[1] then redis.call('DEL', KEYS[2]) end\n");
        return { source, explanation };
    }
    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override { return { key, expiryOf(key) }; }
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (act == LockAct::AddTtl)
            return { {}, leaseActExplanation(act), endBeside };
        if (!needsTtl(act))
            return StringFamily::actRecipe(act);
        const QByteArray body = QByteArray(compare) + (act == LockAct::Shorten ? unlessLonger : swap) + setEnd;
        return { recipeFor(KeyType::String, body.constData()), leaseActExplanation(act) };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeMlanettRedisLockFamily()
{
    return std::make_unique<MlanettRedisLockFamily>(StringFamily::Description {
        .name = "mlanett-redis-lock",
        .facts = { "mlanett-redis-lock (Ruby)",
            "`lock:owner:NAME`, and `lock:expire:NAME` with the time when it expires: strings",
            "`HOST:PID`: host and process",
            "no TTL: the second key holds seconds since 1970, and the next taker looks at it",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; extending and releasing it fail") },
        .recognise = recognise,
        .sizes = { 3, maximumTokenBytes },
        .isAuxiliary = isExpiry,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
