// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/rights.h"

#include "locks/families/familyregistry.h"
#include "operations/rightsneeded.h"

namespace lockscope {

namespace {

constexpr const char* anyKey = "lock:lockscope-doctor";

QByteArray keyOf(const NodeAnswers& node)
{
    const QList<QByteArray>& globs = node.scope().matches;
    return globs.isEmpty() ? QByteArray(anyKey) : exampleOf(globs.first());
}

void addOfFamily(QList<Words>& commands, const LockFamily& family, const QByteArray& key)
{
    for (const Words& command : commandsNeeded(family, LockAct::Release, key)) {
        if (!commands.contains(command))
            commands.append(command);
    }
}

} // namespace

Words dryRun(const NodeAnswers& node, const Words& command)
{
    const Result<KeptReply>& user = node.answer(whoAmICommand());
    return user ? Words { "ACL", "DRYRUN", user->bytes } + command : Words();
}

QByteArray exampleOf(const QByteArray& glob)
{
    QByteArray key;
    for (qsizetype i = 0; i < glob.size(); ++i) {
        const char letter = glob.at(i);
        if (letter == '\\' && i + 1 < glob.size()) {
            key += glob.at(++i);
        } else if (letter == '[') {
            const qsizetype end = glob.indexOf(']', i);
            key += i + 1 < glob.size() ? glob.at(i + 1) : 'x';
            i = end < 0 ? glob.size() : end;
        } else {
            key += letter == '*' || letter == '?' ? 'x' : letter;
        }
    }
    return key;
}

QList<Words> observerCommands(const NodeAnswers& node)
{
    const QByteArray key = keyOf(node);
    const QByteArray glob = node.scope().matches.value(0, "*");
    const QByteArray channel = "__keyspace@" + QByteArray::number(node.spec().database) + "__:" + glob;
    return { { "SCAN", "0" }, { "TYPE", key }, { "PTTL", key }, { "STRLEN", key }, { "GETRANGE", key, "0", "1" },
        { "HLEN", key }, { "HSCAN", key, "0" }, { "SCARD", key }, { "SSCAN", key, "0" }, { "ZCARD", key },
        { "ZRANGE", key, "0", "1" }, { "LLEN", key }, { "LRANGE", key, "0", "1" }, { "OBJECT", "IDLETIME", key },
        { "MEMORY", "USAGE", key }, { "INFO" }, { "DBSIZE" }, { "TIME" }, { "CONFIG", "GET", "notify-keyspace-events" },
        { "CLIENT", "LIST" }, { "SCRIPT", "EXISTS", QByteArray(40, '0') }, { "PUBSUB", "NUMSUB", "c" },
        { "PSUBSCRIBE", channel } };
}

QList<Words> operatorCommands(const NodeAnswers& node)
{
    const FamilyRegistry& registry = *node.scope().registry;
    const QByteArray key = keyOf(node);
    QList<Words> commands { { "SET", key, "v", "NX", "PX", "1" }, { "PEXPIRE", key, "1" } };
    addOfFamily(commands, registry.family(registry.byName("plain")), key);
    const QList<FamilyFingerprint> known = registry.fingerprints();
    const Result<KeptReply>& exists = node.answer(fingerprintCommand(registry));
    for (qsizetype i = 0; exists && i < known.size(); ++i) {
        if (exists->at(size_t(i)).toInteger() == 1)
            addOfFamily(commands, registry.family(known.at(i).family), key);
    }
    return commands;
}

} // namespace lockscope
