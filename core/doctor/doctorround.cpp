// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctorround.h"

#include "doctor/capabilities.h"
#include "doctor/check.h"
#include "locks/families/familyregistry.h"

namespace lockscope {

namespace {

constexpr int pings = 9;
// Of the keys: enough to see what kinds of locks there are, and over in seconds.
constexpr quint64 mostScanned = 20'000;
constexpr quint64 mostRead = 2000;

QList<Words> allNeeds(const NodeAnswers& node)
{
    QList<Words> wanted = capabilityNeeds(node);
    for (const auto& check : allChecks())
        wanted += check->needs(node);
    return wanted;
}

QList<Finding> findingsOf(const DeploymentAnswers& all)
{
    QList<Finding> findings;
    for (const auto& check : allChecks()) {
        for (const NodeAnswers& node : all.nodes) {
            if (!node.failure)
                check->judge(node, FindingList(findings, check->name(), { node.name() }));
        }
        check->judgeAll(all, FindingList(findings, check->name(), {}));
    }
    return mergedFindings(findings);
}

} // namespace

DoctorRound::DoctorRound(TopologyMap map, std::shared_ptr<const CommandGate> gate, const DoctorOptions& options,
    WatchOptions watch, QObject* parent)
    : QObject(parent)
    , m_map(std::move(map))
    , m_gate(std::move(gate))
    , m_options(options)
    , m_watch(std::move(watch))
{
}

DoctorRound::~DoctorRound() { blockSignals(true); }

void DoctorRound::setSentinels(const ConnectionSpec& spec)
{
    if (m_options.capabilitiesOnly)
        return;
    m_inquiry = std::make_unique<SentinelInquiry>(spec, m_gate, m_watch.commandTimeout);
    connect(m_inquiry.get(), &SentinelInquiry::finished, this, &DoctorRound::partEnded);
}

ExaminationScope DoctorRound::scope() const
{
    ExaminationScope scope;
    scope.topology = m_map.kind;
    scope.isQuorumGroup = m_map.isQuorumGroup();
    scope.mayWrite = !m_gate->isReadOnly();
    scope.matches = m_watch.matches;
    scope.families = m_watch.families;
    scope.registry = m_watch.registry ? m_watch.registry : &FamilyRegistry::instance();
    return scope;
}

void DoctorRound::start(Handler handler)
{
    m_handler = std::move(handler);
    m_startedAt = SystemClock::instance().now();
    const bool whole = !m_options.capabilitiesOnly;
    for (const MasterNode& master : m_map.masters) {
        m_nodes.push_back(std::make_unique<NodeExamination>(NodeAnswers(master.spec, scope()), m_gate,
            m_watch.commandTimeout, whole ? allNeeds : capabilityNeeds, whole ? pings : 1));
        connect(m_nodes.back().get(), &NodeExamination::finished, this, &DoctorRound::partEnded);
    }
    if (whole) {
        DiscoveryOptions sample;
        sample.matches = m_watch.matches;
        sample.families = m_watch.families;
        sample.mostScanned = mostScanned;
        sample.mostRead = mostRead;
        m_sample = std::make_unique<DiscoveryRound>(m_map, m_gate, sample, m_watch);
        m_sample->start([this](Result<DiscoveryReport> report) {
            m_sampled = std::move(report);
            partEnded();
        });
    }
    if (m_inquiry)
        m_inquiry->start();
    for (const auto& node : m_nodes)
        node->start();
}

void DoctorRound::partEnded()
{
    ++m_done;
    Q_EMIT progressed(m_done, parts());
    if (m_done == parts())
        conclude();
}

void DoctorRound::conclude()
{
    DeploymentAnswers all { scope(), {}, std::move(m_sampled), {} };
    if (m_inquiry)
        all.sentinels = m_inquiry->answers();
    DoctorReport report;
    std::optional<Error> failure;
    for (const auto& node : m_nodes) {
        const NodeAnswers& answers = all.nodes.emplace_back(std::move(node->answers()));
        if (answers.failure) {
            failure = answers.failure;
            continue;
        }
        report.nodes.append(capabilitiesOf(answers));
        report.nodes.last().took = node->took();
    }
    if (report.nodes.isEmpty()) {
        m_handler(fail(failure.value_or(makeError(ErrorKind::Internal))));
        return;
    }
    if (!m_options.capabilitiesOnly)
        report.findings = findingsOf(all);
    report.took = std::chrono::duration_cast<Milliseconds>(SystemClock::instance().now() - m_startedAt);
    report.takenAtMs = SystemClock::instance().wallNow().toMSecsSinceEpoch();
    m_handler(std::move(report));
}

} // namespace lockscope

#include "moc_doctorround.cpp"
