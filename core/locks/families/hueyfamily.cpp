// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* lockFields
    = QT_TRANSLATE_NOOP("lockscope::Rules", "fields NAME.lock.LOCK with the value 1 among the results of Huey");
constexpr const char* lockRule = QT_TRANSLATE_NOOP("lockscope::Rules", "the name of Huey's lock in its field");

// Results of tasks stand in the same hash, and there may be many of them.
constexpr const char* releaseBody = R"(local holder = ARGV[1]
if not string.find(holder, '.lock.', 1, true) or redis.call('HGET', KEYS[1], holder) ~= '1' then
    holder = ''
    local fields = redis.call('HLEN', KEYS[1]) <= 10000 and redis.call('HKEYS', KEYS[1]) or {}
    table.sort(fields)
    for _, field in ipairs(fields) do
        if holder == '' and string.find(field, '.lock.', 1, true) and redis.call('HGET', KEYS[1], field) == '1' then
            holder = field
        end
    end
    if ARGV[2] ~= '1' or holder == '' then return {'changed', holder} end
end
redis.call('HDEL', KEYS[1], holder)
return {'released', holder}
)";

constexpr QByteArrayView mark = ".lock.";

bool isLock(const KeyElement& field) { return field.value == "1" && field.name.indexOf(mark) > 0; }

constexpr const char* onlyField = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "The lock is one field of a hash that also holds results: it has no lease, and nobody compares its value.");

class HueyLocks final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("huey"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::Hash; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "Huey `lock_task` (Python)",
            "`huey.results.NAME`: hash, a field `NAME.lock.LOCK` for each lock beside the results of tasks",
            "none: the field's name is the lock's, its value is 1", "none: a lock of a killed worker stays for ever",
            "goes on; its release deletes the lock, whoever has it by then" };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        const bool named = sample.type == KeyType::Hash && sample.key.startsWith("huey.results.");
        const bool locked = named && std::any_of(sample.elements.begin(), sample.elements.end(), isLock);
        return locked ? Recognition { 0.9F, lockFields } : Recognition {};
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading;
        for (const KeyElement& field : sample.elements) {
            if (isLock(field))
                reading.holders.push_back({ field.name, -1, 1, LockMode::Exclusive });
        }
        sortByToken(reading.holders);
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        const qsizetype at = token.indexOf(mark);
        if (at <= 0)
            return {};
        return { { "lock", displayText(token.mid(at + mark.size()), 80), lockRule } };
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = recipeFor(KeyType::Hash, releaseBody);
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes the field of this one lock; the results of tasks stay. Tasks that found it locked have failed "
                "already and are not woken.") };
    }
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        return needsTtl(act) || act == LockAct::HandBack ? ActRecipe { {}, leaseActExplanation(act), onlyField }
                                                         : LockFamily::actRecipe(act);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeHueyFamily() { return std::make_unique<HueyLocks>(); }

} // namespace lockscope
