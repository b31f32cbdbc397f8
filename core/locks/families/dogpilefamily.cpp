// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of dogpile.cache, and a UUID version 1");

Recognition recognise(const KeySample& sample)
{
    const bool named = sample.key.startsWith("_lock");
    return named && isUuidHex(sample.value, '1') ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeDogpileFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "dogpile",
        .facts = { "dogpile.cache (Python)", "`_lockKEY`: string",
            "UUID version 1 as 32 hexadecimal digits: time and network node",
            "`lock_timeout`, none by default; not renewed",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "it goes on computing the value; another process may compute it too") },
        .recognise = recognise,
        .sizes = { 32, 32 },
    });
}

} // namespace lockscope
