// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "history/auditlog.h"
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lockscope;

/// `audit`, `restore` and the production gate of the real program.
class CliAuditTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void anEmptyLogIsNoFault();
    void actsAreListedNewestLast();
    void filtersNarrow();
    void wrongOptionsAreUsage_data();
    void wrongOptionsAreUsage();
    void aWholeChainIsStatusZero();
    void aBrokenChainIsStatusOneAndNamesTheRow();
    void exportsHoldNoToken();
    void restorePutsBack();
    void restoreIsRefusedWhereItWouldHarm();
    void productionNeedsArming_data();
    void productionNeedsArming();
    void armingIsAuditedWithTheReason();
    void theEnvironmentComesFromItsVariable();
    void manyProcessesKeepOneChain();
    void aFullDiskMeansNoAct();
    void anUnwritableLogMeansNoAct();
    void ownLocksAreRecordedWithAReason();
    void anUnwritableLogKeepsNobodyFromHisOwnLock();

private:
    CliResult run(const QString& line, const QStringList& more = {})
    {
        return m_cli->run(line.split(QLatin1Char(' ')) + more);
    }
    CliResult release(const QByteArray& key = "lock:a", const QStringList& more = {})
    {
        return run(QStringLiteral("force-release %1 --any-token --yes --json --reason").arg(QString::fromUtf8(key)),
            QStringList { QStringLiteral("worker is dead") } + more);
    }
    void rawSql(const QString& statement);

    std::unique_ptr<CliFixture> m_cli;
};

void CliAuditTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "lock:a", "the-secret-token", "PX", "60000" });
    for (const char* suffix : { "", "-wal", "-shm", ".head" })
        QFile::remove(m_cli->auditFile() + QLatin1StringView(suffix));
    m_cli->clearEnvironment(QStringLiteral("LOCKSCOPE_ENVIRONMENT"));
}

void CliAuditTest::rawSql(const QString& statement)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
        database.setDatabaseName(m_cli->auditFile());
        QVERIFY(database.open());
        for (const char* trigger : { "changed", "deleted" })
            QSqlQuery(database).exec(
                QStringLiteral("DROP TRIGGER entries_are_never_%1").arg(QLatin1StringView(trigger)));
        QVERIFY(QSqlQuery(database).exec(statement));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("raw"));
}

void CliAuditTest::anEmptyLogIsNoFault()
{
    const CliResult listed = run(QStringLiteral("audit"));
    QCOMPARE(listed.status, 0);
    QCOMPARE(listed.out, QByteArray());
    QVERIFY(listed.err.contains("no entries"));
    QCOMPARE(run(QStringLiteral("audit --json")).out, QByteArray());
    const CliResult verified = run(QStringLiteral("audit --verify --json"));
    QCOMPARE(verified.status, 0);
    QVERIFY(verified.json().value(QLatin1StringView("whole")).toBool());
    QVERIFY(!QFile::exists(m_cli->auditFile()));
}

void CliAuditTest::actsAreListedNewestLast()
{
    QCOMPARE(release().status, 0);
    QCOMPARE(release("lock:none").status, 1);
    const CliResult listed = run(QStringLiteral("audit --json"));
    QCOMPARE(listed.status, 0);
    const QList<QJsonObject> lines = listed.lines();
    QCOMPARE(lines.size(), 1); // what is gone is not sent, and not an act
    const QJsonObject& entry = lines.first();
    QCOMPARE(entry.value(QLatin1StringView("id")).toInt(), 1);
    QCOMPARE(entry.value(QLatin1StringView("key")).toString(), QStringLiteral("lock:a"));
    QCOMPARE(entry.value(QLatin1StringView("action")).toString(), QStringLiteral("force_release"));
    QCOMPARE(entry.value(QLatin1StringView("outcome")).toString(), QStringLiteral("released"));
    QCOMPARE(entry.value(QLatin1StringView("reason")).toString(), QStringLiteral("worker is dead"));
    QCOMPARE(entry.value(QLatin1StringView("old_value")).toString(), QStringLiteral("kept"));
    QCOMPARE(entry.value(QLatin1StringView("outcome_fingerprint")).toString(), tokenFingerprint("the-secret-token"));
    QVERIFY(!listed.out.contains("the-secret-token"));
    const CliResult table = run(QStringLiteral("audit"));
    QCOMPARE(table.status, 0);
    QCOMPARE(table.out.count('\n'), 2);
    for (const char* word : { "ACTION", "force_release", "lock:a", "released", "worker is dead" })
        QVERIFY2(table.out.contains(word), word);
    QVERIFY(!table.out.contains("the-secret-token"));
}

void CliAuditTest::filtersNarrow()
{
    m_cli->ask({ "SET", "orders:1", "t", "PX", "60000" });
    QCOMPARE(release().status, 0);
    QCOMPARE(release("orders:1").status, 0);
    const auto count
        = [this](const QString& options) { return run(QStringLiteral("audit --json ") + options).lines().size(); };
    QCOMPARE(count(QStringLiteral("--key orders:*")), 1);
    QCOMPARE(count(QStringLiteral("--since 1h")), 2);
    QCOMPARE(count(QStringLiteral("--until 1h")), 0);
    QCOMPARE(count(QStringLiteral("--since 2001-01-01 --until 2001-01-02T00:00:00Z")), 0);
    QCOMPARE(count(QStringLiteral("--user default")), 2);
    QCOMPARE(count(QStringLiteral("--user nobody-at-all")), 0);
    QCOMPARE(count(QStringLiteral("--action restore")), 0);
    QCOMPARE(count(QStringLiteral("--outcome released")), 2);
    QCOMPARE(count(QStringLiteral("--outcome unfinished")), 0);
    const QList<QJsonObject> newest = run(QStringLiteral("audit --json --limit 1")).lines();
    QCOMPARE(newest.size(), 1);
    QCOMPARE(newest.first().value(QLatin1StringView("key")).toString(), QStringLiteral("orders:1"));
}

void CliAuditTest::wrongOptionsAreUsage_data()
{
    QTest::addColumn<QString>("line");
    for (const char* line : { "audit KEY", "audit --limit 0", "audit --limit x", "audit --since tomorrow",
             "audit --export a.txt", "audit --verify --export a.csv", "audit --reason x", "restore", "restore x",
             "restore 0", "restore -- -1", "restore 1 2", "list --arm", "list --environment prod", "audit --arm" })
        QTest::newRow(line) << QString::fromLatin1(line);
}

void CliAuditTest::wrongOptionsAreUsage()
{
    QFETCH(QString, line);
    QCOMPARE(run(line).status, 2);
}

void CliAuditTest::aWholeChainIsStatusZero()
{
    QCOMPARE(release().status, 0);
    const CliResult text = run(QStringLiteral("audit --verify"));
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.startsWith("whole: 1 entries in 3 rows"), text.out.constData());
    const QJsonObject json = run(QStringLiteral("audit --verify --json")).json();
    QVERIFY(json.value(QLatin1StringView("whole")).toBool());
    QCOMPARE(json.value(QLatin1StringView("head")).toString().size(), 64);
    QVERIFY(json.value(QLatin1StringView("bad_row")).isNull());
}

void CliAuditTest::aBrokenChainIsStatusOneAndNamesTheRow()
{
    QCOMPARE(release().status, 0);
    rawSql(QStringLiteral("UPDATE entries SET reason = 'nothing' WHERE id = 1"));
    const CliResult text = run(QStringLiteral("audit --verify"));
    QCOMPARE(text.status, 1);
    QVERIFY2(text.out.startsWith("BROKEN: entry 1 was altered"), text.out.constData());
    const CliResult json = run(QStringLiteral("audit --verify --json"));
    QCOMPARE(json.status, 1);
    QCOMPARE(json.json().value(QLatin1StringView("bad_row")).toInt(), 1);
    QVERIFY(!json.json().value(QLatin1StringView("whole")).toBool());
}

void CliAuditTest::exportsHoldNoToken()
{
    QCOMPARE(release("lock:a", { QStringLiteral("--quiet") }).status, 0);
    m_cli->ask({ "SET", "lock:b", "t", "PX", "60000" });
    QCOMPARE(
        run(QStringLiteral("force-release lock:b --any-token --yes --reason"), { QStringLiteral("=1+1, \"quoted\"") })
            .status,
        0);
    for (const char* name : { "out.csv", "out.json" }) {
        const QString path = m_cli->path(QString::fromLatin1(name));
        const CliResult written = run(QStringLiteral("audit --json --export"), { path });
        QCOMPARE(written.status, 0);
        QCOMPARE(written.json().value(QLatin1StringView("exported")).toInt(), 2);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("lock:a"));
        QVERIFY(text.contains(tokenFingerprint("the-secret-token").toUtf8()));
        QVERIFY(!text.contains("the-secret-token"));
        QVERIFY(!text.contains(QByteArray("the-secret-token").toBase64()));
        QVERIFY(!text.contains(QByteArray("the-secret-token").toHex()));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        if (path.endsWith(QLatin1StringView("csv"))) {
            QVERIFY(text.contains("\"'=1+1, \"\"quoted\"\"\""));
            QCOMPARE(text.count("\r\n"), 3);
        } else {
            QCOMPARE(QJsonDocument::fromJson(text).object().value(QLatin1StringView("entries")).toArray().size(), 2);
        }
    }
    QCOMPARE(run(QStringLiteral("audit --export /proc/lockscope.csv")).status, 3);
}

void CliAuditTest::restorePutsBack()
{
    const CliResult released = release();
    QCOMPARE(released.status, 0);
    const int id = released.json()
                       .value(QLatin1StringView("results"))
                       .toArray()
                       .first()
                       .toObject()
                       .value(QLatin1StringView("audit_id"))
                       .toInt();
    QCOMPARE(id, 1);
    const CliResult plan = run(QStringLiteral("restore 1 --dry-run --json"));
    QCOMPARE(plan.status, 0);
    QCOMPARE(plan.json().value(QLatin1StringView("outcome")).toString(), QStringLiteral("possible"));
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
    QCOMPARE(run(QStringLiteral("restore 1")).status, 2); // nobody to ask
    const CliResult restored
        = run(QStringLiteral("restore 1 --yes --json --reason"), { QStringLiteral("it was alive") });
    QCOMPARE(restored.status, 0);
    QCOMPARE(restored.json().value(QLatin1StringView("outcome")).toString(), QStringLiteral("restored"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("the-secret-token"));
    const qint64 left = m_cli->ask({ "PTTL", "lock:a" }).toLongLong();
    QVERIFY2(left > 0 && left <= 60000, qPrintable(QString::number(left)));
    const QList<QJsonObject> log = run(QStringLiteral("audit --json")).lines();
    QCOMPARE(log.size(), 2);
    QCOMPARE(
        log.first().value(QLatin1StringView("restored_by")).toInt(), log.last().value(QLatin1StringView("id")).toInt());
    QCOMPARE(log.last().value(QLatin1StringView("related_id")).toInt(), 1);
    QCOMPARE(log.last().value(QLatin1StringView("reason")).toString(), QStringLiteral("it was alive"));
    QVERIFY(!restored.out.contains("the-secret-token"));
}

void CliAuditTest::restoreIsRefusedWhereItWouldHarm()
{
    QCOMPARE(release().status, 0);
    m_cli->ask({ "SET", "lock:a", "next", "PX", "60000" });
    const CliResult taken = run(QStringLiteral("restore 1 --yes --json"));
    QCOMPARE(taken.status, 1);
    QCOMPARE(taken.json().value(QLatin1StringView("outcome")).toString(), QStringLiteral("key_exists"));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("next"));
    m_cli->ask({ "DEL", "lock:a" });
    const CliResult elsewhere
        = run(QStringLiteral("restore 1 --yes --json --uri"), { m_cli->uri() + QStringLiteral("?db=2") });
    QCOMPARE(elsewhere.status, 2);
    const QString why = elsewhere.error().value(QLatin1StringView("message")).toString();
    QVERIFY2(why.contains(QStringLiteral("database 2")), qPrintable(why));
    QVERIFY2(why.contains(QStringLiteral("--on-other-server")), qPrintable(why));
    QCOMPARE(run(QStringLiteral("restore 99 --yes")).status, 2);
    QCOMPARE(run(QStringLiteral("restore 1 --yes --read-only")).status, 3);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void CliAuditTest::productionNeedsArming_data()
{
    QTest::addColumn<QString>("line");
    for (const char* line : { "acquire lock:new --ttl 1000", "extend lock:a --token the-secret-token --ttl 90000",
             "release lock:a --token the-secret-token", "force-release lock:a --any-token --yes --reason r" })
        QTest::newRow(line) << QString::fromLatin1(line);
}

void CliAuditTest::productionNeedsArming()
{
    QFETCH(QString, line);
    m_cli->ask({ "CONFIG", "RESETSTAT" });
    const CliResult refused = run(line + QStringLiteral(" --environment production --json"));
    QCOMPARE(refused.status, 3);
    QCOMPARE(refused.error().value(QLatin1StringView("code")).toString(), QStringLiteral("not_armed"));
    QVERIFY(refused.error().value(QLatin1StringView("hint")).toString().contains(QStringLiteral("--arm")));
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("the-secret-token"));
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:new" }), QByteArray("0"));
    const CliResult armed = run(line + QStringLiteral(" --environment production --arm --json"));
    QVERIFY2(armed.status == 0, armed.err.constData());
    // Elsewhere --arm is no fault, so that one script fits all.
    m_cli->ask({ "SET", "lock:a", "the-secret-token", "PX", "60000" });
    m_cli->ask({ "DEL", "lock:new" });
    QCOMPARE(run(line + QStringLiteral(" --environment staging --arm --json")).status, 0);
}

void CliAuditTest::armingIsAuditedWithTheReason()
{
    QCOMPARE(
        release("lock:a", { QStringLiteral("--environment"), QStringLiteral("production"), QStringLiteral("--arm") })
            .status,
        0);
    const QList<QJsonObject> log = run(QStringLiteral("audit --json")).lines();
    QCOMPARE(log.size(), 2);
    QCOMPARE(log.first().value(QLatin1StringView("action")).toString(), QStringLiteral("write_armed"));
    QCOMPARE(log.first().value(QLatin1StringView("reason")).toString(), QStringLiteral("worker is dead"));
    QCOMPARE(log.first().value(QLatin1StringView("outcome")).toString(), QStringLiteral("armed"));
    QCOMPARE(log.last().value(QLatin1StringView("environment")).toString(), QStringLiteral("production"));
    // A dry run arms nothing.
    m_cli->ask({ "SET", "lock:a", "t", "PX", "60000" });
    QCOMPARE(release("lock:a",
                 { QStringLiteral("--environment"), QStringLiteral("production"), QStringLiteral("--dry-run") })
                 .status,
        0);
    QCOMPARE(run(QStringLiteral("audit --json")).lines().size(), 2);
}

void CliAuditTest::theEnvironmentComesFromItsVariable()
{
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_ENVIRONMENT"), QStringLiteral("production"));
    QCOMPARE(release().status, 3);
    // The option is the more specific one.
    QCOMPARE(release("lock:a", { QStringLiteral("--environment"), QStringLiteral("development") }).status, 0);
    QCOMPARE(run(QStringLiteral("list --json")).status, 0);
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_ENVIRONMENT"), QStringLiteral("prod"));
    QCOMPARE(run(QStringLiteral("list")).status, 2);
}

void CliAuditTest::manyProcessesKeepOneChain()
{
    constexpr int processes = 4;
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::unique_ptr<QProcess>> running;
        for (int i = 0; i < processes; ++i) {
            const QByteArray key = "lock:p" + QByteArray::number(i);
            m_cli->ask({ "SET", key, "t", "PX", "60000" });
            running.push_back(
                m_cli->start({ QStringLiteral("force-release"), QString::fromUtf8(key), QStringLiteral("--any-token"),
                    QStringLiteral("--yes"), QStringLiteral("--reason"), QStringLiteral("r") }));
        }
        for (const auto& process : running)
            QCOMPARE(CliFixture::finish(*process).status, 0);
    }
    const QJsonObject verdict = run(QStringLiteral("audit --verify --json")).json();
    QVERIFY(verdict.value(QLatin1StringView("whole")).toBool());
    QCOMPARE(verdict.value(QLatin1StringView("entries")).toInt(), processes * rounds);
    QCOMPARE(verdict.value(QLatin1StringView("rows")).toInt(), 3 * processes * rounds);
}

void CliAuditTest::aFullDiskMeansNoAct()
{
    QProcess process;
    process.setProcessEnvironment(m_cli->environment());
    // To this process no file can grow: neither the log nor its WAL.
    process.setChildProcessModifier([] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit none { 0, 0 };
        ::setrlimit(RLIMIT_FSIZE, &none);
    });
    process.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("force-release"), QStringLiteral("lock:a"), QStringLiteral("--any-token"),
            QStringLiteral("--yes"), QStringLiteral("--json"), QStringLiteral("--reason"), QStringLiteral("r") });
    const CliResult result = CliFixture::finish(process);
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains("\"storage\""), result.err.constData());
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("the-secret-token"));
}

void CliAuditTest::anUnwritableLogMeansNoAct()
{
    if (::geteuid() != 0)
        QSKIP("becoming somebody else needs root");
    QCOMPARE(release().status, 0);
    m_cli->ask({ "SET", "lock:a", "the-secret-token", "PX", "60000" });
    m_cli->ask({ "CONFIG", "SET", "protected-mode", "no" });
    // Readable for everybody, writable for nobody else.
    const QByteArray folder = QFileInfo(m_cli->auditFile()).absolutePath().toLocal8Bit();
    ::chmod(folder.constData(), 0755);
    ::chmod(m_cli->auditFile().toLocal8Bit().constData(), 0644);
    const QString socket = m_cli->server().socketPath();
    ::chmod(socket.toLocal8Bit().constData(), 0777);
    ::chmod(QFileInfo(socket).absolutePath().toLocal8Bit().constData(), 0755);
    QProcess process;
    process.setProcessEnvironment(m_cli->environment());
    constexpr uid_t nobody = 65534;
    process.setChildProcessModifier([] {
        if (::setgid(nobody) != 0 || ::setuid(nobody) != 0)
            ::_exit(99);
    });
    process.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("force-release"), QStringLiteral("lock:a"), QStringLiteral("--any-token"),
            QStringLiteral("--yes"), QStringLiteral("--json"), QStringLiteral("--reason"), QStringLiteral("r") });
    const CliResult result = CliFixture::finish(process);
    if (result.status == -1 || result.status == 99 || result.status == 255)
        QSKIP("the program cannot be started by another account here");
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains("\"storage\""), result.err.constData());
    QCOMPARE(m_cli->ask({ "GET", "lock:a" }), QByteArray("the-secret-token"));
}

void CliAuditTest::ownLocksAreRecordedWithAReason()
{
    // Scripts by the hundred an hour leave nothing.
    QCOMPARE(run(QStringLiteral("acquire lock:own --token mine")).status, 0);
    QCOMPARE(run(QStringLiteral("release lock:own --token mine")).status, 0);
    QCOMPARE(run(QStringLiteral("audit --json")).lines().size(), 0);
    const QStringList reason { QStringLiteral("--reason"), QStringLiteral("maintenance") };
    QCOMPARE(run(QStringLiteral("acquire lock:own --token mine"), reason).status, 0);
    QCOMPARE(run(QStringLiteral("acquire lock:own"), reason).status, 1);
    QCOMPARE(run(QStringLiteral("extend lock:own --token mine --ttl 60000"), reason).status, 0);
    QCOMPARE(run(QStringLiteral("release lock:own --token mine"), reason).status, 0);
    const QList<QJsonObject> log = run(QStringLiteral("audit --json")).lines();
    QCOMPARE(log.size(), 4);
    const char* expected[][2]
        = { { "acquire", "acquired" }, { "acquire", "taken" }, { "extend", "extended" }, { "release", "released" } };
    for (int i = 0; i < 4; ++i) {
        QCOMPARE(log.at(i).value(QLatin1StringView("action")).toString(), QLatin1StringView(expected[i][0]));
        QCOMPARE(log.at(i).value(QLatin1StringView("outcome")).toString(), QLatin1StringView(expected[i][1]));
        QCOMPARE(log.at(i).value(QLatin1StringView("reason")).toString(), QStringLiteral("maintenance"));
        QCOMPARE(log.at(i).value(QLatin1StringView("key")).toString(), QStringLiteral("lock:own"));
    }
    QCOMPARE(log.first().value(QLatin1StringView("server")).toString(), m_cli->server().socketPath());
    QCOMPARE(run(QStringLiteral("audit --verify")).status, 0);
    // Nothing was ended that could be put back.
    QCOMPARE(run(QStringLiteral("restore 4 --yes")).status, 2);
}

void CliAuditTest::anUnwritableLogKeepsNobodyFromHisOwnLock()
{
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_AUDIT_FILE"), QStringLiteral("/dev/null/audit.sqlite"));
    const QStringList reason { QStringLiteral("--reason"), QStringLiteral("maintenance") };
    // flock(1) for a fleet works on a full disk; what is to be recorded is not done unrecorded…
    QCOMPARE(run(QStringLiteral("acquire lock:own -- true")).status, 0);
    QCOMPARE(run(QStringLiteral("acquire lock:own"), reason).status, 3);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:own" }), QByteArray("0"));
    QCOMPARE(run(QStringLiteral("acquire lock:own --token mine")).status, 0);
    QCOMPARE(run(QStringLiteral("extend lock:own --token mine --ttl 60000"), reason).status, 3);
    // …but a lock can always be given back.
    QCOMPARE(run(QStringLiteral("release lock:own --token mine"), reason).status, 0);
    QCOMPARE(m_cli->ask({ "EXISTS", "lock:own" }), QByteArray("0"));
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_AUDIT_FILE"), m_cli->auditFile());
}

QTEST_GUILESS_MAIN(CliAuditTest)
#include "tst_cliaudit.moc"
