// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/distributedlocktoken.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* readersAndTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a set named NAME.readers of MACHINE_PID_GUID, and a TTL");
constexpr const char* readersWithoutTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a set named NAME.readers of MACHINE_PID_GUID, but no TTL");
constexpr const char* writerRole = QT_TRANSLATE_NOOP("lockscope::Roles", "writer, or the mark of a writer that waits");

constexpr QByteArrayView readersSuffix = ".readers";

constexpr const char* releaseBody = R"(local reader = ARGV[1]
if redis.call('SISMEMBER', KEYS[1], reader) == 0 then
    reader = redis.call('SRANDMEMBER', KEYS[1])
    if ARGV[2] ~= '1' then return {'changed', reader} end
end
redis.call('SREM', KEYS[1], reader)
return {'released', reader}
)";

constexpr const char* compareReader = R"(local shown = ARGV[1]
if redis.call('SISMEMBER', KEYS[1], shown) == 0 then return {'changed', redis.call('SRANDMEMBER', KEYS[1])} end
if redis.call('SCARD', KEYS[1]) > 1 then return {'shared', redis.call('SCARD', KEYS[1])} end
)";
constexpr const char* onlyReaders = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "A reader's place keeps out writers only: other readers would still get in. Take the writer's place instead.");

class DistributedLockReaders final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("distributedlock-readers"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Set; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "DistributedLock.Redis reader-writer lock, readers (.NET)",
            "`NAME.readers`: set; `NAME.writer`: string of the writer, or of the one that waits",
            "`MACHINE_PID_GUID`: machine and process", "30 s, renewed every 9 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "is told by HandleLostToken. A dead reader's id stays while other readers keep the set alive") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::Set || !sample.key.endsWith(readersSuffix)
            || !everyElement(sample, [](const KeyElement& reader) { return isDistributedLockToken(reader.name); }))
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.97F, readersAndTtl } : Recognition { 0.8F, readersWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        reading.mode = LockMode::Read;
        for (const KeyElement& reader : sample.elements)
            reading.holders.push_back({ reader.name, -1, 1, LockMode::Read });
        sortByToken(reading.holders);
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return distributedLockOwnerHints(token);
    }

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { withoutSuffix(key, readersSuffix) + ".writer", writerRole } };
    }

    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {},
            QT_TRANSLATE_NOOP("lockscope::Waiters",
                "Waiters ask again and again; only one waiting writer leaves its mark in the key NAME.writer.") };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = recipeFor(KeyType::Set, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this one reader; the others stay. A waiting writer finds out when it asks again. The reader "
                "is "
                "told at its next renewal.") };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (act == LockAct::TakeOver || act == LockAct::HandBack)
            return { {}, leaseActExplanation(act), onlyReaders };
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { leaseActScript(act, { KeyType::Set, compareReader, {} }), leaseActExplanation(act) };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeDistributedLockReadersFamily() { return std::make_unique<DistributedLockReaders>(); }

} // namespace lockscope
