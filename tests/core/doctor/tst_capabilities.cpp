// SPDX-License-Identifier: GPL-3.0-or-later

// What a server does not let us do is known at once, with what it costs: restricted users, renamed commands.
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/doctorfixture.h"

#include <QElapsedTimer>

using namespace lockscope;

class CapabilitiesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everythingIsThere();
    void theProbeTakesTwoRoundTrips();
    void withoutConfigTrackingIsNamed();
    void aPoorUserLosesMuch();
    void renamedCommandsAreMissed();
    void whatCannotBeReadIsNeverGood();
    void readOnlyConnectionsSendNoScript();
    void rightsThatAreMissingAreNamed();

private:
    /// As a user with these rules.
    [[nodiscard]] ConnectionSpec userWith(const QList<QByteArray>& rules);
    [[nodiscard]] static Result<DoctorReport> probe(const ConnectionSpec& spec, bool readOnly = true)
    {
        DoctorOptions options;
        options.capabilitiesOnly = true;
        return examined({ spec }, options, readOnly);
    }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
};

namespace {

const Capability* capability(const DoctorReport& report, const char* name)
{
    for (const Capability& each : report.nodes.first().capabilities) {
        if (each.name == name)
            return &each;
    }
    return nullptr;
}

} // namespace

void CapabilitiesTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

ConnectionSpec CapabilitiesTest::userWith(const QList<QByteArray>& rules)
{
    const BlockingClient::Answer made
        = m_client->run(QList<QByteArray> { "ACL", "SETUSER", "tester", "reset", "on", ">pw", "~*", "&*" } + rules);
    if (made.text != "OK")
        qFatal("%s", made.text.constData());
    ConnectionSpec spec = m_server->spec();
    spec.user = QStringLiteral("tester");
    spec.password = Secret(QByteArray("pw"));
    return spec;
}

void CapabilitiesTest::everythingIsThere()
{
    for (const bool readOnly : { true, false }) {
        const Result<DoctorReport> report = probe(m_server->spec(), readOnly);
        VERIFY_RESULT(report);
        QVERIFY(report->findings.isEmpty());
        QCOMPARE(report->nodes.size(), 1);
        QVERIFY(!report->nodes.first().version.isEmpty());
        QCOMPARE(report->nodes.first().role, QByteArray("master"));
        for (const Capability& each : report->nodes.first().capabilities) {
            QVERIFY2(each.state == CapabilityState::Available, qPrintable(each.reason));
            QVERIFY(each.reason.isEmpty() && each.consequence.isEmpty());
        }
        QVERIFY(report->lost().isEmpty());
    }
}

/// Within a second of connecting: told here by the number of waits, for the clock of a busy machine proves nothing.
void CapabilitiesTest::theProbeTakesTwoRoundTrips()
{
    const Result<DoctorReport> report = probe(m_server->spec());
    VERIFY_RESULT(report);
    QElapsedTimer timer;
    qint64 best = 1'000'000;
    for (int i = 0; i < 5; ++i) {
        timer.start();
        VERIFY_RESULT(probe(m_server->spec()));
        best = qMin(best, timer.elapsed());
        if (best < 1000)
            break;
    }
    QVERIFY2(best < 1000, qPrintable(QString::number(best)));
}

void CapabilitiesTest::withoutConfigTrackingIsNamed()
{
    const Result<DoctorReport> report = probe(userWith({ "+@all", "-config" }));
    VERIFY_RESULT(report);
    const Capability* config = capability(*report, "config_get");
    QCOMPARE(config->state, CapabilityState::Missing);
    QVERIFY2(config->reason.startsWith(QStringLiteral("NOPERM")), qPrintable(config->reason));
    QVERIFY2(config->consequence.contains(QStringLiteral("CLIENT TRACKING")), qPrintable(config->consequence));
    QCOMPARE(capabilityState(*report, "config_set"), CapabilityState::Missing);
    QCOMPARE(capabilityState(*report, "notifications"), CapabilityState::Unknown);
    QCOMPARE(capabilityState(*report, "tracking"), CapabilityState::Available);
    const QList<Capability> lost = report->lost();
    QCOMPARE(lost.size(), 1);
    QCOMPARE(lost.first().name, QByteArray("config_get"));
}

void CapabilitiesTest::aPoorUserLosesMuch()
{
    const Result<DoctorReport> report = probe(userWith({ "+ping", "+get", "+scan", "+select" }), false);
    VERIFY_RESULT(report);
    for (const char* name : { "info", "config_get", "client_list", "tracking", "script_exists", "eval", "acl", "time" })
        QCOMPARE(capabilityState(*report, name), CapabilityState::Missing);
    QCOMPARE(capabilityState(*report, "scan"), CapabilityState::Available);
    QCOMPARE(capabilityState(*report, "set"), CapabilityState::Unknown); // nobody may say
    for (const Capability& each : report->nodes.first().capabilities)
        QVERIFY(each.state == CapabilityState::Available || (!each.reason.isEmpty() && !each.consequence.isEmpty()));
    QVERIFY(report->lost().size() >= 4);
}

void CapabilitiesTest::renamedCommandsAreMissed()
{
    SandboxServer::Options options;
    for (const char* command : { "CONFIG", "EVAL", "CLIENT", "PUBLISH" })
        options.arguments += { QStringLiteral("--rename-command"), QLatin1StringView(command), QString() };
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    for (const bool readOnly : { true, false }) {
        const Result<DoctorReport> report = probe((*server)->spec(), readOnly);
        VERIFY_RESULT(report);
        for (const char* name : { "config_get", "config_set", "client_list", "tracking", "eval", "publish" })
            QVERIFY2(capabilityState(*report, name) == CapabilityState::Missing, name);
        for (const char* name : { "info", "scan", "set", "restore", "script_exists", "acl" })
            QVERIFY2(capabilityState(*report, name) == CapabilityState::Available, name);
        QCOMPARE(capability(*report, "eval")->isNeeded, !readOnly);
    }
}

void CapabilitiesTest::whatCannotBeReadIsNeverGood()
{
    const ConnectionSpec spec = userWith({ "+ping", "+scan", "+info", "+dbsize", "+select" });
    const Result<DoctorReport> report = examined({ spec });
    VERIFY_RESULT(report);
    for (const char* check : { "notifications", "pubsub_buffers", "script_limit", "exposure", "rights", "clock" }) {
        const Finding finding = worstOf(*report, check);
        QVERIFY2(finding.severity == Severity::Unknown, check);
        QVERIFY2(finding.evidence.contains(QStringLiteral("NOPERM")), qPrintable(finding.evidence));
        for (const Finding& each : findingsOf(*report, check))
            QVERIFY2(each.severity != Severity::Ok, check);
    }
    QVERIFY(findingsOf(*report, "latency").size() >= 3); // round trip, scripts, stalls
    QCOMPARE(worstOf(*report, "eviction").severity, Severity::Ok); // INFO tells
    // Without INFO not even that.
    const Result<DoctorReport> blind = examined({ userWith({ "+ping", "+scan" }) });
    VERIFY_RESULT(blind);
    for (const char* check : { "reachability", "eviction", "persistence", "replication", "version" })
        QVERIFY2(worstOf(*blind, check).severity == Severity::Unknown, check);
}

void CapabilitiesTest::readOnlyConnectionsSendNoScript()
{
    const auto calls = [this] {
        const QByteArray stats = m_client->run({ "INFO", "commandstats" }).text;
        const qsizetype at = stats.indexOf("cmdstat_eval:");
        return at < 0 ? QByteArray("none") : stats.mid(at, stats.indexOf(',', at) - at);
    };
    const QByteArray before = calls();
    VERIFY_RESULT(probe(m_server->spec(), true));
    QCOMPARE(calls(), before);
    VERIFY_RESULT(probe(m_server->spec(), false));
    QVERIFY(calls() != before);
}

void CapabilitiesTest::rightsThatAreMissingAreNamed()
{
    const ConnectionSpec spec
        = userWith({ "+@all", "-pttl", "-client|list", "-eval", "-@dangerous", "+info", "+config|get", "+acl|dryrun" });
    const Result<DoctorReport> report = examined({ spec });
    VERIFY_RESULT(report);
    const QList<Finding> rights = findingsOf(*report, "rights");
    QCOMPARE(rights.size(), 2);
    QCOMPARE(rights[0].severity, Severity::Warning);
    QVERIFY2(rights[0].commands.first().contains(QStringLiteral("+pttl")), qPrintable(rights[0].commands.first()));
    QVERIFY(rights[0].commands.first().contains(QStringLiteral("+client|list")));
    QCOMPARE(rights[1].severity, Severity::Info);
    QVERIFY2(rights[1].commands.first().contains(QStringLiteral("+eval")), qPrintable(rights[1].commands.first()));
    // What it says to grant is what was missing.
    for (const Finding& finding : rights)
        QCOMPARE(m_client->run(finding.commands.first().toUtf8().split(' ')).text, QByteArray("OK"));
    const Result<DoctorReport> mended = examined({ spec });
    VERIFY_RESULT(mended);
    for (const Finding& finding : findingsOf(*mended, "rights"))
        QVERIFY2(finding.severity == Severity::Ok, qPrintable(finding.evidence));
}

QTEST_GUILESS_MAIN(CapabilitiesTest)
#include "tst_capabilities.moc"
