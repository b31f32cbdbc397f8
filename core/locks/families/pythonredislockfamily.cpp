// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/releasescripts.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "18 random bytes in base64 under lock:");
constexpr const char* signalRole = QT_TRANSLATE_NOOP("lockscope::Roles", "signal list");
constexpr const char* blocked = QT_TRANSLATE_NOOP(
    "lockscope::Waiters", "Waiters block on the signal list: the server does not tell on which list a client blocks.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token, and puts one element into the signal list, so that a waiter wakes. "
    "In a cluster the waiter is only woken where both keys lie in one slot. The holder is not told.");

constexpr const char* version = "python-redis-lock 4.0.1";

constexpr QByteArrayView prefix = "lock:";

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.value.size() == 24 && sample.key.startsWith(prefix) && isBase64(sample.value);
    return token ? Recognition { 0.92F, nameAndToken } : Recognition {};
}

bool isSignal(QByteArrayView key, KeyType type) { return type == KeyType::List && key.startsWith("lock-signal:"); }

class PythonRedisLockFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        return { { signalOf(key), signalRole } };
    }
    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, blocked };
    }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = compareAndDeleteScript("if KEYS[2] and KEYS[2] ~= KEYS[1] then\n"
                                                                "    redis.call('DEL', KEYS[2])\n"
                                                                "    redis.call('LPUSH', KEYS[2], '1')\n"
                                                                "    redis.call('PEXPIRE', KEYS[2], 1000)\n"
                                                                "end\n");
        return { source, explanation };
    }
    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override { return { key, signalOf(key) }; }

private:
    static QByteArray signalOf(const QByteArray& key) { return "lock-signal:" + key.mid(prefix.size()); }
};

} // namespace

std::unique_ptr<LockFamily> makePythonRedisLockFamily()
{
    return std::make_unique<PythonRedisLockFamily>(StringFamily::Description {
        .name = "python-redis-lock",
        .facts = { "python-redis-lock (Python)", "`lock:NAME`: string; `lock-signal:NAME`: list that wakes one waiter",
            "base64 of 18 random bytes, or an id that the program chose",
            "none by default, else `expire`; with `auto_renewal` every two thirds of it",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its `release` then raises `NotAcquired`") },
        .recognise = recognise,
        .sizes = { 24, 24 },
        .fingerprints = { { "90da91872223f85eb1376a17e3c4df21ace8c54b", "unlock", version },
            { "fed16109024d968d9496e4140fe1355bac05ebff", "extend", version },
            { "afbc8014508f92e446b56567e8ba600e811c1bd5", "reset", version },
            { "b121d3548d693116c3851b63befe947e49f28c7c", "reset all", version } },
        .isAuxiliary = isSignal,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
