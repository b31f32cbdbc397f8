// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/ownerhints.h"
#include "locks/families/plainfamily.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

#include <algorithm>
#include <base/bytetext.h>

namespace lockscope {

namespace {

constexpr const char* nameAndToken
    = QT_TRANSLATE_NOOP("lockscope::Rules", "16 random bytes in base64url, a TTL, and the name says lock");
constexpr const char* nameAndMetadata = QT_TRANSLATE_NOOP(
    "lockscope::Rules", "16 random bytes in base64url and text behind, a TTL, and the name says lock");
constexpr const char* tokenOnly = QT_TRANSLATE_NOOP("lockscope::Rules", "16 random bytes in base64url and a TTL");
constexpr const char* metadataRule = QT_TRANSLATE_NOOP("lockscope::Rules", "what the program wrote behind the token");

constexpr const char* version = "redislock 0.10.0";

constexpr qsizetype tokenBytes = 22;

/// Capitals, small letters and digits: neither a host name nor a hexadecimal number has all of them.
bool looksRandom(QByteArrayView bytes)
{
    const auto has = [bytes](char first, char last) {
        return std::any_of(bytes.begin(), bytes.end(), [=](char c) { return c >= first && c <= last; });
    };
    return has('A', 'Z') && has('a', 'z') && has('0', '9');
}

Recognition recognise(const KeySample& sample)
{
    const QByteArrayView value(sample.value);
    // 128 bits leave four zero bits in the last digit.
    const bool token = sample.ttlMs >= 0 && value.size() >= tokenBytes
        && QByteArrayView("AQgw").contains(value[tokenBytes - 1]) && isBase64Url(value.first(tokenBytes));
    if (!token)
        return {};
    const bool named = hasLockLikeName(sample.key);
    if (value.size() > tokenBytes) {
        // Padding is redsync's.
        const bool own = value[tokenBytes] != '=' && looksRandom(value.first(tokenBytes));
        return named && own ? Recognition { 0.6F, nameAndMetadata } : Recognition {};
    }
    return named ? Recognition { 0.75F, nameAndToken } : Recognition { 0.2F, tokenOnly };
}

QList<OwnerHint> hints(const QByteArray& token)
{
    const QByteArray metadata = token.mid(tokenBytes);
    if (metadata.isEmpty())
        return {};
    return QList<OwnerHint> { { "metadata", displayText(metadata, 80), metadataRule } } + ownerHintsByShape(metadata);
}

} // namespace

std::unique_ptr<LockFamily> makeRedislockFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "redislock",
        .facts = { "bsm/redislock (Go)", "`NAME`, or several keys of one slot: string",
            "base64url of 16 random bytes, then what the program wrote: often host, process or job",
            "as the program chose; only where it calls `Refresh`",
            QT_TRANSLATE_NOOP("lockscope::Afterwards", "it goes on; `Refresh` and `Release` then fail") },
        .recognise = recognise,
        .sizes = { 22, maximumTokenBytes },
        .fingerprints = { { "eb0c00d98f6f33b4262419a509002884540f30be", "obtain", version },
            { "5a22d7e8431313862816d4416b5e46dd70fc340d", "refresh", version },
            { "9470c810040e272ee6c579d8d4331aaf6332a7b1", "release", version },
            { "66e1084c2d842a7e8c271925aae90219fac4e129", "pttl", version } },
        .ownerHints = hints,
    });
}

} // namespace lockscope
