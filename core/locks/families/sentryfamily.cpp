// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a UUID version 4 as 32 hexadecimal digits under l:, and a TTL");

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.ttlMs >= 0 && sample.key.startsWith("l:") && isUuidHex(sample.value, '4');
    return token ? Recognition { 0.8F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeSentryFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "sentry",
        .facts = { "Sentry", "`l:NAME`: string", "UUID version 4 as 32 hexadecimal digits, one for each backend object",
            "whole seconds, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; its release then reports the other owner") },
        .recognise = recognise,
        .sizes = { 32, 32 },
    });
}

} // namespace lockscope
