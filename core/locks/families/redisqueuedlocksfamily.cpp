// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include "base/bytetext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* prefixAndFields
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a hash named rql:lock:NAME with acq_id, hst_id, ts and ini_ttl");
constexpr const char* acquirerRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "process, thread and fiber in the acquirer's id");
constexpr const char* queueRole = QT_TRANSLATE_NOOP("lockscope::Roles", "waiter queue");

constexpr QByteArrayView lockPrefix = "rql:lock:";
constexpr QByteArrayView acquirerPrefix = "rql:acq:";

constexpr const char* releaseBody = R"(local holder = redis.call('HGET', KEYS[1], 'acq_id')
if not holder or (ARGV[2] ~= '1' and holder ~= ARGV[1]) then return {'changed', holder or ''} end
if KEYS[2] ~= KEYS[1] then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '+inf') end
redis.call('DEL', KEYS[1])
return {'released', holder}
)";

constexpr const char* compareHolder = R"(local shown = redis.call('HGET', KEYS[1], 'acq_id') or ''
if shown ~= ARGV[1] then return {'changed', shown} end
)";
constexpr const char* swapHolder = "redis.call('HSET', KEYS[1], 'acq_id', ARGV[3])\n";

QByteArray queueOf(const QByteArray& key) { return "rql:lock_queue:" + key.mid(lockPrefix.size()); }

const KeyElement* find(const KeySample& sample, QByteArrayView name)
{
    const auto found = std::find_if(
        sample.elements.begin(), sample.elements.end(), [&](const KeyElement& field) { return field.name == name; });
    return found == sample.elements.end() ? nullptr : &*found;
}

class RedisQueuedLocks final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("redis_queued_locks"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "redis_queued_locks (Ruby)", "`rql:lock:NAME`: hash; `rql:lock_queue:NAME`: sorted set of waiters",
            "`rql:acq:PID/THREAD/FIBER/RACTOR/IDENT`: process and thread", "as the application chose",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "nothing: it is not told; the waiters line up again by themselves") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Hash || !sample.key.startsWith(lockPrefix))
            return {};
        for (QByteArrayView field : { "acq_id", "hst_id", "ts", "ini_ttl" }) {
            if (!find(sample, field))
                return {};
        }
        return { 0.98F, prefixAndFields };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        return { LockMode::Exclusive, { { find(sample, "acq_id")->value, -1, 1, LockMode::Exclusive } }, true,
            std::nullopt };
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        if (!token.startsWith(acquirerPrefix))
            return {};
        const QList<QByteArray> parts = token.sliced(acquirerPrefix.size()).split('/');
        constexpr const char* names[] = { "pid", "thread", "fiber", "ractor", "identity" };
        QList<OwnerHint> hints;
        for (qsizetype i = 0; i < std::min<qsizetype>(parts.size(), std::size(names)); ++i) {
            if (!parts[i].isEmpty())
                hints.append({ names[i], displayText(parts[i], 80), acquirerRule });
        }
        return hints;
    }

    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType type) const override
    {
        return type == KeyType::SortedSet && key.startsWith("rql:lock_queue:");
    }

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { queueOf(key), queueRole } };
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::SortedSet, queueOf(key) };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = recipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Empties the queue and deletes the lock if it still has this holder, as the library's own release of a "
                "lock by name does. The waiters line up again by themselves, perhaps in another order.") };
    }

    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override { return { key, queueOf(key) }; }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { leaseActScript(act, { KeyType::Hash, compareHolder, swapHolder }), leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& holder, const QByteArray& who) const override
    {
        return acquirerPrefix.toByteArray() + "0/0/0/0/" + LockFamily::operatorToken(holder, who);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRedisQueuedLocksFamily() { return std::make_unique<RedisQueuedLocks>(); }

} // namespace lockscope
