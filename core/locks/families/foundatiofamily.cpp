// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 letters and digits under lock:, at most 20 min");

constexpr qint64 usualTtlMs = 20LL * 60 * 1000;

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.value.size() == 16 && sample.ttlMs >= 0 && sample.ttlMs <= usualTtlMs
        && sample.key.startsWith("lock:") && isAlphanumeric(sample.value);
    return token ? Recognition { 0.65F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeFoundatioFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "foundatio",
        .facts = { "Foundatio `CacheLockProvider` (.NET)", "`lock:RESOURCE`: string", "16 random letters and digits",
            "20 min by default; only where the program calls `RenewAsync`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; waiters notice within 3 s") },
        .recognise = recognise,
        .sizes = { 16, 16 },
    });
}

} // namespace lockscope
