// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of ShedLock, with time and host as it writes them");
constexpr const char* tokenOnly
    = QT_TRANSLATE_NOOP("lockscope::Rules", "time and host as ShedLock writes them, and a TTL");
constexpr const char* skipped
    = QT_TRANSLATE_NOOP("lockscope::Waiters", "Nobody waits: a job whose lock is taken is not run this time.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token. The job may have ended already: the lock then only stood for "
    "lockAtLeastFor. A job that still runs is not told, and the same job may start again.");

constexpr const char* version = "ShedLock 7.9 with safeUpdate";

Recognition recognise(const KeySample& sample)
{
    const QByteArrayView value(sample.value);
    // ADDED:2024-05-01T10:00:00.123Z@host
    const bool token = value.size() > 31 && value.startsWith("ADDED:") && value[10] == '-' && value[16] == 'T'
        && isDecimal(value.sliced(6, 4)) && value.sliced(25, 6).indexOf('@') >= 0;
    if (!token)
        return {};
    if (sample.key.startsWith("job-lock:"))
        return { 0.95F, nameAndToken };
    return sample.ttlMs >= 0 ? Recognition { 0.9F, tokenOnly } : Recognition { 0.6F, tokenOnly };
}

class ShedLockFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, skipped };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeShedLockFamily()
{
    return std::make_unique<ShedLockFamily>(StringFamily::Description {
        .name = "shedlock",
        .facts = { "ShedLock (Java)", "`job-lock:ENVIRONMENT:NAME`: string",
            "`ADDED:TIME@HOST`, newer versions with a UUID behind: time and host",
            "`lockAtMostFor`, not renewed; kept for `lockAtLeastFor` after the job has ended",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "the job goes on; without `safeUpdate` its end deletes or shortens the key whoever holds it") },
        .recognise = recognise,
        .sizes = { 32, maximumTokenBytes },
        .fingerprints = { { "194f3902b2dd08557818d09fc2e7682d91480e53", "delete", version },
            { "67256370c2d1c87e2250898075542b1a7fa5b917", "extend", version } },
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
