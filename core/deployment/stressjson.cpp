// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stressjson.h"

#include "base/jsonwriter.h"

#include <QSysInfo>
#include <QThread>

namespace lockscope {

namespace {

class ReportWriter {
public:
    explicit ReportWriter(const StressReport& report)
        : m_report(report)
    {
    }
    QByteArray write(bool withHistory);

private:
    void count(const char* name, quint64 value)
    {
        m_writer.name(name);
        m_writer.integer(qint64(value));
    }
    void text(const char* name, const QString& value)
    {
        m_writer.name(name);
        m_writer.string(value);
    }
    /// Nanoseconds as milliseconds; null for what did not come.
    void time(const char* name, qint64 ns)
    {
        m_writer.name(name);
        if (ns < 0 || ns == std::numeric_limits<qint64>::max())
            m_writer.null();
        else
            m_writer.number(double(ns / 1000) / 1000.0); // NOLINT(bugprone-integer-division): whole microseconds
    }
    void latencies(const char* name, const Histogram& histogram);
    void party(const char* name, const ViolationParty& party);
    void violation(const Violation& violation);
    void violations();
    void counters();
    void oracles();
    void linearizability();
    void faults();
    void servers();
    void samples();
    void lanes();

    const StressReport& m_report;
    JsonWriter m_writer;
};

void ReportWriter::latencies(const char* name, const Histogram& histogram)
{
    const LatencySummary summary = LatencySummary::of(histogram);
    m_writer.name(name);
    m_writer.beginObject();
    for (const auto& [field, value] : { std::pair { "p50", summary.p50 }, std::pair { "p90", summary.p90 },
             std::pair { "p99", summary.p99 }, std::pair { "p999", summary.p999 }, std::pair { "max", summary.max } }) {
        m_writer.name(field);
        m_writer.number(double(value) / 1000.0);
    }
    count("count", summary.count);
    m_writer.endObject();
}

void ReportWriter::party(const char* name, const ViolationParty& party)
{
    m_writer.name(name);
    if (party.client < 0)
        return m_writer.null();
    m_writer.beginObject();
    m_writer.name("client");
    m_writer.integer(party.client);
    m_writer.bytes("token", party.token);
    m_writer.name("section");
    m_writer.integer(party.section);
    if (party.entered > 0) {
        time("invoked_ms", party.invoked);
        time("entered_ms", party.entered);
        time("left_ms", party.left);
        time("lease_end_ms", party.leaseEnd);
    }
    m_writer.endObject();
}

void ReportWriter::violation(const Violation& violation)
{
    m_writer.beginObject();
    m_writer.name("kind");
    m_writer.string(violationName(violation.kind));
    m_writer.name("cause");
    m_writer.string(causeName(violation.cause));
    m_writer.bytes("key", violation.key);
    party("first", violation.first);
    party("second", violation.second);
    m_writer.name("culprit");
    m_writer.integerOrNull(violation.culprit < 0 ? std::nullopt : std::optional<qint64>(violation.culprit));
    time("from_ms", violation.from);
    time("until_ms", violation.until);
    m_writer.endObject();
}

void ReportWriter::violations()
{
    count("violation_count", m_report.violationCount());
    m_writer.name("violations");
    m_writer.beginArray();
    for (const Violation& one : m_report.violations)
        violation(one);
    m_writer.endArray();
}

void ReportWriter::counters()
{
    const StressCounters& counters = m_report.counters;
    count("sections", counters.sections);
    m_writer.name("sections_per_s");
    m_writer.number(m_report.sectionsPerSecond());
    latencies("acquire_ms", m_report.acquire);
    latencies("wait_ms", m_report.wait);
    latencies("release_ms", m_report.release);
    latencies("acquire_service_ms", m_report.acquireService);
    latencies("handover_ms", m_report.handover);
    count("attempts", counters.attempts);
    count("refused", counters.refused);
    count("timeouts", counters.timeouts);
    count("lost", counters.lost);
    count("errors", counters.errors);
    count("indeterminate", counters.indeterminate);
    count("renewals", counters.renewals);
    count("crashes", counters.crashes);
    count("planned", counters.planned);
}

void ReportWriter::oracles()
{
    const OracleCounts& oracle = m_report.oracle;
    count("overlaps", oracle.overlaps);
    count("fenced_overlaps", oracle.fencedOverlaps);
    count("lost_updates", oracle.lostUpdates);
    count("stale_writes_blocked", oracle.staleWritesBlocked);
    count("stale_writes_landed", oracle.staleWritesLanded);
    count("foreign_deletes", oracle.foreignDeletes);
    count("foreign_renewals", oracle.foreignRenewals);
    count("fence_regressions", oracle.fenceRegressions);
    count("orphans", oracle.orphans);
    count("stuck_orphans", oracle.stuckOrphans);
    time("orphan_worst_ms", oracle.orphanWorst);
    m_writer.name("lease_overrun");
    m_writer.beginObject();
    count("count", m_report.counters.overruns);
    m_writer.name("total_ms");
    m_writer.number(double(m_report.counters.overrunTotal) / 1000.0);
    m_writer.name("worst_ms");
    m_writer.number(double(m_report.counters.overrunWorst) / 1000.0);
    m_writer.endObject();
    m_writer.name("fairness");
    m_writer.number(m_report.fairness);
    count("starved_clients", m_report.starvedClients);
    m_writer.name("longest_wait_ms");
    m_writer.number(double(m_report.longestWait) / 1000.0);
}

void ReportWriter::linearizability()
{
    static constexpr QLatin1StringView names[] = { QLatin1StringView("not_checked"), QLatin1StringView("linearizable"),
        QLatin1StringView("violated"), QLatin1StringView("undecided") };
    const LinearizabilityVerdict& verdict = m_report.linearizability;
    m_writer.name("linearizability");
    m_writer.beginObject();
    m_writer.name("verdict");
    m_writer.string(names[size_t(verdict.kind)]);
    count("operations", verdict.operations);
    m_writer.name("complete");
    m_writer.boolean(verdict.complete);
    m_writer.name("check_ms");
    m_writer.number(double(verdict.microseconds) / 1000.0);
    if (verdict.kind == LinearizabilityVerdict::Kind::Violated) {
        m_writer.bytes("key", verdict.key);
        m_writer.name("counter_example");
        m_writer.beginArray();
        for (const QString& line : verdict.counterExample)
            m_writer.string(line);
        m_writer.endArray();
    }
    m_writer.endObject();
}

void ReportWriter::faults()
{
    m_writer.name("faults");
    m_writer.beginArray();
    for (const FaultMark& fault : m_report.faults) {
        m_writer.beginObject();
        m_writer.name("fault");
        m_writer.string(QByteArrayView(fault.text));
        time("from_ms", fault.from);
        time("until_ms", fault.until);
        time("recovered_ms", fault.recovered);
        m_writer.name("client");
        m_writer.integerOrNull(fault.client < 0 ? std::nullopt : std::optional<qint64>(fault.client));
        m_writer.name("node");
        m_writer.integerOrNull(fault.node < 0 ? std::nullopt : std::optional<qint64>(fault.node));
        m_writer.endObject();
    }
    m_writer.endArray();
}

void ReportWriter::servers()
{
    m_writer.name("servers");
    m_writer.beginArray();
    for (const QMap<QString, QString>& server : m_report.servers) {
        m_writer.beginObject();
        for (auto it = server.begin(); it != server.end(); ++it)
            text(it.key().toLatin1().constData(), it.value());
        m_writer.endObject();
    }
    m_writer.endArray();
    m_writer.name("versions");
    m_writer.beginObject();
    text("lockscope", QStringLiteral(LOCKSCOPE_VERSION));
    text("qt", QString::fromLatin1(qVersion()));
    text("system", QSysInfo::prettyProductName());
    text("kernel", QSysInfo::kernelVersion());
    count("cores", quint64(QThread::idealThreadCount()));
    m_writer.endObject();
}

void ReportWriter::samples()
{
    m_writer.name("samples");
    m_writer.beginArray();
    for (const StressSample& sample : m_report.samples) {
        m_writer.beginObject();
        time("at_ms", sample.at);
        count("sections", sample.sections);
        count("refused", sample.refused);
        count("planned", sample.planned);
        m_writer.name("wait_p50_ms");
        m_writer.number(double(sample.waitP50) / 1000.0);
        m_writer.name("wait_p99_ms");
        m_writer.number(double(sample.waitP99) / 1000.0);
        m_writer.name("acquire_p50_ms");
        m_writer.number(double(sample.acquireP50) / 1000.0);
        m_writer.name("acquire_p99_ms");
        m_writer.number(double(sample.acquireP99) / 1000.0);
        count("waiting", quint64(std::max(sample.waiting, 0)));
        count("violations", sample.violations);
        m_writer.endObject();
    }
    m_writer.endArray();
}

void ReportWriter::lanes()
{
    static constexpr QLatin1StringView kinds[] = { QLatin1StringView("waiting"), QLatin1StringView("holding"),
        QLatin1StringView("paused"), QLatin1StringView("crashed") };
    m_writer.name("lanes");
    m_writer.beginArray();
    for (const LaneSpan& span : m_report.lanes) {
        m_writer.beginObject();
        m_writer.name("client");
        m_writer.integer(span.client);
        m_writer.name("key");
        m_writer.integer(span.key);
        m_writer.name("state");
        m_writer.string(kinds[size_t(span.kind)]);
        time("from_ms", span.from);
        time("until_ms", span.until);
        m_writer.endObject();
    }
    m_writer.endArray();
}

QByteArray ReportWriter::write(bool withHistory)
{
    m_writer.beginObject();
    counters();
    violations();
    oracles();
    linearizability();
    faults();
    m_writer.name("keys_left");
    m_writer.integerOrNull(m_report.keysLeft < 0 ? std::nullopt : std::optional(m_report.keysLeft));
    m_writer.name("interrupted");
    m_writer.boolean(m_report.interrupted);
    time("elapsed_ms", m_report.elapsed);
    m_writer.name("started_at");
    m_writer.time(m_report.startedAt.toMSecsSinceEpoch());
    m_writer.name("notes");
    m_writer.beginArray();
    for (const QString& note : m_report.notes)
        m_writer.string(note);
    m_writer.endArray();
    servers();
    writeStressConfig(m_writer, m_report.config);
    if (withHistory) {
        samples();
        lanes();
        m_writer.name("history");
        m_writer.beginArray();
        QByteArray json = m_writer.take();
        for (size_t i = 0; i < m_report.history.size(); ++i)
            json += (i > 0 ? "," : "") + m_report.history[i];
        m_writer.endArray();
        m_writer.endObject();
        return json + m_writer.take();
    }
    m_writer.endObject();
    return m_writer.take();
}

} // namespace

void writeStressConfig(JsonWriter& writer, const StressConfig& config)
{
    const auto count = [&](const char* name, quint64 value) {
        writer.name(name);
        writer.integer(qint64(value));
    };
    writer.name("config");
    writer.beginObject();
    writer.name("strategy");
    writer.string(QByteArrayView(config.strategy));
    count("clients", quint64(config.clients));
    count("keys", quint64(config.keys));
    count("ttl_ms", quint64(config.ttl.count()));
    writer.name("hold_ms");
    writer.beginArray();
    writer.integer(config.hold.least.count());
    writer.integer(config.hold.most.count());
    writer.endArray();
    count("duration_ms", quint64(config.duration.count()));
    count("sections", quint64(config.sections));
    writer.name("rate");
    writer.number(config.rate);
    count("wait_ms", quint64(config.wait.count()));
    writer.name("retry_ms");
    writer.beginArray();
    writer.integer(config.retry.least.count());
    writer.integer(config.retry.most.count());
    writer.endArray();
    count("connections", quint64(config.connections));
    count("threads", quint64(config.threads));
    writer.name("renew");
    writer.boolean(config.renew);
    count("readers", quint64(config.readers));
    count("permits", quint64(config.permits));
    writer.name("faults");
    writer.beginArray();
    for (const FaultSpec& fault : config.faults)
        writer.string(QByteArrayView(fault.text()));
    writer.endArray();
    writer.name("servers");
    writer.beginArray();
    for (const ConnectionSpec& server : config.servers)
        writer.string(server.redactedUri());
    writer.endArray();
    writer.endObject();
    writer.name("seed");
    writer.string(QString::number(config.seed)); // 64 bits: more than a JSON number keeps
}

QByteArray stressReportToJson(const StressReport& report, bool withHistory)
{
    return ReportWriter(report).write(withHistory);
}

} // namespace lockscope
