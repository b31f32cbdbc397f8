// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/discoveryround.h"

#include <algorithm>

namespace lockscope {

namespace {

void addProposal(PatternProposal& sum, const PatternProposal& part)
{
    const auto mean = [&sum, &part](float a, float b) {
        return float((double(a) * double(sum.count) + double(b) * double(part.count)) / double(sum.count + part.count));
    };
    sum.confidence = mean(sum.confidence, part.confidence);
    sum.purity = mean(sum.purity, part.purity);
    sum.count += part.count;
    sum.noTtl += part.noTtl;
    sum.examples = (sum.examples + part.examples).mid(0, mostExamples);
}

} // namespace

void addReport(DiscoveryReport& sum, const DiscoveryReport& report)
{
    for (const PatternProposal& proposal : report.proposals) {
        const auto known
            = std::find_if(sum.proposals.begin(), sum.proposals.end(), [&proposal](const PatternProposal& other) {
                  return other.match == proposal.match && other.family == proposal.family;
              });
        if (known == sum.proposals.end())
            sum.proposals.append(proposal);
        else
            addProposal(*known, proposal);
    }
    // Shares are of all that was read, everywhere.
    sum.keysRead += report.keysRead;
    for (PatternProposal& proposal : sum.proposals)
        proposal.share = sum.keysRead > 0 ? double(proposal.count) / double(sum.keysRead) : 0;
    std::stable_sort(
        sum.proposals.begin(), sum.proposals.end(), [](const PatternProposal& a, const PatternProposal& b) {
            return double(a.confidence) * double(a.count) > double(b.confidence) * double(b.count);
        });
    Completeness& whole = sum.server.completeness;
    const Completeness& part = report.server.completeness;
    whole.complete = whole.complete && part.complete;
    whole.keysScanned += part.keysScanned;
    whole.keysExpected += part.keysExpected;
    whole.passTime += part.passTime;
    whole.completedAt = whole.complete ? part.completedAt : std::nullopt;
    for (const NodeStatus& node : report.server.nodes) {
        const bool known = std::any_of(sum.server.nodes.begin(), sum.server.nodes.end(),
            [&node](const NodeStatus& other) { return other.name == node.name; });
        if (!known)
            sum.server.nodes.append(node);
    }
    if (!sum.server.databases.contains(report.server.database))
        sum.server.databases.append(report.server.database);
    sum.takenAt = report.takenAt;
    sum.takenAtMs = report.takenAtMs;
}

DiscoveryRound::DiscoveryRound(TopologyMap map, std::shared_ptr<const CommandGate> gate, DiscoveryOptions options,
    WatchOptions watch, QObject* parent)
    : QObject(parent)
    , m_map(std::move(map))
    , m_gate(std::move(gate))
    , m_options(std::move(options))
    , m_watch(std::move(watch))
{
}

DiscoveryRound::~DiscoveryRound() { blockSignals(true); }

void DiscoveryRound::start(Discovery::Handler handler)
{
    m_handler = std::move(handler);
    QTimer::singleShot(0, this, &DiscoveryRound::findDatabases);
}

void DiscoveryRound::findDatabases()
{
    const ConnectionSpec& spec = m_map.masters.at(m_master).spec;
    if (!m_watch.databases.all) {
        addPlaces(m_watch.databases.numbers.isEmpty() ? QList<qint32> { spec.database } : m_watch.databases.numbers);
        return;
    }
    m_finder = std::make_unique<DatabaseFinder>(spec, m_gate, m_watch.commandTimeout, false);
    connect(m_finder.get(), &DatabaseFinder::found, this, &DiscoveryRound::addPlaces);
    connect(m_finder.get(), &DatabaseFinder::failed, this, [this](const Error& error) { receive(fail(error)); });
    m_finder->start();
}

void DiscoveryRound::addPlaces(const QList<qint32>& databases)
{
    if (m_finder) {
        m_finder->blockSignals(true);
        m_finder.release()->deleteLater();
    }
    ConnectionSpec spec = m_map.masters.at(m_master).spec;
    for (const qint32 database : databases.isEmpty() ? QList<qint32> { spec.database } : databases) {
        spec.database = database;
        m_places.append(spec);
    }
    lookAtNext();
}

void DiscoveryRound::lookAtNext()
{
    if (m_places.isEmpty()) {
        const bool isLast = ++m_master == m_map.masters.size();
        if (isLast || m_map.isQuorumGroup())
            finish(std::move(*m_sum));
        else
            findDatabases();
        return;
    }
    m_look = std::make_unique<Discovery>(m_places.takeFirst(), m_gate, m_options, m_watch);
    m_look->start([this](Result<DiscoveryReport> report) {
        m_look.release()->deleteLater();
        receive(std::move(report));
    });
}

void DiscoveryRound::receive(Result<DiscoveryReport> report)
{
    if (!report) {
        // Another master of the group knows the same.
        if (m_map.isQuorumGroup() && m_master + 1 < m_map.masters.size()) {
            ++m_master;
            m_places.clear();
            m_sum.reset();
            QTimer::singleShot(0, this, &DiscoveryRound::findDatabases);
        } else {
            finish(std::move(report));
        }
        return;
    }
    if (m_sum)
        addReport(*m_sum, *report);
    else
        m_sum = std::move(*report);
    lookAtNext();
}

void DiscoveryRound::finish(Result<DiscoveryReport> result)
{
    if (!m_handler)
        return;
    if (result && !result->server.databases.isEmpty()) {
        QList<qint32>& databases = result->server.databases;
        databases.prepend(result->server.database);
        std::sort(databases.begin(), databases.end());
        databases.erase(std::unique(databases.begin(), databases.end()), databases.end());
    }
    QTimer::singleShot(0, this,
        [handler = std::move(m_handler), result = std::move(result)]() mutable { handler(std::move(result)); });
    m_handler = {};
}

} // namespace lockscope

#include "moc_discoveryround.cpp"
