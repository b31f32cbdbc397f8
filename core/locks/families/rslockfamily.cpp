// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>
#include <base/bytetext.h>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "20 random bytes, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "20 random bytes and a TTL");

constexpr const char* version = "rslock";

Recognition recognise(const KeySample& sample)
{
    // Text in another script has bytes like these too, but is UTF-8.
    if (sample.ttlMs < 0 || sample.value.size() != 20 || !hasRawBytes(sample.value) || isUtf8(sample.value))
        return {};
    return hasLockLikeName(sample.key) ? Recognition { 0.75F, nameAndToken } : Recognition { 0.3F, tokenOnly };
}

QList<OwnerHint> noHints(const QByteArray& /*token*/) { return {}; }

} // namespace

std::unique_ptr<LockFamily> makeRslockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "rslock",
        .facts
        = { "rslock (Rust), and others that follow the Redis documentation", "`NAME`: string, the same on every server",
            "20 random bytes", "as the program chose; only where it extends",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; extending and unlocking it find no quorum") },
        .recognise = recognise,
        .sizes = { 20, 20 },
        .fingerprints = { { "daf86bbf8740dd3ca86733367a016364b2110627", "unlock", version },
            { "17a49af0c4b1a9034503fa84f3570f5ca76c4cbf", "extend", version } },
        .ownerHints = noHints,
    });
}

} // namespace lockscope
