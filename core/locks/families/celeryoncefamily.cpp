// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of celery-once, and a UUID version 1");

Recognition recognise(const KeySample& sample)
{
    const bool named = sample.key.startsWith("qo_");
    return named && isUuidHex(sample.value, '1') ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeCeleryOnceFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "celery-once",
        .facts = { "celery-once (Python)", "`qo_TASK_ARGUMENTS`: string",
            "UUID version 1 as 32 hexadecimal digits: time and network node", "60 min by default, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "the task goes on, the same task may start again; at its end it deletes the key whoever holds it") },
        .recognise = recognise,
        .sizes = { 32, 32 },
    });
}

} // namespace lockscope
