// SPDX-License-Identifier: GPL-3.0-or-later

// What the checks make of answers that no server of a test gives: skewed clocks, open doors, other versions.
#include "doctor/check.h"
#include "doctor/rights.h"
#include "doctor/vulnerabilities.h"
#include "locks/families/familyregistry.h"

#include <QTest>

#include <algorithm>

using namespace lockscope;

class ChecksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void skewedClocks_data();
    void skewedClocks();
    void openDoors_data();
    void openDoors();
    void fingerprintsBetrayLibraries();
    void serversWithoutDryRunTellNoRights();
    void twinsAndEvenQuorums();
    void versions_data();
    void versions();
    void theTableOfFaultsIsSound();
    void foreignFlavoursAreNotJudged();
    void alikeFindingsAreOne();
    void largeAnswersAreRefused();
    void examplesOfGlobs();
};

namespace {

ExaminationScope plainScope(bool isQuorumGroup = false)
{
    ExaminationScope scope;
    scope.isQuorumGroup = isQuorumGroup;
    scope.registry = &FamilyRegistry::instance();
    return scope;
}

NodeAnswers nodeAt(const QString& host, const ExaminationScope& scope = plainScope())
{
    ConnectionSpec spec;
    spec.endpoints = { Endpoint { host, 6379, {} } };
    return NodeAnswers(spec, scope);
}

KeptReply bulk(const QByteArray& bytes)
{
    KeptReply reply;
    reply.kind = ReplyKind::Bulk;
    reply.bytes = bytes;
    return reply;
}

KeptReply array(std::vector<KeptReply> items)
{
    KeptReply reply;
    reply.kind = ReplyKind::Array;
    reply.items = std::move(items);
    return reply;
}

void keepSetting(NodeAnswers& node, const QByteArray& name, const QByteArray& value)
{
    node.keep(settingCommand(name), array({ bulk(name), bulk(value) }));
}

const Check& check(const char* name)
{
    return **std::find_if(
        allChecks().begin(), allChecks().end(), [name](const auto& each) { return each->name() == name; });
}

QList<Finding> judged(const char* name, const NodeAnswers& node)
{
    QList<Finding> findings;
    check(name).judge(node, FindingList(findings, name, { node.name() }));
    return findings;
}

QList<Finding> judgedAll(const char* name, const DeploymentAnswers& all)
{
    QList<Finding> findings;
    check(name).judgeAll(all, FindingList(findings, name, {}));
    return findings;
}

} // namespace

void ChecksTest::skewedClocks_data()
{
    QTest::addColumn<qint64>("skewUs");
    QTest::addColumn<qint64>("uncertaintyUs");
    QTest::addColumn<Severity>("severity");
    QTest::newRow("together") << qint64(20'000) << qint64(2000) << Severity::Ok;
    QTest::newRow("apart") << qint64(3'000'000) << qint64(2000) << Severity::Warning;
    QTest::newRow("far apart") << qint64(60'000'000) << qint64(2000) << Severity::Serious;
    QTest::newRow("not surely apart") << qint64(3'000'000) << qint64(1'500'000) << Severity::Ok;
}

void ChecksTest::skewedClocks()
{
    QFETCH(const qint64, skewUs);
    QFETCH(const qint64, uncertaintyUs);
    QFETCH(const Severity, severity);
    DeploymentAnswers all { plainScope(true), {}, std::nullopt };
    for (const char* host : { "a", "b", "c" })
        all.nodes.push_back(nodeAt(QLatin1StringView(host), all.scope));
    all.nodes[0].clock = ClockReading { 0, uncertaintyUs };
    all.nodes[1].clock = ClockReading { -skewUs / 2, uncertaintyUs };
    all.nodes[2].clock = ClockReading { skewUs - skewUs / 2, uncertaintyUs };
    const QList<Finding> findings = judgedAll("clock", all);
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings.first().severity, severity);
    QVERIFY2(findings.first().evidence.startsWith(QStringLiteral("c:6379 is")), qPrintable(findings.first().evidence));
    NodeAnswers late = nodeAt(QStringLiteral("a"));
    late.clock = ClockReading { skewUs, uncertaintyUs };
    QCOMPARE(judged("clock", late).first().severity == Severity::Ok, skewUs - uncertaintyUs < 1'000'000);
}

void ChecksTest::openDoors_data()
{
    QTest::addColumn<QByteArray>("protectedMode");
    QTest::addColumn<QByteArray>("bind");
    QTest::addColumn<Severity>("severity");
    const QByteArray untold;
    QTest::newRow("open to the world") << QByteArray("no") << QByteArray("* -::*") << Severity::Serious;
    QTest::newRow("protected") << QByteArray("yes") << QByteArray("* -::*") << Severity::Info;
    QTest::newRow("loopback") << QByteArray("no") << QByteArray("127.0.0.1 -::1") << Severity::Info;
    QTest::newRow("one address") << QByteArray("no") << QByteArray("127.0.0.1 10.0.0.7") << Severity::Serious;
    QTest::newRow("not told") << untold << untold << Severity::Warning;
}

void ChecksTest::openDoors()
{
    QFETCH(const QByteArray, protectedMode);
    QFETCH(const QByteArray, bind);
    QFETCH(const Severity, severity);
    NodeAnswers node = nodeAt(QStringLiteral("a"));
    if (!bind.isEmpty()) {
        keepSetting(node, "protected-mode", protectedMode);
        keepSetting(node, "bind", bind);
    }
    const QList<Finding> findings = judged("exposure", node);
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings.first().severity, severity);
}

void ChecksTest::fingerprintsBetrayLibraries()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    DeploymentAnswers all { plainScope(), {}, std::nullopt };
    NodeAnswers node = nodeAt(QStringLiteral("a"));
    std::vector<KeptReply> exists;
    for (const FamilyFingerprint& known : registry.fingerprints()) {
        KeptReply one;
        one.kind = ReplyKind::Integer;
        one.integer = registry.name(known.family) == QLatin1StringView("aioredlock") ? 1 : 0;
        exists.push_back(one);
    }
    node.keep(fingerprintCommand(registry), array(std::move(exists)));
    all.nodes.push_back(std::move(node));
    const QList<Finding> findings = judgedAll("libraries", all);
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings.first().severity, Severity::Warning);
    QVERIFY(findings.first().title.contains(QStringLiteral("aioredlock")));
    QVERIFY(findings.first().evidence.contains(QStringLiteral("script cache")));
}

/// Redis 6 has users, but cannot be asked.
void ChecksTest::serversWithoutDryRunTellNoRights()
{
    NodeAnswers node = nodeAt(QStringLiteral("a"));
    node.keep(whoAmICommand(), bulk("default"));
    for (const Words& command : check("rights").needs(node)) {
        if (command.value(1) == "DRYRUN")
            node.keep(command,
                fail(
                    errorFromReply("ERR Unknown subcommand or wrong number of arguments for 'dryrun'. Try ACL HELP.")));
    }
    const QList<Finding> findings = judged("rights", node);
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings.first().severity, Severity::Unknown);
}

void ChecksTest::twinsAndEvenQuorums()
{
    DeploymentAnswers all { plainScope(true), {}, std::nullopt };
    for (const char* host : { "a", "b" }) {
        NodeAnswers node = nodeAt(QLatin1StringView(host), all.scope);
        node.keep(infoCommand(), bulk("run_id:0123456789\r\nrole:master\r\n"));
        all.nodes.push_back(std::move(node));
    }
    const QList<Finding> findings = judgedAll("quorum", all);
    QCOMPARE(findings.size(), 2);
    QVERIFY(findings[0].severity == Severity::Warning && findings[0].title.contains(QStringLiteral("even")));
    QVERIFY(findings[1].severity == Severity::Serious && findings[1].title.contains(QStringLiteral("same server")));
}

void ChecksTest::versions_data()
{
    QTest::addColumn<QByteArray>("flavour");
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<bool>("concerned");
    QTest::addColumn<QByteArray>("mended");
    const auto row
        = [](const char* flavour, const char* version, const char* fault, bool concerned, const char* mended = "") {
              QTest::addRow("%s %s, %s", flavour, version, fault)
                  << QByteArray(flavour) << QByteArray(version) << QByteArray(fault) << concerned << QByteArray(mended);
          };
    row("redis", "7.2.5", "CVE-2024-31449", true, "7.2.6");
    row("redis", "7.2.6", "CVE-2024-31449", false);
    row("redis", "7.4.1", "CVE-2024-46981", true, "7.4.2");
    row("redis", "6.2.17", "CVE-2024-46981", false);
    row("redis", "7.0.15", "CVE-2025-49844", true); // its branch was never mended upstream
    row("redis", "8.2.1", "CVE-2025-49844", true, "8.2.2");
    row("redis", "8.2.2", "CVE-2025-49844", false);
    row("redis", "8.4.0", "CVE-2025-49844", false); // newer than the newest that was mended
    row("redis", "8.0.3", "CVE-2025-46819", true, "8.0.4");
    row("redis", "8.0.0", "CVE-2025-21605", false);
    row("redis", "7.4.4", "CVE-2025-32023", true, "7.4.5");
    row("redis", "8.0.2", "CVE-2025-48367", true, "8.0.3");
    row("redis", "7.0.15", "CVE-2026-23479", false); // came with 7.2
    row("redis", "8.10.0", "CVE-2026-81934", true, "8.10.1");
    row("valkey", "8.0.5", "CVE-2025-49844", true, "8.0.6");
    row("valkey", "8.1.4", "CVE-2025-49844", false);
    row("valkey", "7.2.4", "CVE-2024-31449", true, "7.2.7");
    row("valkey", "9.0.0", "CVE-2025-49844", false);
}

void ChecksTest::versions()
{
    QFETCH(const QByteArray, flavour);
    QFETCH(const QByteArray, version);
    QFETCH(const QByteArray, fault);
    QFETCH(const bool, concerned);
    QFETCH(const QByteArray, mended);
    const QList<VulnerabilityMatch> matches = vulnerabilitiesOf(flavour, *parseServerVersion(version));
    const auto match = std::find_if(matches.cbegin(), matches.cend(),
        [&fault](const VulnerabilityMatch& each) { return fault == each.vulnerability->name; });
    QCOMPARE(match != matches.cend(), concerned);
    if (concerned)
        QCOMPARE(match->mended ? versionText(*match->mended) : QByteArray(), mended);
}

void ChecksTest::theTableOfFaultsIsSound()
{
    QVERIFY(!parseServerVersion("7.0"));
    QVERIFY(!parseServerVersion("unstable"));
    QCOMPARE(*parseServerVersion("8.0.0-rc1"), (ServerVersion { 8, 0, 0 }));
    for (const Vulnerability& entry : knownVulnerabilities()) {
        QVERIFY(QByteArray(entry.name).startsWith("CVE-20"));
        QVERIFY(QByteArray(entry.source).startsWith("https://"));
        QVERIFY(std::is_sorted(entry.redis.cbegin(), entry.redis.cend()));
        QVERIFY(std::is_sorted(entry.valkey.cbegin(), entry.valkey.cend()));
    }
}

void ChecksTest::foreignFlavoursAreNotJudged()
{
    NodeAnswers node = nodeAt(QStringLiteral("a"));
    node.keep(infoCommand(), bulk("redis_version:7.4.0\r\ndragonfly_version:df-v1.30.0\r\n"));
    QCOMPARE(judged("version", node).first().severity, Severity::Unknown);
    NodeAnswers keydb = nodeAt(QStringLiteral("b"));
    keydb.keep(infoCommand(), bulk("redis_version:6.3.4\r\nexecutable:/usr/bin/keydb-server\r\n"));
    QCOMPARE(judged("version", keydb).first().severity, Severity::Unknown);
    QVERIFY(judged("version", keydb).first().evidence.contains(QStringLiteral("keydb")));
}

void ChecksTest::alikeFindingsAreOne()
{
    Finding warning;
    warning.check = "eviction";
    warning.severity = Severity::Warning;
    warning.title = QStringLiteral("t");
    warning.nodes = { QStringLiteral("a") };
    Finding other = warning;
    other.nodes = { QStringLiteral("b") };
    Finding serious = warning;
    serious.severity = Severity::Serious;
    const QList<Finding> merged = mergedFindings({ warning, other, serious });
    QCOMPARE(merged.size(), 2);
    QCOMPARE(merged[0].severity, Severity::Serious);
    QCOMPARE(merged[1].nodes, (QStringList { QStringLiteral("a"), QStringLiteral("b") }));
}

void ChecksTest::largeAnswersAreRefused()
{
    const QByteArray arena(600 * 1024, 'x');
    ReplyToken token;
    token.kind = ReplyKind::Bulk;
    token.size = quint32(arena.size());
    const Result<KeptReply> kept = keepReply(ReplyView(&token, arena.constData()));
    QVERIFY(!kept);
    QCOMPARE(kept.error().kind, ErrorKind::Protocol);
    token.size = 1000;
    QVERIFY(keepReply(ReplyView(&token, arena.constData())));
}

void ChecksTest::examplesOfGlobs()
{
    QCOMPARE(exampleOf("lock:*"), QByteArray("lock:x"));
    QCOMPARE(exampleOf("a?[bc]\\*d"), QByteArray("axb*d"));
    QCOMPARE(exampleOf("open["), QByteArray("openx"));
}

QTEST_GUILESS_MAIN(ChecksTest)
#include "tst_doctorchecks.moc"
