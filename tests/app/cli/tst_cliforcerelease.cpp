// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "history/auditlog.h"
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QSqlRecord>

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
    void noMatchIsNoFault();

private:
    CliResult release(const QStringList& options);
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
            QStringLiteral("outcome||") + fingerprint + QStringLiteral("||released") }));
    VERIFY_RESULT(AuditLog(m_cli->auditFile()).verify());
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
    for (int i = 0; i < 600; ++i)
        m_cli->ask({ "SET", "lock:many:" + QByteArray::number(i), "token-" + QByteArray::number(i), "PX", "60000" });
    const CliResult result
        = release({ QStringLiteral("--match"), QStringLiteral("lock:many:*"), QStringLiteral("--yes") });
    QCOMPARE(result.status, 0);
    QCOMPARE(result.json().value(QLatin1StringView("results")).toArray().size(), 600);
    QCOMPARE(m_cli->ask({ "DBSIZE" }), QByteArray("1"));
    QCOMPARE(auditRows().size(), 1200);
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
