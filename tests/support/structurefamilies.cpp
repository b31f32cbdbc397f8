// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/structurefamilies.h"

#include "locks/families/plainfamily.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lockscope {

namespace {

constexpr float sureness = 0.6F;

Recognition recogniseType(const KeySample& sample, KeyType type, const char* rule)
{
    const bool likely = sample.explicitMatch || hasLockLikeName(sample.key);
    return sample.type == type && likely && !sample.elements.empty() ? Recognition { sureness, rule } : Recognition {};
}

class HashFamily final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("hash"); }
    [[nodiscard]] FamilyFacts facts() const override { return {}; }
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        return recogniseType(sample, KeyType::Hash, "a hash of counters");
    }
    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        for (const KeyElement& field : sample.elements) {
            if (field.name == "mode")
                reading.mode = field.value == "read" ? LockMode::Read : LockMode::Write;
            else
                reading.holders.push_back({ field.name, -1, field.value.toLongLong() });
        }
        for (LockHolder& holder : reading.holders)
            holder.mode = reading.mode;
        std::sort(reading.holders.begin(), reading.holders.end(),
            [](const LockHolder& a, const LockHolder& b) { return a.token < b.token; });
        reading.held = !reading.holders.empty();
        return reading;
    }
    [[nodiscard]] bool isAuxiliary(QByteArrayView key, KeyType /*type*/) const override
    {
        return key.endsWith(":queue") || key.endsWith(":fence");
    }
    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { key + ":queue", "waiter queue" }, { key + ":fence", "fencing counter" } };
    }
    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::List, key + ":queue", "" };
    }
    [[nodiscard]] QByteArray fencingCounter(const QByteArray& key) const override { return key + ":fence"; }
    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override
    {
        if (event == "hincrby" || event == "hset")
            return EventMeaning::Acquired;
        return event == "hdel" ? EventMeaning::Released : EventMeaning::Nothing;
    }
    [[nodiscard]] QList<ScriptFingerprint> fingerprints() const override
    {
        static const QByteArray sha1 = QCryptographicHash::hash(hashAcquireScript, QCryptographicHash::Sha1).toHex();
        return { { sha1.constData(), "acquire", "hash 1.0" } };
    }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source(R"(local holder = redis.call('HKEYS', KEYS[1])[1]
if not holder then return {'gone'} end
if ARGV[2] ~= '1' and holder ~= ARGV[1] then return {'changed', holder} end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('PUBLISH', ARGV[3], 'released')
return {'released', holder}
)");
        return { source, "Deletes the hash and its queue." };
    }
    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override
    {
        return { key, key + ":queue" };
    }
    [[nodiscard]] QList<QByteArray> releaseArguments(const QByteArray& key) const override { return { key + ":wake" }; }
};

class SortedSetFamily final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("zset"); }
    [[nodiscard]] FamilyFacts facts() const override { return {}; }
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        return recogniseType(sample, KeyType::SortedSet, "a sorted set of deadlines");
    }
    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        reading.mode = LockMode::Semaphore;
        for (const KeyElement& member : sample.elements) {
            const qint64 left = qint64(member.score) - sample.serverMs;
            if (left > 0)
                reading.holders.push_back({ member.name, left, 1, LockMode::Semaphore });
        }
        reading.held = !reading.holders.empty();
        return reading;
    }
};

class SetFamily final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("set"); }
    [[nodiscard]] FamilyFacts facts() const override { return {}; }
    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        return recogniseType(sample, KeyType::Set, "a set of permits");
    }
    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        reading.mode = LockMode::Semaphore;
        for (const KeyElement& member : sample.elements)
            reading.holders.push_back({ member.name, -1, 1, LockMode::Semaphore });
        return reading;
    }
    [[nodiscard]] WaiterSource waiters(const QByteArray& key) const override
    {
        return { WaiterSource::Kind::Channel, key + ":wake", "" };
    }
};

std::vector<std::unique_ptr<LockFamily>> makeFamilies()
{
    std::vector<std::unique_ptr<LockFamily>> families;
    families.push_back(std::make_unique<PlainFamily>());
    families.push_back(std::make_unique<HashFamily>());
    families.push_back(std::make_unique<SortedSetFamily>());
    families.push_back(std::make_unique<SetFamily>());
    return families;
}

} // namespace

const FamilyRegistry& structureRegistry()
{
    static const FamilyRegistry registry(makeFamilies());
    return registry;
}

} // namespace lockscope
