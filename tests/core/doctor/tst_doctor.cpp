// SPDX-License-Identifier: GPL-3.0-or-later

// The doctor on real servers: what is wrong is found, what it says mends it, and what is good is told as good.
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/doctorfixture.h"

#include <QTemporaryDir>

using namespace lockscope;

class DoctorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void aGoodServerHasNothingSerious();
    void eviction_data();
    void eviction();
    void fullMemory();
    void restarts_data();
    void restarts();
    void failingSavesStopLocks();
    void replicas();
    void aReplicaIsNoMaster();
    void notifications();
    void subscribersBuffers_data();
    void subscribersBuffers();
    void slowScripts();
    void stalls();
    void scriptLimit();
    void locksWithoutTtl();
    void librariesWithDefects();
    void theVersionIsJudged();
    void theDefaultUser();
    void everyFindingSaysWhatToDo();
    void nothingIsWritten();
    void noServerIsAnError();
    void itCanBeCancelled();

private:
    BlockingClient::Answer ask(const QList<QByteArray>& arguments) { return m_client->run(arguments); }
    void set(const QByteArray& parameter, const QByteArray& value);
    [[nodiscard]] Finding worst(const char* check);
    /// Types the finding's commands into the server.
    void mend(const Finding& finding);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    QByteArray m_folder; ///< of the server
};

namespace {

/// How fast the machine of the test is must not matter: of the check for latency the finding that is meant.
Finding findingWith(const DoctorReport& report, const QString& evidence)
{
    for (const Finding& finding : report.findings) {
        if (finding.evidence.contains(evidence))
            return finding;
    }
    return {};
}

} // namespace

void DoctorTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    options.arguments = { QStringLiteral("--enable-protected-configs"), QStringLiteral("yes") }; // for `dir`
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_folder = ask({ "CONFIG", "GET", "dir" }).items.value(1).text;
}

void DoctorTest::init()
{
    set("dir", m_folder);
    ask({ "FLUSHALL" });
    ask({ "SCRIPT", "FLUSH" });
    ask({ "SLOWLOG", "RESET" });
    ask({ "LATENCY", "RESET" });
    set("maxmemory", "0");
    set("maxmemory-policy", "noeviction");
    set("appendonly", "yes");
    set("appendfsync", "everysec");
    set("save", "");
    set("min-replicas-to-write", "0");
    set("notify-keyspace-events", "Kg$hszlxe");
    set("client-output-buffer-limit", "pubsub 33554432 8388608 60");
    set("slowlog-log-slower-than", "10000");
    set("latency-monitor-threshold", "100");
    set("busy-reply-threshold", "5000");
    QTRY_VERIFY_WITH_TIMEOUT(!ask({ "INFO", "persistence" }).text.contains("aof_rewrite_in_progress:1"), 20000);
}

void DoctorTest::set(const QByteArray& parameter, const QByteArray& value)
{
    const BlockingClient::Answer answer = ask({ "CONFIG", "SET", parameter, value });
    QVERIFY2(answer.text == "OK", QByteArray(parameter + ": " + answer.text).constData());
}

Finding DoctorTest::worst(const char* check)
{
    const Result<DoctorReport> report = examined({ m_server->spec() });
    if (report)
        return worstOf(*report, check);
    Finding none;
    none.title = errorMessage(report.error());
    return none;
}

void DoctorTest::mend(const Finding& finding)
{
    QVERIFY2(!finding.commands.isEmpty(), qPrintable(finding.title));
    for (const QString& command : finding.commands) {
        if (command == QLatin1StringView("CONFIG REWRITE"))
            continue; // the sandbox has no configuration file
        QList<QByteArray> words;
        const QList<QByteArray> parts = command.toUtf8().split('"');
        for (qsizetype i = 0; i < parts.size(); ++i) {
            if (i % 2 == 1)
                words.append(parts.at(i));
            else if (!parts.at(i).trimmed().isEmpty())
                words += parts.at(i).trimmed().split(' ');
        }
        const BlockingClient::Answer answer = ask(words);
        QVERIFY2(answer.text == "OK", QByteArray(command.toUtf8() + ": " + answer.text).constData());
    }
}

void DoctorTest::aGoodServerHasNothingSerious()
{
    ask({ "SET", "lock:a", "3f2a9c0b-5d43-4e0c-9a1b-0c2d3e4f5a6b", "PX", "600000" });
    const Result<DoctorReport> report = examined({ m_server->spec() });
    VERIFY_RESULT(report);
    for (const Finding& finding : report->findings)
        QVERIFY2(finding.severity != Severity::Serious && finding.severity != Severity::Unknown,
            qPrintable(finding.title + QStringLiteral(": ") + finding.evidence));
    for (const char* check :
        { "eviction", "persistence", "clock", "ttl", "notifications", "pubsub_buffers", "script_limit" })
        QCOMPARE(worstOf(*report, check).severity, Severity::Ok);
    QCOMPARE(report->nodes.size(), 1);
    QVERIFY(report->takenAtMs > 0);
}

void DoctorTest::eviction_data()
{
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<QByteArray>("limit");
    QTest::addColumn<Severity>("severity");
    for (const char* policy :
        { "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl", "volatile-random" }) {
        QTest::addRow("%s, limited", policy) << QByteArray(policy) << QByteArray("100mb") << Severity::Serious;
        QTest::addRow("%s, no limit", policy) << QByteArray(policy) << QByteArray("0") << Severity::Warning;
    }
    QTest::newRow("noeviction, limited") << QByteArray("noeviction") << QByteArray("100mb") << Severity::Ok;
    QTest::newRow("noeviction, no limit") << QByteArray("noeviction") << QByteArray("0") << Severity::Ok;
}

void DoctorTest::eviction()
{
    QFETCH(const QByteArray, policy);
    QFETCH(const QByteArray, limit);
    QFETCH(const Severity, severity);
    set("maxmemory-policy", policy);
    set("maxmemory", limit);
    const Finding finding = worst("eviction");
    QCOMPARE(finding.severity, severity);
    QVERIFY2(finding.evidence.contains(QString::fromLatin1(policy)), qPrintable(finding.evidence));
    if (severity == Severity::Ok)
        return;
    QCOMPARE(finding.why.contains(QStringLiteral("TTL")), policy.startsWith("volatile"));
    mend(finding);
    QCOMPARE(worst("eviction").severity, Severity::Ok);
}

void DoctorTest::fullMemory()
{
    const QByteArray info = ask({ "INFO", "memory" }).text;
    const qsizetype at = info.indexOf("used_memory:") + 12;
    const qint64 used = info.mid(at, info.indexOf('\r', at) - at).toLongLong();
    set("maxmemory", QByteArray::number(used + used / 50));
    const Finding finding = worst("eviction");
    QCOMPARE(finding.severity, Severity::Warning);
    QVERIFY(finding.why.contains(QStringLiteral("OOM")));
    mend(finding);
    QCOMPARE(worst("eviction").severity, Severity::Ok);
}

void DoctorTest::restarts_data()
{
    QTest::addColumn<int>("masters");
    QTest::addColumn<QByteArray>("appendOnly");
    QTest::addColumn<QByteArray>("fsync");
    QTest::addColumn<Severity>("severity");
    QTest::newRow("one, forgets") << 1 << QByteArray("no") << QByteArray("everysec") << Severity::Warning;
    QTest::newRow("one, every second") << 1 << QByteArray("yes") << QByteArray("everysec") << Severity::Ok;
    QTest::newRow("quorum, forgets") << 3 << QByteArray("no") << QByteArray("everysec") << Severity::Serious;
    QTest::newRow("quorum, every second") << 3 << QByteArray("yes") << QByteArray("everysec") << Severity::Warning;
    QTest::newRow("quorum, always") << 3 << QByteArray("yes") << QByteArray("always") << Severity::Ok;
}

void DoctorTest::restarts()
{
    QFETCH(const int, masters);
    QFETCH(const QByteArray, appendOnly);
    QFETCH(const QByteArray, fsync);
    QFETCH(const Severity, severity);
    std::vector<std::unique_ptr<SandboxServer>> servers;
    QList<ConnectionSpec> specs;
    for (int i = 0; i < masters; ++i) {
        SandboxServer::Options options;
        options.arguments = { QStringLiteral("--appendonly"), QString::fromLatin1(appendOnly),
            QStringLiteral("--appendfsync"), QString::fromLatin1(fsync) };
        auto server = SandboxServer::start(options);
        VERIFY_RESULT(server);
        specs.append((*server)->spec());
        servers.push_back(std::move(*server));
    }
    const Result<DoctorReport> report = examined(specs);
    VERIFY_RESULT(report);
    const Finding finding = worstOf(*report, "persistence");
    QCOMPARE(finding.severity, severity);
    QCOMPARE(finding.nodes.size(), masters); // alike on all of them: one finding
    if (masters == 3) {
        QCOMPARE(worstOf(*report, "quorum").severity, Severity::Warning); // all on this machine
        QCOMPARE(findingsOf(*report, "clock").last().severity, Severity::Ok);
    }
}

void DoctorTest::failingSavesStopLocks()
{
    set("appendonly", "no");
    auto folder = std::make_unique<QTemporaryDir>();
    set("dir", folder->path().toUtf8());
    folder.reset();
    set("save", "3600 1");
    ask({ "SET", "lock:a", "token", "PX", "600000" });
    ask({ "BGSAVE" });
    QTRY_VERIFY_WITH_TIMEOUT(ask({ "INFO", "persistence" }).text.contains("rdb_last_bgsave_status:err"), 20000);
    QVERIFY(ask({ "SET", "lock:b", "token" }).text.startsWith("MISCONF"));
    const Finding finding = worst("persistence");
    QCOMPARE(finding.severity, Severity::Serious);
    QVERIFY(finding.why.contains(QStringLiteral("MISCONF")));
    set("dir", m_folder);
    ask({ "BGSAVE" });
    QTRY_VERIFY_WITH_TIMEOUT(ask({ "INFO", "persistence" }).text.contains("rdb_last_bgsave_status:ok"), 20000);
    QVERIFY(worst("persistence").severity != Severity::Serious);
}

void DoctorTest::replicas()
{
    SandboxServer::Options options;
    options.arguments = { QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::number(m_server->port()),
        QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
    QCOMPARE(worst("replication").severity, Severity::Info); // no replica
    auto replica = SandboxServer::start(options);
    VERIFY_RESULT(replica);
    QTRY_VERIFY_WITH_TIMEOUT(ask({ "INFO", "replication" }).text.contains("state=online"), 30000);

    const Result<DoctorReport> report = examined({ m_server->spec() });
    VERIFY_RESULT(report);
    QList<Finding> found = findingsOf(*report, "replication");
    QCOMPARE(found.size(), 2);
    QVERIFY(
        found[0].severity == Severity::Warning && found[0].commands == QStringList { QStringLiteral("WAIT 1 100") });
    QVERIFY(found[1].evidence.contains(QStringLiteral("min-replicas-to-write 0")));
    mend(found[1]);
    QTRY_VERIFY_WITH_TIMEOUT(ask({ "INFO", "replication" }).text.contains("min_slaves_good_slaves:1"), 20000);
    const Result<DoctorReport> mended = examined({ m_server->spec() });
    VERIFY_RESULT(mended);
    QCOMPARE(findingsOf(*mended, "replication").last().severity, Severity::Ok);

    set("min-replicas-to-write", "2");
    QVERIFY(ask({ "SET", "lock:a", "t", "PX", "1000" }).text.startsWith("NOREPLICAS"));
    const Finding refusing = worst("replication");
    QCOMPARE(refusing.severity, Severity::Serious);
    mend(refusing);
    QCOMPARE(ask({ "SET", "lock:a", "t", "PX", "1000" }).text, QByteArray("OK"));
}

void DoctorTest::aReplicaIsNoMaster()
{
    SandboxServer::Options options;
    options.arguments
        = { QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::number(m_server->port()) };
    auto replica = SandboxServer::start(options);
    VERIFY_RESULT(replica);
    const Result<DoctorReport> report = examined({ (*replica)->spec() });
    VERIFY_RESULT(report);
    const Finding finding = worstOf(*report, "replication");
    QCOMPARE(finding.severity, Severity::Serious);
    QVERIFY(finding.title.contains(QStringLiteral("replica")));
}

void DoctorTest::notifications()
{
    set("notify-keyspace-events", "Kl");
    const Finding finding = worst("notifications");
    QCOMPARE(finding.severity, Severity::Info);
    mend(finding);
    QVERIFY(ask({ "CONFIG", "GET", "notify-keyspace-events" }).items.value(1).text.contains('l')); // nothing is dropped
    QCOMPARE(worst("notifications").severity, Severity::Ok);
}

void DoctorTest::subscribersBuffers_data()
{
    QTest::addColumn<QByteArray>("limits");
    QTest::addColumn<Severity>("severity");
    QTest::newRow("tight") << QByteArray("pubsub 1000000 500000 60") << Severity::Warning;
    QTest::newRow("endless") << QByteArray("pubsub 0 0 0") << Severity::Info;
}

void DoctorTest::subscribersBuffers()
{
    QFETCH(const QByteArray, limits);
    QFETCH(const Severity, severity);
    set("client-output-buffer-limit", limits);
    const Finding finding = worst("pubsub_buffers");
    QCOMPARE(finding.severity, severity);
    mend(finding);
    QCOMPARE(worst("pubsub_buffers").severity, Severity::Ok);
}

void DoctorTest::slowScripts()
{
    const QByteArray secret = "token-that-nobody-shall-see";
    ask({ "EVAL",
        "local t = redis.call('TIME') local s = t[1] * 1000000 + t[2] "
        "repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > s + 200000 return 1",
        "0", secret });
    const Result<DoctorReport> report = examined({ m_server->spec() });
    VERIFY_RESULT(report);
    QCOMPARE(findingWith(*report, QStringLiteral("1 of the newest")).severity, Severity::Warning);
    for (const Finding& any : report->findings)
        QVERIFY(!any.evidence.contains(QString::fromLatin1(secret)));
    set("slowlog-log-slower-than", "-1");
    const Result<DoctorReport> unrecorded = examined({ m_server->spec() });
    VERIFY_RESULT(unrecorded);
    QCOMPARE(findingWith(*unrecorded, QStringLiteral("slowlog-log-slower-than -1")).severity, Severity::Info);
}

void DoctorTest::stalls()
{
    ask({ "DEBUG", "SLEEP", "0.7" });
    const Result<DoctorReport> report = examined({ m_server->spec() });
    VERIFY_RESULT(report);
    QCOMPARE(findingWith(*report, QStringLiteral("LATENCY LATEST: up to")).severity, Severity::Warning);
}

void DoctorTest::scriptLimit()
{
    set("busy-reply-threshold", "0");
    const Finding finding = worst("script_limit");
    QCOMPARE(finding.severity, Severity::Warning);
    mend(finding);
    QCOMPARE(worst("script_limit").severity, Severity::Ok);
}

void DoctorTest::locksWithoutTtl()
{
    QCOMPARE(worst("ttl").severity, Severity::Info); // no locks
    for (int i = 0; i < 4; ++i)
        ask({ "SET", "orders:" + QByteArray::number(i) + ":lock", "rQ7uY3Jt8m0fQ2xJxv1bLg==", "PX", "600000" });
    QCOMPARE(worst("ttl").severity, Severity::Ok);
    ask({ "PERSIST", "orders:2:lock" });
    const Finding finding = worst("ttl");
    QCOMPARE(finding.severity, Severity::Warning);
    QVERIFY2(finding.evidence.contains(QStringLiteral("1 of 4 locks")), qPrintable(finding.evidence));
    // A semaphore that only counts has no holder that could be stuck.
    ask({ "FLUSHALL" });
    ask({ "SET", "orders:mFqjmA7vQFq3bB0wXn8ZNg:semaphore", "3" });
    QVERIFY(worst("ttl").severity != Severity::Warning);
}

void DoctorTest::librariesWithDefects()
{
    ask({ "SET", "qo_tasks.report_id-7", "5f0c6c1a9d2b11efa0c0325096b39f47", "EX", "3600" });
    const Finding finding = worst("libraries");
    QCOMPARE(finding.severity, Severity::Warning);
    QVERIFY2(finding.title.contains(QStringLiteral("celery-once")), qPrintable(finding.title));
    ask({ "FLUSHALL" });
    ask({ "SET", "orders:1:lock", "rQ7uY3Jt8m0fQ2xJxv1bLg==", "PX", "600000" });
    QCOMPARE(worst("libraries").severity, Severity::Ok);
}

void DoctorTest::theVersionIsJudged()
{
    const Finding finding = worst("version");
    const bool isOld = ask({ "INFO", "server" }).text.contains("redis_version:7.0.");
    if (isOld) {
        QCOMPARE(finding.severity, Severity::Warning);
        QVERIFY2(finding.evidence.contains(QStringLiteral("CVE-2025-49844")), qPrintable(finding.evidence));
    } else {
        QVERIFY(finding.severity == Severity::Warning || finding.severity == Severity::Ok);
    }
}

void DoctorTest::theDefaultUser()
{
    Finding finding = worst("exposure");
    QCOMPARE(finding.severity, Severity::Info); // without a password, but only from this machine
    ask({ "ACL", "SETUSER", "ops", "reset", "on", ">secret", "~*", "&*", "+@all" });
    ConnectionSpec spec = m_server->spec();
    spec.user = QStringLiteral("ops");
    spec.password = Secret(QByteArray("secret"));
    QCOMPARE(worstOf(*examined({ spec }), "exposure").severity, Severity::Info); // still open to others
    ask({ "ACL", "SETUSER", "default", "resetpass", ">another-secret" });
    const Result<DoctorReport> closed = examined({ spec });
    ask({ "ACL", "SETUSER", "default", "nopass" });
    VERIFY_RESULT(closed);
    QCOMPARE(worstOf(*closed, "exposure").severity, Severity::Ok);
    for (const Finding& any : closed->findings)
        QVERIFY2(!any.evidence.contains(QStringLiteral("secret")), qPrintable(any.evidence));
}

void DoctorTest::everyFindingSaysWhatToDo()
{
    set("maxmemory-policy", "allkeys-lru");
    set("appendonly", "no");
    set("busy-reply-threshold", "0");
    const Result<DoctorReport> report = examined({ m_server->spec() });
    VERIFY_RESULT(report);
    Severity last = Severity::Serious;
    for (const Finding& finding : report->findings) {
        QVERIFY(!finding.check.isEmpty() && !finding.title.isEmpty() && !finding.evidence.isEmpty());
        QVERIFY2(finding.severity < Severity::Warning || (!finding.why.isEmpty() && !finding.mend.isEmpty()),
            qPrintable(finding.title));
        QVERIFY(finding.severity <= last); // the most serious first
        last = finding.severity;
    }
}

void DoctorTest::nothingIsWritten()
{
    ask({ "SET", "lock:a", "3f2a9c0b-5d43-4e0c-9a1b-0c2d3e4f5a6b", "PX", "600000" });
    const auto changes = [this] {
        const QByteArray info = ask({ "INFO", "persistence" }).text;
        const qsizetype at = info.indexOf("rdb_changes_since_last_save:");
        return info.mid(at, info.indexOf('\r', at) - at);
    };
    const QByteArray before = changes();
    const BlockingClient::Answer config = ask({ "CONFIG", "GET", "*" });
    VERIFY_RESULT(examined({ m_server->spec() }, {}, false));
    QCOMPARE(changes(), before);
    const BlockingClient::Answer after = ask({ "CONFIG", "GET", "*" });
    QHash<QByteArray, QByteArray> settings;
    for (qsizetype i = 0; i + 1 < config.items.size(); i += 2)
        settings.insert(config.items.at(i).text, config.items.at(i + 1).text);
    for (qsizetype i = 0; i + 1 < after.items.size(); i += 2)
        QCOMPARE(after.items.at(i + 1).text, settings.value(after.items.at(i).text));
}

void DoctorTest::noServerIsAnError()
{
    ConnectionSpec spec = m_server->spec();
    spec.endpoints.first().path = QStringLiteral("/nonexistent/redis.sock");
    const Result<DoctorReport> report = examined({ spec });
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::Connect);
    // Of several, one that is away is a finding.
    const Result<DoctorReport> partly = examined({ m_server->spec(), spec });
    VERIFY_RESULT(partly);
    const Finding finding = worstOf(*partly, "reachability");
    QCOMPARE(finding.severity, Severity::Serious);
    QCOMPARE(finding.nodes, QStringList { spec.endpoint().text() });
    QCOMPARE(worstOf(*partly, "quorum").severity, Severity::Serious); // one of two is none
}

void DoctorTest::itCanBeCancelled()
{
    DeploymentOptions options;
    options.specs = { m_server->spec() };
    options.watchLocks = false;
    options.readOnly = true;
    auto made = LiveDeployment::create(options);
    VERIFY_RESULT(made);
    (*made)->start();
    m_server->suspend();
    QFuture<Result<DoctorReport>> first = (*made)->examine({});
    (*made)->cancelExamination();
    const bool cancelled = QTest::qWaitFor([&] { return first.isFinished(); }, 30000);
    QFuture<Result<DoctorReport>> second = (*made)->examine({});
    QFuture<Result<DoctorReport>> third = (*made)->examine({});
    const bool replaced = QTest::qWaitFor([&] { return second.isFinished(); }, 30000);
    m_server->resume();
    QVERIFY(cancelled && replaced);
    QCOMPARE(first.takeResult().error().kind, ErrorKind::Cancelled);
    QCOMPARE(second.takeResult().error().kind, ErrorKind::Cancelled);
    QTRY_VERIFY_WITH_TIMEOUT(third.isFinished(), 60000);
    VERIFY_RESULT(third.takeResult());
}

QTEST_GUILESS_MAIN(DoctorTest)
#include "tst_doctor.moc"
