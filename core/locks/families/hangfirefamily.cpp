// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a UUID under a lock name of Hangfire, and a TTL");

Recognition recognise(const KeySample& sample)
{
    const bool named = (sample.key.startsWith("{hangfire}:") || sample.key.startsWith("hangfire:"))
        && (sample.key.endsWith("-lock") || sample.key.endsWith(":lock"));
    const bool token = named && sample.ttlMs >= 0 && isDashedUuid(sample.value);
    return token ? Recognition { 0.85F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeHangfireFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "hangfire",
        .facts
        = { "Hangfire.Redis.StackExchange (.NET)", "`{hangfire}:RESOURCE`, older versions `hangfire:RESOURCE`: string",
            "GUID, one for each process", "30 s by default, renewed every 15 s",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its renewal does not take the key again") },
        .recognise = recognise,
        .sizes = { 36, 36 },
    });
}

} // namespace lockscope
