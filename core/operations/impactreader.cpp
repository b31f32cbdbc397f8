// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/impactreader.h"

#include "operations/holderevidence.h"
#include "operations/lockinspector.h"
#include "operations/rightsneeded.h"

#include <map>

namespace lockscope {

namespace {

class ImpactReader : public std::enable_shared_from_this<ImpactReader> {
public:
    ImpactReader(
        Connection& connection, const FamilyRegistry& registry, UniqueFunction<void(Result<ReleaseImpact>)> handler)
        : m_connection(connection)
        , m_registry(registry)
        , m_handler(std::move(handler))
    {
    }
    void begin(LockInspection seen);
    void fail(const Error& error) { m_handler(tl::unexpected(error)); }

private:
    void askRights(const QByteArray& user);
    void answered();

    Connection& m_connection;
    const FamilyRegistry& m_registry;
    UniqueFunction<void(Result<ReleaseImpact>)> m_handler;
    ReleaseImpact m_impact;
    int m_awaited = 0;
};

void ImpactReader::begin(LockInspection seen)
{
    m_impact.seen = std::move(seen);
    if (!m_impact.seen.exists)
        return m_handler(std::move(m_impact));
    const auto self = shared_from_this();
    m_awaited = 3;
    m_connection.send({ "CLIENT", "LIST" }, [self](const Result<ReplyView>& reply) {
        const LockInspection& lock = self->m_impact.seen;
        if (reply)
            self->m_impact.evidence = holderEvidence(reply->bytes(), lock.token, lock.owner);
        else
            self->m_impact.evidence.verdict = HolderEvidence::Verdict::NotPermitted;
        self->answered();
    });
    m_connection.send({ "INFO", "server" }, [self](const Result<ReplyView>& reply) {
        self->m_impact.isCluster = reply && reply->toByteArray().contains("redis_mode:cluster");
        self->answered();
    });
    m_connection.send({ "ACL", "WHOAMI" }, [self](const Result<ReplyView>& reply) {
        if (reply)
            self->askRights(reply->toByteArray());
        self->answered();
    });
}

void ImpactReader::askRights(const QByteArray& user)
{
    const LockInspection& lock = m_impact.seen;
    const LockFamily& family
        = m_registry.family(lock.family == FamilyId::None ? m_registry.byName("plain") : lock.family);
    // Many acts need the same: each command is asked about once.
    std::map<QList<QByteArray>, QList<LockAct>> needs;
    for (int act = 0; act < lockActCount; ++act) {
        for (const QList<QByteArray>& command : commandsNeeded(family, LockAct(act), lock.key))
            needs[command].append(LockAct(act));
    }
    for (const auto& [command, acts] : needs) {
        ++m_awaited;
        m_connection.send(Command(QList<QByteArray> { "ACL", "DRYRUN", user } + command),
            [self = shared_from_this(), command = command, acts = acts](const Result<ReplyView>& reply) {
                if (reply) {
                    self->m_impact.rightsKnown = true;
                    const QString missing = rightMissing(command, reply->bytes());
                    for (const LockAct act : acts) {
                        QStringList& rights = self->m_impact.missingRights[act];
                        if (!missing.isEmpty() && !rights.contains(missing))
                            rights.append(missing);
                    }
                }
                self->answered();
            });
    }
}

void ImpactReader::answered()
{
    if (--m_awaited > 0)
        return;
    const LockInspection& lock = m_impact.seen;
    if (m_impact.isCluster && lock.family != FamilyId::None)
        m_impact.otherSlots = keysOfOtherSlots(m_registry.family(lock.family), lock.key);
    m_handler(std::move(m_impact));
}

} // namespace

void readImpact(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<ReleaseImpact>)> handler, const FamilyRegistry& registry)
{
    auto reader = std::make_shared<ImpactReader>(connection, registry, std::move(handler));
    inspectLock(
        connection, clock, key,
        [reader](Result<LockInspection> seen) {
            if (seen)
                reader->begin(std::move(*seen));
            else
                reader->fail(seen.error());
        },
        registry);
}

} // namespace lockscope
