// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* tokenRule = QT_TRANSLATE_NOOP("lockscope::Rules", "16 random bytes in padded base64, and a TTL");

constexpr const char* version = "redsync 4.17.0";

Recognition recognise(const KeySample& sample)
{
    const QByteArrayView value(sample.value);
    // 128 bits leave four zero bits in the last digit.
    const bool token = value.size() == 24 && value.endsWith("==") && QByteArrayView("AQgw").contains(value[21])
        && isBase64(value.first(22));
    return token && sample.ttlMs >= 0 ? Recognition { 0.9F, tokenRule } : Recognition {};
}

} // namespace

std::unique_ptr<LockFamily> makeRedsyncFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redsync",
        .facts = { "redsync (Go)", "`NAME`: string, the same on every server", "base64 of 16 random bytes",
            "8 s by default; only where the program calls `Extend`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it goes on until `Unlock` or `Extend` fails; with `WithSetNXOnExtend` it takes a missing key again") },
        .recognise = recognise,
        .sizes = { 24, 24 },
        .fingerprints = { { "e950836ed1e694540c503ef9972b8de518044d3b", "release", version },
            { "d75bb8b5bd13532ddedd17762e772346e39b321e", "extend", version },
            { "b6b55c439e02c6f52ffb8be7ec8c0d0ac816ea79", "extend or set", version } },
    });
}

} // namespace lockscope
