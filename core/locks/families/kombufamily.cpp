// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of Kombu, and a UUID");

Recognition recognise(const KeySample& sample)
{
    // A global key prefix of the application may stand in front.
    if (!sample.key.endsWith("unacked_mutex"))
        return {};
    const bool token = isUuidHex(sample.value, '1') || isUuidV4(sample.value);
    return token ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeKombuFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "kombu",
        .facts = { "Kombu, Celery (Python)", "`unacked_mutex`: string",
            "UUID version 1 as 32 hexadecimal digits: time and network node; version 4 in a cluster",
            "300 s, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it goes on restoring messages that nobody confirmed; another worker may do so too") },
        .recognise = recognise,
        .sizes = { 32, 36 },
    });
}

} // namespace lockscope
