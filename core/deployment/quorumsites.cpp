// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/quorumsites.h"

#include "operations/quorumround.h"

#include <QCoreApplication>
#include <QPointer>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

// How long the masters that are slow to connect may take once a quorum is ready.
constexpr auto slowMasters = 400ms;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

QList<Connection*> connectionsOf(const QList<OperationSite*>& sites)
{
    QList<Connection*> connections;
    for (OperationSite* site : sites)
        connections.append(&site->connection());
    return connections;
}

NodeLook lookOf(const QString& node, const Result<LockInspection>& seen)
{
    NodeLook look;
    look.node = node;
    if (!seen) {
        look.error = seen.error();
        return look;
    }
    look.exists = seen->exists;
    look.hasToken = seen->hasToken;
    look.token = seen->token;
    look.ttlMs = seen->ttlMs;
    return look;
}

/// The look of the token that most masters have, with what is left of it on the first of them to lose it, as the watch
/// has it (QuorumTable).
Result<LockInspection> sumUp(const QList<NodeLook>& nodes, std::vector<Result<LockInspection>> looks)
{
    std::map<QByteArray, qsizetype> votes; // of those that are held
    qsizetype failed = 0;
    for (const NodeLook& node : nodes) {
        failed += node.error.has_value();
        if (!node.error && node.exists)
            ++votes[node.token];
    }
    const auto quorum = quorumOf(nodes.size());
    const auto most = std::max_element(
        votes.begin(), votes.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
    // What is gone is only known to be gone if those that are silent could not have it.
    if (failed >= quorum || (most == votes.end() && looks.empty()))
        return fail(ErrorKind::NoQuorum,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "%1 of %2 masters did not answer"))
                .arg(failed)
                .arg(nodes.size()));
    LockInspection* best = nullptr;
    for (Result<LockInspection>& look : looks) {
        if (!look || (most != votes.end() && (!look->exists || look->token != most->first)))
            continue;
        const bool endsSooner = best && look->ttlMs >= 0 && (best->ttlMs < 0 || look->ttlMs < best->ttlMs);
        if (!best || endsSooner)
            best = &*look;
    }
    best->nodes = nodes;
    return std::move(*best);
}

ReleaseOutcome sumUp(const QList<NodeRelease>& nodes)
{
    const auto count = [&nodes](ReleaseOutcome outcome) {
        return std::count_if(
            nodes.begin(), nodes.end(), [outcome](const NodeRelease& node) { return node.outcome == outcome; });
    };
    const auto quorum = quorumOf(nodes.size());
    // Where so many have not answered that the token could still hold a quorum, nothing is certain.
    if (count(ReleaseOutcome::Refused) >= quorum)
        return ReleaseOutcome::Refused;
    if (count(ReleaseOutcome::Refused) + count(ReleaseOutcome::OutcomeUnknown) >= quorum)
        return ReleaseOutcome::OutcomeUnknown;
    if (count(ReleaseOutcome::HolderChanged) >= quorum)
        return ReleaseOutcome::HolderChanged;
    for (const ReleaseOutcome done : { ReleaseOutcome::Released, ReleaseOutcome::Done, ReleaseOutcome::Unneeded }) {
        if (count(done) > 0)
            return done;
    }
    return count(ReleaseOutcome::HolderChanged) > 0 ? ReleaseOutcome::HolderChanged : ReleaseOutcome::AlreadyGone;
}

/// The whole from its parts: the token and the error of the first master whose outcome is that of the whole.
void summarise(ForceReleaseResult& result)
{
    result.outcome = sumUp(result.nodes);
    for (const NodeRelease& node : std::as_const(result.nodes)) {
        if (node.outcome == result.outcome && result.token.isEmpty())
            result.token = node.token;
        const bool isFailure
            = result.outcome == ReleaseOutcome::Refused || result.outcome == ReleaseOutcome::OutcomeUnknown;
        if (isFailure && node.error && !result.error)
            result.error = node.error;
    }
}

} // namespace

struct QuorumSites::Gathering {
    Task task;
    qsizetype awaited = 0;
    qsizetype ready = 0;
    bool wholeAsked = false;
};

QuorumSites::QuorumSites(QList<OperationSite*> sites, QObject* parent)
    : QObject(parent)
    , m_sites(std::move(sites))
    , m_redlock(connectionsOf(m_sites))
{
    connect(&m_redlock, &RedlockOperations::idle, this, [this] {
        if (isIdle())
            Q_EMIT idle();
    });
}

QuorumSites::~QuorumSites() = default;

void QuorumSites::withMasters(Task task)
{
    auto gathering = std::make_shared<Gathering>();
    gathering->task = std::move(task);
    gathering->awaited = m_sites.size();
    ++m_gatherings;
    const QPointer self(this);
    const auto onMaster = [self, gathering](const Status& link) {
        --gathering->awaited;
        gathering->ready += link.has_value();
        if (!self || !gathering->wholeAsked)
            return;
        if (gathering->awaited == 0)
            self->runGathered(gathering);
        else if (gathering->ready == quorumOf(self->m_sites.size()))
            QTimer::singleShot(slowMasters, self.data(), [self, gathering] { self->runGathered(gathering); });
    };
    for (OperationSite* site : m_sites) {
        // Who is known to be down is tried again in the background, but not waited for.
        if (site->isDown())
            onMaster(fail(ErrorKind::ConnectionLost));
        else
            site->withLink(onMaster);
    }
    gathering->wholeAsked = true;
    if (gathering->awaited == 0)
        runGathered(gathering);
    else if (gathering->ready >= quorumOf(m_sites.size()))
        QTimer::singleShot(slowMasters, this, [this, gathering] { runGathered(gathering); });
}

void QuorumSites::runGathered(const std::shared_ptr<Gathering>& gathering)
{
    if (!gathering->task)
        return;
    Task task = std::move(gathering->task);
    task();
    --m_gatherings;
    if (isIdle())
        Q_EMIT idle();
}

void QuorumSites::inspect(const QByteArray& key, UniqueFunction<void(Result<LockInspection>)> handler)
{
    struct Looks {
        UniqueFunction<void(Result<LockInspection>)> handler;
        std::vector<Result<LockInspection>> seen;
        QList<NodeLook> nodes;
        qsizetype awaited = 0;
    };
    auto looks = std::make_shared<Looks>();
    looks->handler = std::move(handler);
    looks->awaited = m_sites.size();
    looks->nodes.resize(m_sites.size());
    for (qsizetype i = 0; i < m_sites.size(); ++i) {
        OperationSite& site = *m_sites.at(i);
        site.operations().inspect(key, [looks, i, node = site.spec().endpoint().text()](Result<LockInspection> seen) {
            looks->nodes[i] = lookOf(node, seen);
            if (seen)
                looks->seen.push_back(std::move(seen));
            if (--looks->awaited == 0)
                looks->handler(sumUp(looks->nodes, std::move(looks->seen)));
        });
    }
}

void QuorumSites::forceRelease(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler)
{
    if (target.act == LockAct::KillConnection) {
        ForceReleaseResult refused;
        refused.target = target;
        refused.outcome = ReleaseOutcome::Refused;
        refused.error = makeError(ErrorKind::NotSupported,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations",
                "a connection is one server's: connect to that master by itself to close it")));
        return handler(std::move(refused));
    }
    struct Releases {
        UniqueFunction<void(ForceReleaseResult)> handler;
        ForceReleaseResult whole;
        qsizetype awaited = 0;
    };
    auto releases = std::make_shared<Releases>();
    releases->handler = std::move(handler);
    releases->whole.target = target;
    releases->whole.nodes.resize(m_sites.size());
    releases->awaited = m_sites.size();
    for (qsizetype i = 0; i < m_sites.size(); ++i) {
        OperationSite& site = *m_sites.at(i);
        site.operations().forceRelease(
            target, [releases, i, node = site.spec().endpoint().text()](const ForceReleaseResult& result) {
                releases->whole.nodes[i] = { node, result.outcome, result.token, result.error };
                if (--releases->awaited > 0)
                    return;
                summarise(releases->whole);
                releases->handler(std::move(releases->whole));
            });
    }
}

OperationSite& QuorumSites::firstReachable() const
{
    const auto up = std::find_if(
        m_sites.begin(), m_sites.end(), [](const OperationSite* site) { return site->connection().isReady(); });
    return up == m_sites.end() ? *m_sites.first() : **up;
}

} // namespace lockscope
