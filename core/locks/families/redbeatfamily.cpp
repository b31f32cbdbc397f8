// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of RedBeat, and a UUID version 1");

constexpr const char* version = "RedBeat 2.4";

Recognition recognise(const KeySample& sample)
{
    const bool named = sample.key.startsWith("redbeat") && sample.key.endsWith(":lock");
    return named && isUuidHex(sample.value, '1') ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeRedBeatFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redbeat",
        .facts = { "RedBeat (Python, Celery)", "`redbeat::lock`: string",
            "UUID version 1 as 32 hexadecimal digits: time and network node",
            "five times the scheduler's `max_interval` (1500 s by default), renewed at each tick",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "the scheduler fails at its next tick; the next one takes over when it asks again, after up to "
                "`max_interval`") },
        .recognise = recognise,
        .sizes = { 32, 32 },
        .fingerprints = { { "411b7c153e0ab3ba59d6d1e36cc7858ebd76f2c5", "extend", version } },
    });
}

} // namespace lockscope
