// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/fingerprintprobe.h"

namespace lockscope {

namespace {

ServedLibraries servedBy(const QList<FamilyFingerprint>& known, ReplyView found)
{
    ServedLibraries served;
    qsizetype index = 0;
    for (ReplyView exists : found) {
        if (index == known.size())
            break;
        const FamilyFingerprint& candidate = known.at(index++);
        if (exists.toInteger() != 1)
            continue;
        served.families.set(size_t(candidate.family));
        served.fingerprints.append({ candidate.family, candidate.fingerprint.script, candidate.fingerprint.version });
    }
    return served;
}

} // namespace

void probeFingerprints(
    Connection& connection, const FamilyRegistry& registry, UniqueFunction<void(const ServedLibraries&)> handler)
{
    const QList<FamilyFingerprint> known = registry.fingerprints();
    if (known.isEmpty()) {
        handler({});
        return;
    }
    QList<QByteArray> words { "SCRIPT", "EXISTS" };
    for (const FamilyFingerprint& candidate : known)
        words.append(candidate.fingerprint.sha1);
    connection.send(Command(words), [known, handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
        ServedLibraries served;
        if (reply)
            served = servedBy(known, *reply);
        else
            served.refused = reply.error().kind == ErrorKind::Permission || reply.error().kind == ErrorKind::Server;
        handler(served);
    });
}

} // namespace lockscope
