// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "history/auditlog.h"
#include "support/blockingclient.h"
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QSqlRecord>
#include <QTcpServer>

using namespace lockscope;

/// `force-release`, its gate and its audit log.
class CliForceReleaseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void theExpectedTokenIsReleasedAndAudited();
    void anotherHolderIsLeftAlone();
    void anyTokenIsReleased();
    void whatIsGoneIsStatusOne();
    void aDryRunChangesNothing_data();
    void aDryRunChangesNothing();
    void nobodyToAskMeansUsage();
    void readOnlyIsRefused();
    void missingPermissionIsRefused();
    void withoutAuditLogNothingIsSent();
    void manyAreReleasedWithTheTokensSeen();
    void moreThanTheLimitIsRefusedBeforeAnythingIsSent();
    void atAPaceWithAReport();
    void theNextHolderIsNamed();
    void takenOverAndHandedBack();
    void oneReaderOnly();
    void actsNeedWhatTheyNeed_data();
    void actsNeedWhatTheyNeed();
    void theImpactIsInTheDryRun();
    void aConnectionIsClosedOnlyWithEvidence();
    void inAClusterOnlyWhatOneScriptReaches();
    void noMatchIsNoFault();

private:
    CliResult release(const QStringList& options);
    void setLimit(const QByteArray& limit);
    [[nodiscard]] static QString outcome(const CliResult& result, int index = 0);
    /// The audit log's rows as `kind|key|fingerprint|reason|outcome`.
    [[nodiscard]] QStringList auditRows() const;

    std::unique_ptr<CliFixture> m_cli;
};

void CliForceReleaseTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    QFile::remove(m_cli->auditFile());
    QFile::remove(m_cli->auditFile() + QStringLiteral("-wal"));
    QFile::remove(m_cli->auditFile() + QStringLiteral("-shm"));
    QFile::remove(m_cli->auditFile() + QStringLiteral(".head"));
}

CliResult CliForceReleaseTest::release(const QStringList& options)
{
    return m_cli->run(QStringList { QStringLiteral("force-release"), QStringLiteral("--json"),
                          QStringLiteral("--reason"), QStringLiteral("worker is dead") }
        + options);
}

QString CliForceReleaseTest::outcome(const CliResult& result, int index)
{
    return result.json()
        .value(QLatin1StringView("results"))
        .toArray()
        .at(index)
        .toObject()
        .value(QLatin1StringView("outcome"))
        .toString();
}

QStringList CliForceReleaseTest::auditRows() const
{
    QStringList rows;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("test"));
        database.setDatabaseName(m_cli->auditFile());
        database.open();
        QSqlQuery query(database);
        query.exec(QStringLiteral(
            "SELECT kind || '|' || CAST(key AS TEXT) || '|' || token_fingerprint || '|' || reason || '|' || outcome "
            "FROM entries ORDER BY id"));
        while (query.next())
            rows << query.value(0).toString();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("test"));
    return rows;
}

void CliForceReleaseTest::theExpectedTokenIsReleasedAndAudited()
{
    const CliResult result = release({ QStringLiteral("lock:a"), QStringLiteral("--expect-token"),
        QStringLiteral("theirs"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 0);
    QCOMPARE(outcome(result), QStringLiteral("released"));
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
    const QString fingerprint = tokenFingerprint("theirs");
    QCOMPARE(auditRows(),
        (QStringList { QStringLiteral("intent|lock:a|") + fingerprint + QStringLiteral("|worker is dead|"),
            QStringLiteral("outcome||") + fingerprint + QStringLiteral("||released"),
            QStringLiteral("aftermath||||") }));
    VERIFY_RESULT(AuditLog(m_cli->auditFile()).verify());
    // It keeps the old value for `restore`, and so the token: nobody else may read it.
    QCOMPARE(QFile(m_cli->auditFile()).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    // The token itself is in the old value, for restore, and nowhere else.
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("tokens"));
        database.setDatabaseName(m_cli->auditFile());
        QVERIFY(database.open());
        QSqlQuery rows(database);
        QVERIFY(rows.exec(QStringLiteral("SELECT * FROM entries")));
        int found = 0;
        while (rows.next()) {
            for (int i = 0; i < rows.record().count(); ++i) {
                const bool holds = rows.value(i).toByteArray().contains("theirs");
                QVERIFY2(!holds || rows.record().fieldName(i) == QLatin1StringView("old_value"),
                    qPrintable(rows.record().fieldName(i)));
                found += holds ? 1 : 0;
            }
        }
        QCOMPARE(found, 1);
    }
    QSqlDatabase::removeDatabase(QStringLiteral("tokens"));
}

void CliForceReleaseTest::anotherHolderIsLeftAlone()
{
    const CliResult result = release({ QStringLiteral("lock:a"), QStringLiteral("--expect-token"),
        QStringLiteral("seen before"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 1);
    QCOMPARE(outcome(result), QStringLiteral("holder_changed"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void CliForceReleaseTest::anyTokenIsReleased()
{
    const CliResult result
        = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliForceReleaseTest::whatIsGoneIsStatusOne()
{
    const CliResult result
        = release({ QStringLiteral("lock:none"), QStringLiteral("--any-token"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 1);
    QCOMPARE(outcome(result), QStringLiteral("already_gone"));
}

void CliForceReleaseTest::aDryRunChangesNothing_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<int>("status");
    const QString expect = QStringLiteral("--expect-token");
    QTest::newRow("would release") << QStringList { QStringLiteral("lock:a"), expect, QStringLiteral("theirs") }
                                   << QStringLiteral("would_release") << 0;
    QTest::newRow("other holder") << QStringList { QStringLiteral("lock:a"), expect, QStringLiteral("other") }
                                  << QStringLiteral("holder_changed") << 1;
    QTest::newRow("gone") << QStringList { QStringLiteral("lock:none"), QStringLiteral("--any-token") }
                          << QStringLiteral("already_gone") << 1;
    QTest::newRow("many") << QStringList { QStringLiteral("--match"), QStringLiteral("lock:*") }
                          << QStringLiteral("would_release") << 0;
}

void CliForceReleaseTest::aDryRunChangesNothing()
{
    QFETCH(QStringList, options);
    QFETCH(QString, outcome);
    QFETCH(int, status);
    const CliResult result = release(options + QStringList { QStringLiteral("--dry-run") });
    QCOMPARE(result.status, status);
    QVERIFY(result.json().value(QLatin1StringView("dry_run")).toBool());
    const QJsonArray targets = result.json().value(QLatin1StringView("targets")).toArray();
    QCOMPARE(targets.size(), 1);
    QCOMPARE(targets.first().toObject().value(QLatin1StringView("outcome")).toString(), outcome);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    QVERIFY(!QFile::exists(m_cli->auditFile()));
}

void CliForceReleaseTest::nobodyToAskMeansUsage()
{
    const CliResult result = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token") });
    QCOMPARE(result.status, 2);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("usage"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void CliForceReleaseTest::readOnlyIsRefused()
{
    const CliResult result = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token"), QStringLiteral("--yes"),
        QStringLiteral("--read-only") });
    QCOMPARE(result.status, 3);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("read_only"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    QVERIFY(!QFile::exists(m_cli->auditFile()));
}

void CliForceReleaseTest::missingPermissionIsRefused()
{
    m_cli->ask({ "ACL", "SETUSER", "observer", "reset", "on", ">pw", "~*", "+@read", "+@connection" });
    const QString uri = QStringLiteral("unix://observer:pw@") + m_cli->server().socketPath();
    const CliResult result = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token"), QStringLiteral("--yes"),
        QStringLiteral("--uri"), uri });
    QCOMPARE(result.status, 3);
    QCOMPARE(outcome(result), QStringLiteral("refused"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    QVERIFY(auditRows().last().endsWith(QStringLiteral("|refused")));
}

void CliForceReleaseTest::withoutAuditLogNothingIsSent()
{
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_AUDIT_FILE"), QStringLiteral("/dev/null/audit.sqlite"));
    const CliResult result
        = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token"), QStringLiteral("--yes") });
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_AUDIT_FILE"), m_cli->auditFile());
    QCOMPARE(result.status, 3);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("storage"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void CliForceReleaseTest::manyAreReleasedWithTheTokensSeen()
{
    setLimit("600");
    for (int i = 0; i < 600; ++i)
        m_cli->ask({ "SET", "lock:many:" + QByteArray::number(i), "token-" + QByteArray::number(i), "PX", "60000" });
    const CliResult result
        = release({ QStringLiteral("--match"), QStringLiteral("lock:many:*"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 0);
    QCOMPARE(result.json().value(QLatin1StringView("results")).toArray().size(), 600);
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("1"));
    QCOMPARE(auditRows().size(), 1800); // an intent, an outcome and an aftermath each
}

/// Only the settings file can lift the limit.
void CliForceReleaseTest::setLimit(const QByteArray& limit)
{
    const QString folder = m_cli->path(QStringLiteral("config"));
    m_cli->setEnvironment(QStringLiteral("XDG_CONFIG_HOME"), folder);
    QVERIFY(QDir().mkpath(folder + QStringLiteral("/lockscope")));
    QFile file(folder + QStringLiteral("/lockscope/lockscope.ini"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[safety]\nmaximum-locks-per-act=" + limit + '\n');
}

void CliForceReleaseTest::moreThanTheLimitIsRefusedBeforeAnythingIsSent()
{
    setLimit("no number");
    for (int i = 0; i < 11; ++i)
        m_cli->ask({ "SET", "lock:many:" + QByteArray::number(i), "t", "PX", "60000" });
    const QStringList options { QStringLiteral("--match"), QStringLiteral("lock:many:*"), QStringLiteral("--yes") };
    const CliResult refused = release(options);
    QCOMPARE(refused.status, 2);
    QVERIFY(refused.error().value(QLatin1StringView("message")).toString().contains(QStringLiteral("limit of 10")));
    QVERIFY(!QFile::exists(m_cli->auditFile()));
    m_cli->ask({ "DEL", "lock:many:0" });
    QCOMPARE(release(options).status, 0);
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("1"));
}

void CliForceReleaseTest::atAPaceWithAReport()
{
    setLimit("10");
    for (int i = 0; i < 4; ++i)
        m_cli->ask({ "SET", "lock:many:" + QByteArray::number(i), "token-" + QByteArray::number(i), "PX", "60000" });
    for (const char* name : { "report.csv", "report.json" }) {
        for (int i = 0; i < 4; ++i)
            m_cli->ask({ "SET", "lock:many:" + QByteArray::number(i), "token-" + QByteArray::number(i) });
        QElapsedTimer watch;
        watch.start();
        const QString file = m_cli->path(QString::fromLatin1(name));
        const CliResult result = release({ QStringLiteral("--match"), QStringLiteral("lock:many:*"),
            QStringLiteral("--yes"), QStringLiteral("--rate"), QStringLiteral("20"), QStringLiteral("--report"), file,
            QStringLiteral("--ticket"), QStringLiteral("INC-7"), QStringLiteral("--watch-after"),
            QStringLiteral("0") });
        QCOMPARE(result.status, 0);
        QVERIFY(watch.elapsed() >= 100); // two a part, ten parts a second
        QFile report(file);
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QByteArray text = report.readAll();
        QCOMPARE(text.count("lock:many:"), 4);
        QVERIFY(text.contains("INC-7") && text.contains(tokenFingerprint("token-3").toUtf8()));
        QVERIFY(!text.contains("token-3")); // fingerprints only
    }
}

void CliForceReleaseTest::theNextHolderIsNamed()
{
    const auto process = m_cli->start({ QStringLiteral("force-release"), QStringLiteral("lock:a"),
        QStringLiteral("--any-token"), QStringLiteral("--reason"), QStringLiteral("r"), QStringLiteral("--yes"),
        QStringLiteral("--json"), QStringLiteral("--watch-after"), QStringLiteral("20000") });
    QTRY_COMPARE_WITH_TIMEOUT(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"), 20000);
    m_cli->ask({ "SET", "lock:a", "the-next", "PX", "60000" });
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 0);
    const QJsonObject next = result.json()
                                 .value(QLatin1StringView("results"))
                                 .toArray()
                                 .first()
                                 .toObject()
                                 .value(QLatin1StringView("next_holder"))
                                 .toObject();
    QCOMPARE(next.value(QLatin1StringView("kind")).toString(), QStringLiteral("other"));
    QCOMPARE(next.value(QLatin1StringView("token")).toString(), QStringLiteral("the-next"));
    QVERIFY(next.value(QLatin1StringView("after_ms")).toInt(-1) >= 0);
}

void CliForceReleaseTest::takenOverAndHandedBack()
{
    const CliResult taken = release(
        { QStringLiteral("lock:a"), QStringLiteral("--expect-token"), QStringLiteral("theirs"), QStringLiteral("--yes"),
            QStringLiteral("--act"), QStringLiteral("take-over"), QStringLiteral("--ttl"), QStringLiteral("30000") });
    QCOMPARE(taken.status, 0);
    const QJsonObject result = taken.json().value(QLatin1StringView("results")).toArray().first().toObject();
    QCOMPARE(result.value(QLatin1StringView("outcome")).toString(), QStringLiteral("done"));
    const QString ours = result.value(QLatin1StringView("operator_token")).toString();
    QVERIFY(ours.startsWith(QStringLiteral("lockscope-")));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), ours.toUtf8());
    QVERIFY(m_cli->ask({ "PTTL", "lock:a" }).toInt() <= 30000);
    QVERIFY(result.value(QLatin1StringView("old_ttl_ms")).toInt() > 30000);
    const QStringList back { QStringLiteral("lock:a"), QStringLiteral("--expect-token"), ours, QStringLiteral("--yes"),
        QStringLiteral("--act"), QStringLiteral("hand-back"), QStringLiteral("--new-token"), QStringLiteral("theirs"),
        QStringLiteral("--ttl"), QStringLiteral("50000") };
    QCOMPARE(release(back).status, 0);
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    const CliResult twice = release(back);
    QCOMPARE(twice.status, 1);
    QCOMPARE(outcome(twice), QStringLiteral("holder_changed"));
}

void CliForceReleaseTest::oneReaderOnly()
{
    const QByteArray one = "b983c153-7421-469a-addb-44fb92259a1b:31";
    const QByteArray two = "0d1f7a30-58b4-4f0e-9f39-7d6a4d0a11c2:7";
    m_cli->ask({ "HSET", "orders", "mode", "read", one, "1", two, "1" });
    m_cli->ask({ "SET", "{orders}:" + one + ":rwlock_timeout:1", "1", "PX", "30000" });
    m_cli->ask({ "SET", "{orders}:" + two + ":rwlock_timeout:1", "1", "PX", "30000" });
    m_cli->ask({ "PEXPIRE", "orders", "30000" });
    for (const QByteArray& reader : { one, two }) { // also the one that the table would not show first
        m_cli->ask({ "HSET", "orders", "mode", "read", one, "1", two, "1" });
        const CliResult result
            = release({ QStringLiteral("orders"), QStringLiteral("--expect-token"), QString::fromLatin1(reader),
                QStringLiteral("--yes"), QStringLiteral("--watch-after"), QStringLiteral("0") });
        QCOMPARE(outcome(result), QStringLiteral("released"));
        QCOMPARE(m_cli->ask({ "HEXISTS", "orders", reader }), QByteArray("0"));
        QCOMPARE(m_cli->ask({ "HEXISTS", "orders", reader == one ? two : one }), QByteArray("1"));
        m_cli->ask({ "SET", "{orders}:" + reader + ":rwlock_timeout:1", "1", "PX", "30000" });
    }
}

void CliForceReleaseTest::actsNeedWhatTheyNeed_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("status");
    const QStringList one { QStringLiteral("lock:a"), QStringLiteral("--expect-token"), QStringLiteral("theirs") };
    const auto act = [&](const char* name) {
        return one + QStringList { QStringLiteral("--act"), QString::fromLatin1(name) };
    };
    const QStringList ttl { QStringLiteral("--ttl"), QStringLiteral("1000") };
    QTest::newRow("unknown act") << act("delete") << 2;
    QTest::newRow("shorten without a TTL") << act("shorten") << 2;
    QTest::newRow("release with a TTL") << act("release") + ttl << 2;
    QTest::newRow("hand back to whom") << act("hand-back") + ttl << 2;
    QTest::newRow("a new token for a release")
        << one + QStringList { QStringLiteral("--new-token"), QStringLiteral("x") } << 2;
    QTest::newRow("a client for a release")
        << one + QStringList { QStringLiteral("--client"), QStringLiteral("4") } << 2;
    QTest::newRow("a rate of nothing") << one + QStringList { QStringLiteral("--rate"), QStringLiteral("0") } << 2;
    QTest::newRow("it has a TTL already") << act("add-ttl") + ttl << 0;
    QTest::newRow("shorten") << act("shorten") + ttl << 0;
}

void CliForceReleaseTest::actsNeedWhatTheyNeed()
{
    QFETCH(QStringList, options);
    const CliResult result = release(options + QStringList { QStringLiteral("--yes") });
    QTEST(result.status, "status");
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("theirs"));
    QVERIFY(m_cli->ask({ "PTTL", "lock:a" }).toInt() > 0);
}

void CliForceReleaseTest::theImpactIsInTheDryRun()
{
    const CliResult result
        = release({ QStringLiteral("lock:a"), QStringLiteral("--any-token"), QStringLiteral("--dry-run") });
    const QJsonObject impact = result.json()
                                   .value(QLatin1StringView("targets"))
                                   .toArray()
                                   .first()
                                   .toObject()
                                   .value(QLatin1StringView("impact"))
                                   .toObject();
    QCOMPARE(impact.value(QLatin1StringView("alive")).toString(), QStringLiteral("undecidable"));
    QVERIFY(impact.value(QLatin1StringView("connections")).toInt() > 0);
    QVERIFY(impact.value(QLatin1StringView("missing_rights")).isArray());
    QVERIFY(impact.value(QLatin1StringView("command")).toString().startsWith(QStringLiteral("EVAL ")));
    QVERIFY(!impact.value(QLatin1StringView("afterwards")).toString().isEmpty());
}

void CliForceReleaseTest::aConnectionIsClosedOnlyWithEvidence()
{
    m_cli->ask({ "SET", "lock:a", "worker-7:4711:abc", "PX", "60000" });
    const QStringList options { QStringLiteral("lock:a"), QStringLiteral("--expect-token"),
        QStringLiteral("worker-7:4711:abc"), QStringLiteral("--act"), QStringLiteral("kill-connection"),
        QStringLiteral("--yes") };
    const CliResult nobody = release(options);
    QCOMPARE(nobody.status, 1);
    QCOMPARE(outcome(nobody), QStringLiteral("refused"));
    BlockingClient holder(m_cli->server().socketPath());
    holder.run({ "CLIENT", "SETNAME", "worker-7/4711" });
    const CliResult done = release(options);
    QCOMPARE(outcome(done), QStringLiteral("done"));
    QCOMPARE(holder.run({ "PING" }).type, char(0));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("worker-7:4711:abc"));
}

void CliForceReleaseTest::inAClusterOnlyWhatOneScriptReaches()
{
    QTcpServer probe; // the cluster bus takes the port plus 10000 unless told otherwise
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    SandboxServer::Options cluster;
    cluster.arguments = { QStringLiteral("--cluster-enabled"), QStringLiteral("yes"), QStringLiteral("--cluster-port"),
        QString::number(probe.serverPort()) };
    probe.close();
    auto server = SandboxServer::start(cluster);
    VERIFY_RESULT(server);
    BlockingClient client((*server)->socketPath());
    client.run({ "CLUSTER", "ADDSLOTSRANGE", "0", "16383" });
    QTRY_VERIFY_WITH_TIMEOUT(client.run({ "CLUSTER", "INFO" }).text.contains("cluster_state:ok"), 20000);
    client.run({ "SET", "lock:orders", "abcdefghijklmnopqrstuvwx" });
    const QStringList options { QStringLiteral("--uri"), QStringLiteral("unix://") + (*server)->socketPath(),
        QStringLiteral("lock:orders"), QStringLiteral("--any-token"), QStringLiteral("--yes"),
        QStringLiteral("--watch-after"), QStringLiteral("0") };
    const CliResult refused = release(options);
    QCOMPARE(outcome(refused), QStringLiteral("refused"));
    QVERIFY(refused.out.contains("lock-signal:orders"));
    QCOMPARE(client.run({ "EXISTS", "lock:orders" }).number, 1);
    const CliResult partly = release(options + QStringList { QStringLiteral("--partly") });
    QCOMPARE(outcome(partly), QStringLiteral("released"));
    QVERIFY(partly.out.contains("\"left\":[{\"key\":\"lock-signal:orders\"}]"));
}

void CliForceReleaseTest::noMatchIsNoFault()
{
    const CliResult result
        = release({ QStringLiteral("--match"), QStringLiteral("nothing:*"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 0);
    QCOMPARE(result.json().value(QLatin1StringView("results")).toArray().size(), 0);
}

QTEST_GUILESS_MAIN(CliForceReleaseTest)
#include "tst_cliforcerelease.moc"
