// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "a random UUID under a name with quartz that ends in lock");

Recognition recognise(const KeySample& sample)
{
    const bool token = sample.ttlMs >= 0 && sample.key.endsWith("lock") && isUuidV4(sample.value)
        && sample.key.toLower().contains("quartz");
    return token ? Recognition { 0.7F, nameAndToken } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeQuartzFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "quartz-redis-jobstore",
        .facts = { "Quartz Redis job store by jlinn (Java)", "`PREFIXlock`, one for all: string", "UUID version 4",
            "`lockTimeout`, not renewed",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "a slow holder may delete the next one's lock at its end") },
        .recognise = recognise,
        .sizes = { 36, 36 },
    });
}

} // namespace lockscope
