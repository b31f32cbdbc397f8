// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/notifyflags.h"

#include "watch/globpattern.h"

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

EventChannels chooseChannels(const QList<QByteArray>& globs, QByteArrayView configured)
{
    constexpr qsizetype fewPatterns = 2;
    const bool keyspace = configured.contains('K');
    const bool keyevent = configured.contains('E');
    if (keyspace != keyevent)
        return keyspace ? EventChannels::Keyspace : EventChannels::Keyevent;
    const bool everything = globs.isEmpty() || std::any_of(globs.begin(), globs.end(), globMatchesAll);
    if (everything)
        // For every key an exact channel is a little cheaper, but `K` is what administrators expect and grant.
        return keyspace ? EventChannels::Keyevent : EventChannels::Keyspace;
    return globs.size() <= fewPatterns ? EventChannels::Keyspace : EventChannels::Keyevent;
}

QByteArray withChannels(EventChannels channels, QByteArrayView classes)
{
    return (channels == EventChannels::Keyspace ? "K" : "E") + classes.toByteArray();
}

QByteArray neededNotifyClasses(const FamilyRegistry& registry, const QList<FamilyId>& families)
{
    QByteArray needed("g");
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
