// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/vulnerabilities.h"

#include <QtGlobal>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* luaCode = QT_TRANSLATE_NOOP("lockscope::Doctor", "a Lua script may run code on the server");
constexpr const char* luaAbuse = QT_TRANSLATE_NOOP("lockscope::Doctor", "a Lua script may act for another user");
constexpr const char* luaRead
    = QT_TRANSLATE_NOOP("lockscope::Doctor", "a Lua script may read foreign memory or crash the server");
constexpr const char* code = QT_TRANSLATE_NOOP("lockscope::Doctor", "a user may run code on the server");
constexpr const char* memory = QT_TRANSLATE_NOOP(
    "lockscope::Doctor", "anybody who reaches the server may exhaust its memory without a password");
constexpr const char* starve
    = QT_TRANSLATE_NOOP("lockscope::Doctor", "anybody who reaches the server may keep others from connecting");
constexpr const char* tls
    = QT_TRANSLATE_NOOP("lockscope::Doctor", "with TLS, anybody who reaches the server may run code on it");

constexpr const char* notes2024
    = "https://redis.io/blog/security-advisory-cve-2024-31449-cve-2024-31227-cve-2024-31228/";
constexpr const char* notes74
    = "https://redis.io/docs/latest/operate/oss_and_stack/stack-with-enterprise/release-notes/redisce/"
      "redisce-7.4-release-notes/";
constexpr const char* notes82
    = "https://redis.io/docs/latest/operate/oss_and_stack/stack-with-enterprise/release-notes/redisce/"
      "redisos-8.2-release-notes/";

QList<Vulnerability> makeTable()
{
    const QList<ServerVersion> october2025 { { 6, 2, 20 }, { 7, 2, 11 }, { 7, 4, 6 }, { 8, 0, 4 }, { 8, 2, 2 } };
    const QList<ServerVersion> october2025Valkey { { 8, 0, 6 }, { 8, 1, 4 } };
    const QList<ServerVersion> may2026 { { 7, 4, 9 }, { 8, 2, 6 }, { 8, 6, 3 } };
    const QList<ServerVersion> may2026Valkey { { 7, 2, 13 }, { 8, 1, 7 } };
    return {
        { "CVE-2024-31449", luaCode, { 2, 6, 0 }, { { 6, 2, 16 }, { 7, 2, 6 }, { 7, 4, 1 } }, true,
            { { 7, 2, 7 }, { 8, 0, 1 } }, notes2024 },
        { "CVE-2024-46981", luaCode, { 2, 6, 0 }, { { 6, 2, 17 }, { 7, 2, 7 }, { 7, 4, 2 } }, true, { { 8, 0, 2 } },
            "https://github.com/redis/redis/security/advisories/GHSA-39h2-x6c4-6w4c" },
        { "CVE-2025-21605", memory, { 2, 6, 0 }, { { 6, 2, 18 }, { 7, 2, 8 }, { 7, 4, 3 } }, true,
            { { 7, 2, 9 }, { 8, 0, 3 } }, "https://github.com/redis/redis/security/advisories/GHSA-r67f-p999-2gff" },
        { "CVE-2025-32023", code, { 2, 8, 0 }, { { 6, 2, 19 }, { 7, 2, 10 }, { 7, 4, 5 }, { 8, 0, 3 } }, true,
            { { 8, 0, 4 }, { 8, 1, 3 } }, "https://nvd.nist.gov/vuln/detail/CVE-2025-32023" },
        { "CVE-2025-48367", starve, { 2, 6, 0 }, { { 7, 2, 10 }, { 8, 0, 3 } }, false, { { 8, 1, 3 } },
            "https://nvd.nist.gov/vuln/detail/CVE-2025-48367" },
        { "CVE-2025-49844", luaCode, { 2, 6, 0 }, october2025, true, october2025Valkey,
            "https://github.com/redis/redis/security/advisories/GHSA-4789-qfc9-5f9q" },
        { "CVE-2025-46817", luaCode, { 2, 6, 0 }, october2025, true, october2025Valkey, notes74 },
        { "CVE-2025-46818", luaAbuse, { 2, 6, 0 }, october2025, true, october2025Valkey, notes74 },
        { "CVE-2025-46819", luaRead, { 2, 6, 0 }, october2025, true, october2025Valkey, notes74 },
        { "CVE-2026-23479", code, { 7, 2, 0 }, may2026, false, may2026Valkey,
            "https://github.com/redis/redis/security/advisories/GHSA-93m2-935m-8rj3" },
        { "CVE-2026-25243", code, { 2, 6, 0 }, may2026, false, may2026Valkey,
            "https://github.com/redis/redis/security/advisories/GHSA-c8h9-259x-jff4" },
        { "CVE-2026-23631", luaCode, { 2, 6, 0 }, { { 7, 4, 9 }, { 8, 2, 6 } }, false, may2026Valkey, notes82 },
        { "CVE-2026-81934", tls, { 6, 0, 0 },
            { { 6, 2, 24 }, { 7, 2, 16 }, { 7, 4, 11 }, { 8, 2, 9 }, { 8, 4, 6 }, { 8, 6, 6 }, { 8, 8, 2 },
                { 8, 10, 1 } },
            true, {}, "https://nvd.nist.gov/vuln/detail/CVE-2026-81934", true },
    };
}

bool isSameBranch(const ServerVersion& first, const ServerVersion& second)
{
    return first[0] == second[0] && first[1] == second[1];
}

} // namespace

std::optional<ServerVersion> parseServerVersion(const QByteArray& text)
{
    const QList<QByteArray> parts = text.split('.');
    ServerVersion version {};
    if (parts.size() < 3)
        return {};
    for (qsizetype i = 0; i < 3; ++i) {
        QByteArray digits = parts.at(i);
        const auto end
            = std::find_if(digits.cbegin(), digits.cend(), [](char letter) { return letter < '0' || letter > '9'; });
        digits.truncate(end - digits.cbegin());
        bool ok = false;
        version[size_t(i)] = digits.toInt(&ok);
        if (!ok)
            return {};
    }
    return version;
}

QByteArray versionText(const ServerVersion& version)
{
    return QByteArray::number(version[0]) + '.' + QByteArray::number(version[1]) + '.' + QByteArray::number(version[2]);
}

const QList<Vulnerability>& knownVulnerabilities()
{
    static const QList<Vulnerability> table = makeTable();
    return table;
}

QList<VulnerabilityMatch> vulnerabilitiesOf(const QByteArray& flavour, const ServerVersion& version)
{
    QList<VulnerabilityMatch> matches;
    for (const Vulnerability& entry : knownVulnerabilities()) {
        const bool isRedis = flavour == "redis";
        const QList<ServerVersion>& mended = isRedis ? entry.redis : entry.valkey;
        if (mended.isEmpty() || version < entry.introduced)
            continue;
        const auto branch = std::find_if(mended.cbegin(), mended.cend(),
            [&version](const ServerVersion& other) { return isSameBranch(other, version); });
        if (branch != mended.cend() && version < *branch)
            matches.append({ &entry, *branch });
        else if (branch == mended.cend() && isRedis && entry.redisIsWhole && version < mended.last())
            matches.append({ &entry, std::nullopt });
    }
    return matches;
}

} // namespace lockscope
