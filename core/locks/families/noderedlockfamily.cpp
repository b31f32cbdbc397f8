// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "32 hexadecimal digits, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "32 hexadecimal digits and a TTL");

constexpr const char* version = "redlock 4.2.0 and 5.0.0-beta.2";

Recognition recognise(const KeySample& sample)
{
    if (sample.ttlMs < 0 || sample.value.size() != 32 || !isLowerHex(sample.value))
        return {};
    // A checksum in a cache looks the same.
    return hasLockLikeName(sample.key) ? Recognition { 0.7F, nameAndToken } : Recognition { 0.2F, tokenOnly };
}

} // namespace

std::unique_ptr<LockFamily> makeNodeRedlockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "node-redlock",
        .facts = { "redlock 4 and 5, @sesamecare-oss/redlock (Node.js)", "`RESOURCE`: string, the same on every server",
            "16 random bytes as 32 hexadecimal digits",
            "as the program chose; `using()` renews when 500 ms are left, else `extend`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; `extend` and `release` then find no quorum") },
        .recognise = recognise,
        .sizes = { 32, 32 },
        .fingerprints = { { "e5a322e2634ef59a516e8ea150cb085afafee684", "acquire (4)", version },
            { "ce46f80993d5dac20dd066eb301a4e37994bdbed", "extend (4)", version },
            { "0f0f23b9048b36752b5be114f357ba083449f908", "release (4)", version },
            { "96da70f7716f27d278a5218544df37fd8b0a5e4c", "acquire (5)", version },
            { "aed6f382e410db8ba7926d4e5e9aab410bf2a78a", "extend (5)", version },
            { "e4612211c9f8f51c257e26e056b0a654b3187242", "release (5)", version } },
    });
}

} // namespace lockscope
