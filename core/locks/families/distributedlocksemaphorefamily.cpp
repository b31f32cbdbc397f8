// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/distributedlocktoken.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* ticketsAndTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a sorted set of MACHINE_PID_GUID with deadlines, and a TTL");
constexpr const char* ticketsWithoutTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a sorted set of MACHINE_PID_GUID with deadlines, but no TTL");

class DistributedLockSemaphore final : public LockFamily {
public:
    [[nodiscard]] QLatin1StringView name() const override { return QLatin1StringView("distributedlock-semaphore"); }
    [[nodiscard]] std::optional<KeyType> keyType() const override { return KeyType::SortedSet; }

    [[nodiscard]] FamilyFacts facts() const override
    {
        return { "DistributedLock.Redis semaphore (.NET)", "`NAME`: sorted set of holders with deadlines",
            "`MACHINE_PID_GUID`: machine and process", "30 s, renewed every 9 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "is told by HandleLostToken") };
    }

    [[nodiscard]] Recognition recognise(const KeySample& sample) const override
    {
        if (sample.type != KeyType::SortedSet)
            return {};
        const bool shaped = everyElement(sample,
            [](const KeyElement& ticket) { return isEpochMs(ticket.score) && isDistributedLockToken(ticket.name); });
        if (!shaped)
            return {};
        return sample.ttlMs >= 0 ? Recognition { 0.97F, ticketsAndTtl } : Recognition { 0.8F, ticketsWithoutTtl };
    }

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        LockReading reading { LockMode::Semaphore, membersBeforeDeadline(sample, LockMode::Semaphore), true,
            std::nullopt };
        reading.held = !reading.holders.empty();
        return reading;
    }

    [[nodiscard]] QList<OwnerHint> ownerHints(const QByteArray& token) const override
    {
        return distributedLockOwnerHints(token);
    }

    [[nodiscard]] EventMeaning meaningOf(QByteArrayView event) const override { return elementEventMeaning(event); }

    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = sortedSetMemberRecipe();
        return { source,
            QT_TRANSLATE_NOOP("lockscope::Recipes",
                "Removes this one holder; the others stay. Waiters find out when they ask again. The holder is told at "
                "its next renewal.") };
    }

    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return LockFamily::actRecipe(act);
        return { deadlineActScript(act), leaseActExplanation(act) };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& who) const override
    {
        return distributedLockOperatorToken(who);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeDistributedLockSemaphoreFamily()
{
    return std::make_unique<DistributedLockSemaphore>();
}

} // namespace lockscope
