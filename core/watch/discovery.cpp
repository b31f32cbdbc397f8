// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/discovery.h"

#include "base/errortext.h"
#include "locks/families/declaredfamily.h"
#include "locks/families/ownerhints.h"
#include "locks/families/plainfamily.h"
#include "redis/linkoptions.h"
#include "watch/fingerprintprobe.h"
#include "watch/globpattern.h"

#include <algorithm>

namespace lockscope {

namespace {

/// Longer names are no locks, and would fill the memory.
constexpr qsizetype longestName = 1024;
/// Kinds of names that are told apart; what comes later is told apart by its beginning only.
constexpr size_t mostKinds = 4000;
/// A key space that is read through in a moment needs no budget.
constexpr qint64 quickKeys = 10'000;

const FamilyRegistry& registryOf(const DiscoveryOptions& options, const WatchOptions& watch)
{
    if (options.registry)
        return *options.registry;
    return watch.registry ? *watch.registry : FamilyRegistry::instance();
}

} // namespace

Discovery::Discovery(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate,
    DiscoveryOptions options, const WatchOptions& watch, const Clock& clock, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_pace(watch.pace)
    , m_clock(clock)
    , m_keptRegistry(m_options.registry)
    , m_registry(registryOf(m_options, watch))
    , m_connection(spec, gate, oneTryOptions("lockscope-discover", watch.commandTimeout))
    , m_budget(clock, LoadBudget::limitsAt(watch.pace, watch.verifyRate))
    , m_queue(m_connection, clock, m_budget,
          [this](const KeyReading& reading, const ChangeHints& /*hints*/) { handleReading(reading); })
    , m_scanner(m_connection, clock, {})
    , m_examiner(m_registry, {}, false)
{
    m_queue.setNameTest([this](QByteArrayView key) { return m_registry.isDeclaredName(key); });
    NodeStatus node;
    node.name = spec.endpoint().text();
    m_server.nodes = { node };
    m_server.database = spec.database;
    m_server.readOnly = gate->isReadOnly();
    m_server.listening = ListenMode::None;
    connect(&m_connection, &Connection::ready, this, &Discovery::probe);
    connect(&m_connection, &Connection::lost, this, [this](const Error& error) { finish(fail(error)); });
    m_scanner.setHandlers(
        [this](QByteArrayView key) { receiveName(key); }, [this](const Status& status) { handleScanEnd(status); });
    if (!spec.scanOnReplica)
        return;
    m_replica = std::make_unique<ScanReplica>(m_connection, clock, watch.commandTimeout);
    connect(m_replica.get(), &ScanReplica::unfit, this, [this] {
        if (!m_scanner.isRunning())
            return;
        m_scanner.stop();
        scan(nullptr);
    });
}

Discovery::~Discovery()
{
    blockSignals(true);
    m_handler = {};
    m_scanner.stop();
    if (m_replica)
        m_replica->stop();
    m_connection.close();
}

void Discovery::start(Handler handler)
{
    m_handler = std::move(handler);
    // In the next turn, so that whoever starts us is told of a failure after start() has returned.
    QTimer::singleShot(0, this, [this] { m_connection.open(); });
}

void Discovery::probe()
{
    readClock();
    probeFingerprints(m_connection, m_registry, [this](const ServedLibraries& served) {
        m_server.fingerprints = served.fingerprints;
        m_server.fingerprintsRefused = served.refused;
        m_examiner.setServed(served.families);
    });
    probeServer(m_connection, [this](const Result<ServerFacts>& facts) {
        if (facts && m_handler)
            beginScan(*facts);
    });
}

void Discovery::readClock()
{
    m_connection.send({ "TIME" }, [this, sentAt = m_clock.now()](const Result<ReplyView>& reply) {
        if (!reply || reply->size() != 2)
            return; // without the right to ask, our own clock has to do
        const qint64 serverMs = reply->at(0).toInteger() * 1000 + reply->at(1).toInteger() / 1000;
        m_queue.serverClock().note(sentAt, m_clock.now(), serverMs);
    });
}

void Discovery::beginScan(const ServerFacts& facts)
{
    m_server.link = LinkState::Ready;
    m_server.serverFlavour = facts.flavour;
    m_server.serverVersion = facts.version;
    m_server.serverRole = facts.role;
    m_server.completeness.keysExpected = quint64(std::max<qint64>(facts.keysInDatabase, 0));
    const bool isQuick = facts.keysInDatabase >= 0 && facts.keysInDatabase <= quickKeys;
    m_budget.setLifted(m_pace == Pace::Full || isQuick);
    m_startedAt = m_clock.now();
    if (m_replica)
        m_replica->choose([this](ReplicaLink* replica) { scan(replica); });
    else
        scan(nullptr);
}

void Discovery::scan(ReplicaLink* replica)
{
    if (!m_handler)
        return;
    if (m_replica)
        m_server.scan = m_server.nodes.front().scan = m_replica->source();
    m_scanner.setConnection(replica ? replica->connection() : m_connection);
    m_scanner.start(m_pace, m_server.completeness.keysExpected);
}

void Discovery::handleScanEnd(const Status& status)
{
    if (status)
        endScan(true);
    else if (!m_server.scan.replica.isEmpty())
        // Names that come twice count once.
        QTimer::singleShot(
            0, this, [this, why = m_server.scan.replica + QStringLiteral(": ") + errorTitle(status.error().kind)] {
                m_replica->reject(why);
                if (!m_scanner.isRunning())
                    scan(nullptr);
            });
    else
        finish(fail(status.error()));
}

bool Discovery::isWanted(QByteArrayView key) const
{
    const auto matches = [&](const QByteArray& glob) { return globMatches(glob, key); };
    return m_options.matches.isEmpty() || std::any_of(m_options.matches.cbegin(), m_options.matches.cend(), matches);
}

// The globs are matched here and not by the server, which would hide how many names it went through.
void Discovery::receiveName(QByteArrayView key)
{
    const QByteArray name = key.size() <= longestName ? key.toByteArray() : QByteArray();
    if (!name.isNull() && m_names.contains(name))
        return;
    if (m_keysScanned >= m_options.mostScanned) {
        m_scanner.stop();
        endScan(false);
        return;
    }
    ++m_keysScanned;
    if (name.isNull())
        return;
    m_names.insert(name);
    if (isWanted(key))
        m_kinds[kindOf(name)].append(name);
}

/// What it sorts by: lock-like names come first.
QByteArray Discovery::kindOf(const QByteArray& key) const
{
    const KeyTemplate pattern = keyTemplateOf(key);
    const QByteArray order = hasLockLikeName(key) ? "0" : "1";
    const QByteArray kind = order + pattern.glob();
    if (m_kinds.size() < mostKinds || m_kinds.contains(kind))
        return kind;
    const QByteArray byBeginning = order + pattern.segments.front() + '\n';
    return m_kinds.size() < 2 * mostKinds || m_kinds.contains(byBeginning) ? byBeginning : order + '\n';
}

void Discovery::endScan(bool whole)
{
    m_wholeScan = whole;
    m_names.clear();
    chooseKeys();
    if (m_chosen == 0)
        finishReading();
}

/// One key of each kind, then a second one of each, and so on: a million keys of one kind hide no other.
void Discovery::chooseKeys()
{
    bool more = true;
    for (qsizetype round = 0; more && m_chosen < m_options.mostRead; ++round) {
        more = false;
        for (const auto& [kind, names] : m_kinds) {
            if (round >= names.size() || m_chosen >= m_options.mostRead)
                continue;
            more = true;
            ++m_chosen;
            m_queue.request(names.at(round), VerifyQueue::Priority::Unknown, {});
        }
    }
    quint64 candidates = 0;
    for (const auto& [kind, names] : m_kinds)
        candidates += quint64(names.size());
    m_wholeRead = m_chosen == candidates;
    m_kinds.clear();
}

void Discovery::handleReading(const KeyReading& reading)
{
    if (!m_handler)
        return;
    using Outcome = KeyReading::Outcome;
    const QByteArray& key = reading.sample.key;
    if (reading.outcome == Outcome::Failed) {
        finish(fail(reading.error));
        return;
    }
    ++m_answered;
    if (reading.outcome == Outcome::Hidden) {
        ++m_keysHidden;
        m_refusal = reading.error;
    } else if (reading.outcome == Outcome::OtherType) {
        ++m_keysRead;
        m_grouper.add(key, {}, -1);
    } else if (reading.outcome == Outcome::Present) {
        ++m_keysRead;
        const FamilyMatch match = m_examiner.recognise(reading, nullptr);
        noteSighting(reading, match);
        // What a library keeps beside its locks says nothing against their names.
        if (match.id != FamilyId::None || !m_registry.isAuxiliary(key, reading.sample.type))
            m_grouper.add(key, match, reading.sample.ttlMs);
    }
    if (m_answered == m_chosen)
        finishReading();
}

/// What becomes of a key whose name a declared family claims, as far as the preview shows it.
void Discovery::noteSighting(const KeyReading& reading, const FamilyMatch& match)
{
    if (!m_options.sightDeclared || m_sightings.size() >= mostSightings)
        return;
    for (const FamilyId id : m_registry.declaredIds()) {
        const DeclaredFamily* family = m_registry.declared(id);
        const bool recognised = match.id == id;
        if (!recognised && !family->matchesName(reading.sample.key))
            continue;
        FamilySighting sighting;
        sighting.family = id;
        sighting.key = reading.sample.key;
        sighting.type = reading.sample.type;
        sighting.ttlMs = reading.sample.ttlMs;
        sighting.recognised = recognised;
        sighting.takenBy = recognised ? FamilyId::None : match.id;
        if (recognised) {
            const LockReading lock = family->read(reading.sample);
            sighting.holders = lock.holders.size();
            sighting.token = lock.holders.empty() ? QByteArray() : lock.holders.front().token;
            sighting.confidence = match.recognition.confidence;
            sighting.owner = ownerText(m_registry.ownerHints(id, sighting.token));
        } else if (const char* objection = family->objection(reading.sample)) {
            sighting.objection = objection;
        }
        m_sightings.append(sighting);
    }
}

void Discovery::finishReading()
{
    if (m_keysRead == 0 && m_keysHidden > 0) {
        finish(fail(m_refusal));
        return;
    }
    DiscoveryReport report;
    report.proposals = m_grouper.proposals();
    if (!m_options.families.isEmpty())
        report.proposals.removeIf(
            [this](const PatternProposal& proposal) { return !m_options.families.contains(proposal.family); });
    report.sightings = std::move(m_sightings);
    report.keysRead = m_keysRead;
    report.server = m_server;
    Completeness& completeness = report.server.completeness;
    completeness.complete = m_wholeScan && m_wholeRead && m_keysHidden == 0;
    completeness.keysScanned = m_keysScanned;
    completeness.keysExpected = m_wholeScan ? m_keysScanned : std::max(completeness.keysExpected, m_keysScanned);
    completeness.pass = 1;
    const SteadyTime now = m_clock.now();
    completeness.passTime = std::chrono::duration_cast<Milliseconds>(now - m_startedAt);
    if (completeness.complete)
        completeness.completedAt = now;
    report.takenAt = now;
    report.takenAtMs = m_clock.wallNow().toMSecsSinceEpoch();
    finish(std::move(report));
}

void Discovery::finish(Result<DiscoveryReport> result)
{
    if (!m_handler)
        return;
    m_scanner.stop();
    // Only once, and not from within an answer: whoever is told may want us gone.
    QTimer::singleShot(0, this,
        [handler = std::move(m_handler), result = std::move(result)]() mutable { handler(std::move(result)); });
    m_handler = {};
}

} // namespace lockscope

#include "moc_discovery.cpp"
