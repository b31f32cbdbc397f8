// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/notifyflags.h"

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

/// A class of events that only keys of one type have, with those by which locks of that type change.
struct TypeClass {
    char letter;
    std::array<const char*, 4> events;
};

constexpr std::array typeClasses {
    TypeClass { '$', { "set", "incrby", "append", "setrange" } },
    TypeClass { 'h', { "hset", "hincrby", "hdel", "hincrbyfloat" } },
    TypeClass { 's', { "sadd", "srem", "spop", "sinterstore" } },
    TypeClass { 'z', { "zadd", "zrem", "zincr", "zremrangebyscore" } },
    TypeClass { 'l', { "lpush", "rpush", "lpop", "lrem" } },
};

bool concerns(const LockFamily& family, const TypeClass& type)
{
    return std::any_of(type.events.begin(), type.events.end(),
        [&](const char* event) { return family.meaningOf(event) != EventMeaning::Nothing; });
}

} // namespace

QByteArray neededNotifyClasses(const FamilyRegistry& registry, const QList<FamilyId>& families)
{
    QByteArray needed("Kg");
    for (const TypeClass& type : typeClasses) {
        const bool wanted = families.isEmpty() || std::any_of(families.begin(), families.end(), [&](FamilyId id) {
            return concerns(registry.family(id), type);
        });
        if (wanted)
            needed.append(type.letter);
    }
    return needed + "xe";
}

QByteArray missingNotifyClasses(QByteArrayView needed, QByteArrayView configured)
{
    constexpr QByteArrayView aliased("g$lshztxed"); // what `A` stands for
    QByteArray missing;
    for (char letter : needed) {
        const bool byAlias = configured.contains('A') && aliased.contains(letter);
        if (!byAlias && !configured.contains(letter))
            missing.append(letter);
    }
    return missing;
}

QByteArray mergedNotifyFlags(QByteArrayView needed, QByteArrayView configured)
{
    return configured.toByteArray() + missingNotifyClasses(needed, configured);
}

} // namespace lockscope
