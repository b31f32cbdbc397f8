// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/distributedlocktoken.h"
#include "locks/families/elements.h"
#include "locks/families/families.h"
#include "locks/families/ownerhints.h"
#include "locks/families/stringfamily.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* tokenRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "machine, process and GUID as DistributedLock writes them, and a TTL");
constexpr const char* bareRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "machine, process and GUID as DistributedLock writes them");
constexpr const char* readersRole = QT_TRANSLATE_NOOP("lockscope::Roles", "readers");
constexpr const char* explanation = QT_TRANSLATE_NOOP(
    "lockscope::Recipes", "Deletes the key if it still holds this token. The holder learns it at its next renewal.");

constexpr const char* version = "DistributedLock 2.8";

constexpr QByteArrayView waitingMark = "_WRITERWAITING";
constexpr QByteArrayView writerSuffix = ".writer";

QByteArray withoutMark(const QByteArray& value)
{
    return value.endsWith(waitingMark) ? value.chopped(waitingMark.size()) : value;
}

Recognition recognise(const KeySample& sample)
{
    const QByteArray token = withoutMark(sample.value);
    const qsizetype guid = token.size() - 32;
    const bool shaped = guid >= 4 && token[guid - 1] == '_' && isLowerHex(QByteArrayView(token).sliced(guid))
        && decodeHostAndPid(token);
    if (!shaped)
        return {};
    return sample.ttlMs >= 0 ? Recognition { 0.92F, tokenRule } : Recognition { 0.6F, bareRule };
}

QList<OwnerHint> hints(const QByteArray& token) { return ownerHintsByShape(withoutMark(token)); }

class DistributedLockFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] LockReading read(const KeySample& sample) const override
    {
        const LockMode mode = sample.key.endsWith(writerSuffix) ? LockMode::Write : LockMode::Exclusive;
        if (sample.value.endsWith(waitingMark)) // a writer that keeps new readers out, but has to wait itself
            return { mode, {}, false, std::nullopt };
        return { mode, { { sample.value, -1, 1, mode } }, true, std::nullopt };
    }
    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        if (!key.endsWith(writerSuffix))
            return {};
        return { { withoutSuffix(key, writerSuffix) + ".readers", readersRole } };
    }

    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& who) const override
    {
        return distributedLockOperatorToken(who);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeDistributedLockFamily()
{
    return std::make_unique<DistributedLockFamily>(StringFamily::Description {
        .name = "distributedlock",
        .facts
        = { "DistributedLock (.NET): mutex, and writer of the reader-writer lock", "`NAME`, `NAME.writer`: string",
            "`MACHINE_PID_GUID`, a waiting writer with `_WRITERWAITING` behind: host and process",
            "30 s by default, renewed every 9 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "its `HandleLostToken` fires at the next renewal") },
        .recognise = recognise,
        .sizes = { 36, maximumTokenBytes },
        .fingerprints = { { "2e47b373b4dbd63ee966d2eb9fe24ed6a138ad4e", "release", version },
            { "e95849a1757fe494b3c802dc09b717d0c074eb21", "extend", version } },
        .ownerHints = hints,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
