// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditlog.h"
#include "history/auditwriter.h"
#include "support/testsupport.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QThread>

#include <csignal>

#include <sys/resource.h>

Q_DECLARE_METATYPE(lockscope::AuditQuery)

using namespace lockscope;

namespace {

AuditIntent exampleIntent(const QByteArray& key = "lock:a")
{
    AuditIntent intent;
    intent.redisUser = QStringLiteral("default");
    intent.server = QStringLiteral("127.0.0.1:6379");
    intent.action = "force_release";
    intent.family = "plain";
    intent.key = key;
    intent.tokenFingerprint = QStringLiteral("0011aabb");
    intent.reason = QStringLiteral("worker is dead");
    return intent;
}

/// Runs statements on the file behind the log's back; answers the first column of the last one.
QVariant rawSql(const QString& file, const QStringList& statements, QString* error = nullptr)
{
    QVariant answer;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
        database.setDatabaseName(file);
        database.open();
        for (const QString& statement : statements) {
            QSqlQuery query(database);
            if (!query.exec(statement) && error)
                *error = query.lastError().text();
            answer = query.next() ? query.value(0) : QVariant();
        }
    }
    QSqlDatabase::removeDatabase(QStringLiteral("raw"));
    return answer;
}

} // namespace

class AuditLogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void rowsAreChainedAndVerify();
    void rowsCannotBeChangedThroughSql();
    void tamperingIsFound_data();
    void tamperingIsFound();
    void theVerdictNamesTheFirstBadRow_data();
    void theVerdictNamesTheFirstBadRow();
    void rowsCutOffAreMissed_data();
    void rowsCutOffAreMissed();
    void aFileThatIsGoneIsMissed();
    void aFileOfTheFirstVersionGoesOn();
    void anOldFileIsReadWithoutBeingChanged();
    void entriesTellWhatHappened();
    void questionsNarrow_data();
    void questionsNarrow();
    void pagesFollowEachOther();
    void oldValuesAreKeptUpToALimit();
    void aFullDiskIsAnError();
    void fileAndFolderArePrivate();
    void unwritablePlacesAreStorageErrors_data();
    void unwritablePlacesAreStorageErrors();
    void writersOfSeveralThreadsKeepOneChain();
    void theWriterAnswersOnItsThreadAndLosesNothing();
    void theWriterLetsTheFileGoWhenIdle();
    void anAppenderFollowsTheFileAtItsPath();
    void anAppenderGoesOnAfterAnError();

private:
    [[nodiscard]] QString file() const { return m_folder->filePath(QStringLiteral("deep/er/audit.sqlite")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void AuditLogTest::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void AuditLogTest::rowsAreChainedAndVerify()
{
    const AuditLog log(file());
    const auto ids = log.appendIntents({ exampleIntent("lock:a"), exampleIntent(QByteArray("bin\0\xFF", 5)) });
    VERIFY_RESULT(ids);
    QCOMPARE(ids->size(), 2);
    VERIFY_RESULT(log.appendOutcomes({ { ids->first(), "released", QStringLiteral("0011aabb"), QString() } }));
    VERIFY_RESULT(log.verify());
    QCOMPARE(rawSql(file(), { QStringLiteral("SELECT count(*) FROM entries") }).toInt(), 3);
    QCOMPARE(rawSql(file(), { QStringLiteral("SELECT outcome FROM entries WHERE intent_id = %1").arg(ids->first()) }),
        QVariant(QStringLiteral("released")));
    QCOMPARE(rawSql(file(), { QStringLiteral("PRAGMA journal_mode") }).toString(), QStringLiteral("wal"));
}

void AuditLogTest::rowsCannotBeChangedThroughSql()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    for (const auto& statement :
        { QStringLiteral("DELETE FROM entries"), QStringLiteral("UPDATE entries SET reason = ''") }) {
        QString error;
        rawSql(file(), { statement }, &error);
        QVERIFY2(error.contains(QLatin1StringView("append-only")), qPrintable(error));
    }
}

void AuditLogTest::tamperingIsFound_data()
{
    QTest::addColumn<QString>("statement");
    QTest::newRow("reason") << QStringLiteral("UPDATE entries SET reason = 'other' WHERE id = 2");
    QTest::newRow("time") << QStringLiteral("UPDATE entries SET at_ms = at_ms + 1 WHERE id = 1");
    QTest::newRow("key") << QStringLiteral("UPDATE entries SET key = X'00' WHERE id = 3");
    QTest::newRow("removed") << QStringLiteral("DELETE FROM entries WHERE id = 2");
    QTest::newRow("shifted between fields")
        << QStringLiteral("UPDATE entries SET server = server || 'x', host = host WHERE id = 2");
}

void AuditLogTest::tamperingIsFound()
{
    QFETCH(QString, statement);
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents({ exampleIntent("1"), exampleIntent("2"), exampleIntent("3") }));
    QString error;
    rawSql(file(),
        { QStringLiteral("DROP TRIGGER entries_are_never_changed"),
            QStringLiteral("DROP TRIGGER entries_are_never_deleted"), statement },
        &error);
    QVERIFY2(error.isEmpty(), qPrintable(error));
    const Status verified = log.verify();
    QVERIFY(!verified);
    QCOMPARE(verified.error().kind, ErrorKind::Storage);
}

static const QStringList withoutTriggers { QStringLiteral("DROP TRIGGER entries_are_never_changed"),
    QStringLiteral("DROP TRIGGER entries_are_never_deleted") };

static const QString copyOfColumns = QStringLiteral(
    "kind, intent_id, at_ms, os_user, host, redis_user, server, db, action, family, key, token_fingerprint, reason, "
    "outcome, error, form, ticket, type, old_value, old_value_state, ttl_ms, value_read_at, related_id, environment, "
    "nodes, after_ms, watched_ms, previous_hash, hash");

void AuditLogTest::theVerdictNamesTheFirstBadRow_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<qint64>("row");
    const auto row
        = [](const char* name, const QStringList& statements, qint64 bad) { QTest::newRow(name) << statements << bad; };
    row("changed", { QStringLiteral("UPDATE entries SET reason = 'other' WHERE id = 3") }, 3);
    row("a column of the second form", { QStringLiteral("UPDATE entries SET ticket = 'X-1' WHERE id = 2") }, 2);
    row("passed off as the first form", { QStringLiteral("UPDATE entries SET form = 1 WHERE id = 4") }, 4);
    row("old value swapped", { QStringLiteral("UPDATE entries SET old_value = X'00' WHERE id = 1") }, 1);
    row("deleted", { QStringLiteral("DELETE FROM entries WHERE id = 3") }, 3);
    row("the first deleted", { QStringLiteral("DELETE FROM entries WHERE id = 1") }, 1);
    row("two rows in each other's place",
        { QStringLiteral("UPDATE entries SET id = 100 WHERE id = 2"),
            QStringLiteral("UPDATE entries SET id = 2 WHERE id = 3"),
            QStringLiteral("UPDATE entries SET id = 3 WHERE id = 100") },
        2);
    row("forged and appended",
        { QStringLiteral("INSERT INTO entries (%1) SELECT %1 FROM entries WHERE id = 5").arg(copyOfColumns) }, 6);
}

void AuditLogTest::theVerdictNamesTheFirstBadRow()
{
    QFETCH(QStringList, statements);
    QFETCH(qint64, row);
    const AuditLog log(file());
    QList<AuditIntent> intents(5, exampleIntent());
    VERIFY_RESULT(log.appendIntents(intents));
    QString error;
    rawSql(file(), withoutTriggers + statements, &error);
    QVERIFY2(error.isEmpty(), qPrintable(error));
    const Result<AuditVerdict> verdict = log.inspect();
    VERIFY_RESULT(verdict);
    QVERIFY(!verdict->whole);
    QCOMPARE(verdict->badRow, row);
    QCOMPARE(verdict->rows, row - 1);
    QVERIFY2(verdict->fault.contains(QString::number(row)), qPrintable(verdict->fault));
}

void AuditLogTest::rowsCutOffAreMissed_data()
{
    QTest::addColumn<bool>("hidden");
    QTest::newRow("only deleted") << false;
    // Somebody who knows SQLite lowers its counter, too: the file beside the log remembers.
    QTest::newRow("with the counter lowered") << true;
}

void AuditLogTest::rowsCutOffAreMissed()
{
    QFETCH(bool, hidden);
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents(QList<AuditIntent>(5, exampleIntent())));
    QStringList statements = withoutTriggers + QStringList { QStringLiteral("DELETE FROM entries WHERE id > 3") };
    if (hidden)
        statements += QStringLiteral("UPDATE sqlite_sequence SET seq = 3");
    rawSql(file(), statements);
    const Result<AuditVerdict> verdict = log.inspect();
    VERIFY_RESULT(verdict);
    QVERIFY(!verdict->whole);
    QCOMPARE(verdict->badRow, 4);
    QCOMPARE(verdict->rows, 3);
}

void AuditLogTest::aFileThatIsGoneIsMissed()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.inspect());
    QVERIFY(log.inspect()->whole);
    QVERIFY(!QFile::exists(file())); // asking makes none
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    QVERIFY(log.inspect()->whole);
    QVERIFY(QFile::remove(file()));
    QVERIFY(!log.inspect()->whole);
}

/// A log as version 1 left it: fifteen columns, hashed so.
static void writeFirstVersion(const QString& path, int rows)
{
    QStringList statements { QStringLiteral(
                                 "CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, "
                                 "intent_id INTEGER NOT NULL, at_ms INTEGER NOT NULL, os_user TEXT NOT NULL, host TEXT "
                                 "NOT NULL, redis_user TEXT NOT NULL, server TEXT NOT NULL, db INTEGER NOT NULL, "
                                 "action TEXT NOT NULL, family TEXT NOT NULL, key BLOB NOT NULL, token_fingerprint "
                                 "TEXT NOT NULL, reason TEXT NOT NULL, outcome TEXT NOT NULL, error TEXT NOT NULL, "
                                 "previous_hash BLOB NOT NULL, hash BLOB NOT NULL)"),
        QStringLiteral("CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, "
                       "'the audit log is append-only'); END"),
        QStringLiteral("CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, "
                       "'the audit log is append-only'); END"),
        QStringLiteral("PRAGMA user_version = 1") };
    QByteArray previous;
    for (int i = 1; i <= rows; ++i) {
        const bool intent = i % 2 == 1;
        const QList<QByteArray> fields { intent ? "intent" : "outcome", intent ? "0" : QByteArray::number(i - 1),
            "1700000000000", "ada", "ops1", intent ? "default" : "", intent ? "cache:6379" : "", "0",
            intent ? "force_release" : "", intent ? "plain" : "", intent ? "lock:old" : "", "0011aabb",
            intent ? "worker is dead" : "", intent ? "" : "released", "" };
        QCryptographicHash hash(QCryptographicHash::Sha256);
        hash.addData(previous);
        for (const QByteArray& field : fields)
            hash.addData(QByteArray(QByteArray::number(field.size()) + ':' + field));
        const QByteArray current = hash.result();
        const auto text = [&fields](int at) { return QString::fromUtf8(fields.at(at)); };
        statements += QStringLiteral("INSERT INTO entries (kind, intent_id, at_ms, os_user, host, redis_user, server, "
                                     "db, action, family, "
                                     "key, token_fingerprint, reason, outcome, error, previous_hash, hash) VALUES "
                                     "('%1', %2, %3, '%4', '%5', '%6', '%7', %8, '%9', ")
                          .arg(text(0), text(1), text(2), text(3), text(4), text(5), text(6), text(7), text(8))
            + QStringLiteral("'%1', CAST('%2' AS BLOB), '%3', '%4', '%5', '%6', X'%7', X'%8')")
                  .arg(text(9), text(10), text(11), text(12), text(13), text(14), QString::fromLatin1(previous.toHex()),
                      QString::fromLatin1(current.toHex()));
        previous = current;
    }
    QString error;
    rawSql(path, statements, &error);
    QVERIFY2(error.isEmpty(), qPrintable(error));
}

void AuditLogTest::aFileOfTheFirstVersionGoesOn()
{
    const QString path = m_folder->filePath(QStringLiteral("old.sqlite"));
    writeFirstVersion(path, 4);
    const AuditLog log(path);
    const auto ids = log.appendIntents({ exampleIntent("lock:new") });
    VERIFY_RESULT(ids);
    QCOMPARE(ids->first(), 5);
    QCOMPARE(rawSql(path, { QStringLiteral("PRAGMA user_version") }).toInt(), 2);
    const Result<AuditVerdict> verdict = log.inspect();
    VERIFY_RESULT(verdict);
    QVERIFY2(verdict->whole, qPrintable(verdict->fault));
    QCOMPARE(verdict->rows, 5);
    const auto entries = log.entries({});
    VERIFY_RESULT(entries);
    QCOMPARE(entries->size(), 3);
    QCOMPARE(entries->first().key, QByteArray("lock:old"));
    QCOMPARE(entries->first().outcome, QStringLiteral("released"));
    QCOMPARE(entries->last().key, QByteArray("lock:new"));
    // The old rows are guarded as before.
    rawSql(path, withoutTriggers + QStringList { QStringLiteral("UPDATE entries SET reason = 'x' WHERE id = 3") });
    QCOMPARE(log.inspect()->badRow, 3);
}

void AuditLogTest::anOldFileIsReadWithoutBeingChanged()
{
    const QString path = m_folder->filePath(QStringLiteral("old.sqlite"));
    writeFirstVersion(path, 4);
    const AuditLog log(path);
    const auto entries = log.entries({});
    VERIFY_RESULT(entries);
    QCOMPARE(entries->size(), 2);
    QCOMPARE(entries->last().outcome, QStringLiteral("released"));
    QVERIFY(log.inspect()->whole);
    QCOMPARE(rawSql(path, { QStringLiteral("PRAGMA user_version") }).toInt(), 1);
}

void AuditLogTest::entriesTellWhatHappened()
{
    const AuditLog log(file());
    AuditIntent intent = exampleIntent(QByteArray("bin\0\xFF", 5));
    intent.ticket = QStringLiteral("INC-118");
    intent.setOldValue({ "string", OldValueState::Kept, QByteArray("\0dump", 5), 4200, 1'700'000'000'000 });
    intent.environment = Environment::Production;
    const auto ids = log.appendIntents({ intent, exampleIntent("open") });
    VERIFY_RESULT(ids);
    AuditOutcome outcome;
    outcome.intentId = ids->first();
    outcome.outcome = "released";
    outcome.tokenFingerprint = QStringLiteral("0011aabb");
    outcome.nodes
        = { { QStringLiteral("a:1"), "released", {} }, { QStringLiteral("b:2"), "refused", QStringLiteral("NOPERM") } };
    VERIFY_RESULT(log.appendOutcomes({ outcome }));
    VERIFY_RESULT(log.appendAftermaths({ { ids->first(), QStringLiteral("22cc33dd"), 40, 10'000 } }));
    const auto entries = log.entries({});
    VERIFY_RESULT(entries);
    QCOMPARE(entries->size(), 2);
    const AuditEntry& entry = entries->first();
    QCOMPARE(entry.key, intent.key);
    QCOMPARE(entry.ticket, intent.ticket);
    QCOMPARE(entry.type, QStringLiteral("string"));
    QCOMPARE(entry.oldValueState, OldValueState::Kept);
    QCOMPARE(entry.ttlMs, 4200);
    QCOMPARE(entry.environment, QStringLiteral("production"));
    QCOMPARE(entry.outcome, QStringLiteral("released"));
    QCOMPARE(entry.nodes, outcome.nodes);
    QVERIFY(entry.aftermath);
    QCOMPARE(entry.aftermath->nextFingerprint, QStringLiteral("22cc33dd"));
    QCOMPARE(entry.aftermath->afterMs, 40);
    QVERIFY(entries->last().outcome.isEmpty());
    const auto old = log.oldValue(ids->first());
    VERIFY_RESULT(old);
    QCOMPARE(old->payload, QByteArray("\0dump", 5));
    QVERIFY(!log.oldValue(999));
    VERIFY_RESULT(log.verify());
}

void AuditLogTest::questionsNarrow_data()
{
    QTest::addColumn<AuditQuery>("query");
    QTest::addColumn<QByteArrayList>("keys");
    AuditQuery glob;
    glob.keyGlob = "orders:*";
    QTest::newRow("glob") << glob << QByteArrayList { "orders:1", "orders:2" };
    AuditQuery text;
    text.text = QStringLiteral("50%_");
    QTest::newRow("text is no pattern") << text << QByteArrayList { "mail:1" };
    AuditQuery outcome;
    outcome.outcome = QStringLiteral("released");
    QTest::newRow("outcome") << outcome << QByteArrayList { "orders:1" };
    AuditQuery open;
    open.outcome = QStringLiteral("unfinished");
    QTest::newRow("unfinished") << open << QByteArrayList { "orders:2", "mail:1" };
    AuditQuery user;
    user.user = QStringLiteral("default");
    user.limit = 1;
    QTest::newRow("the newest of a user") << user << QByteArrayList { "mail:1" };
    AuditQuery action;
    action.action = QStringLiteral("restore");
    QTest::newRow("action") << action << QByteArrayList {};
    AuditQuery past;
    past.untilMs = 1'600'000'000'000;
    QTest::newRow("before all") << past << QByteArrayList {};
    AuditQuery later;
    later.sinceMs = 1'600'000'000'000;
    QTest::newRow("since") << later << QByteArrayList { "orders:1", "orders:2", "mail:1" };
}

void AuditLogTest::questionsNarrow()
{
    QFETCH(AuditQuery, query);
    QFETCH(QByteArrayList, keys);
    const AuditLog log(file());
    AuditIntent mail = exampleIntent("mail:1");
    mail.reason = QStringLiteral("at 50%_ of the time");
    const auto ids = log.appendIntents({ exampleIntent("orders:1"), exampleIntent("orders:2"), mail });
    VERIFY_RESULT(ids);
    VERIFY_RESULT(log.appendOutcomes({ { ids->first(), "released", {}, {} } }));
    const auto entries = log.entries(query);
    VERIFY_RESULT(entries);
    QByteArrayList found;
    for (const AuditEntry& entry : *entries)
        found += entry.key;
    QCOMPARE(found, keys);
    if (query.limit < 0)
        QCOMPARE(*log.count(query), keys.size());
}

void AuditLogTest::pagesFollowEachOther()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents(QList<AuditIntent>(25, exampleIntent())));
    AuditQuery query;
    query.limit = 10;
    QList<qint64> seen;
    for (int page = 0; page < 3; ++page) {
        const auto entries = log.entries(query);
        VERIFY_RESULT(entries);
        for (qsizetype i = entries->size() - 1; i >= 0; --i)
            seen += entries->at(i).id;
        query.beforeId = seen.last();
    }
    QCOMPARE(seen.size(), 25);
    for (qsizetype i = 0; i < seen.size(); ++i)
        QCOMPARE(seen.at(i), 25 - i);
}

void AuditLogTest::oldValuesAreKeptUpToALimit()
{
    const AuditLog log(file());
    AuditIntent intent = exampleIntent();
    intent.setOldValue({ "string", OldValueState::Kept, QByteArray(maximumOldValueBytes + 1, 'x'), 4200, 1 });
    VERIFY_RESULT(log.appendIntents({ intent }));
    QCOMPARE(log.entries({})->first().oldValueState, OldValueState::TooLarge);
    QVERIFY(log.oldValue(1)->payload.isEmpty());
}

void AuditLogTest::aFullDiskIsAnError()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    AuditIntent large = exampleIntent();
    large.reason = QString(3'000'000, QLatin1Char('x'));
    // Files of this process may not grow beyond a megabyte: to SQLite the disk is full.
    rlimit before {};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto formerHandler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small { 1'000'000, before.rlim_max };
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = log.appendIntents({ large });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, formerHandler);
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Storage);
    // Nothing of it is there, and the log goes on.
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    QCOMPARE(*log.count({}), 2);
    VERIFY_RESULT(log.verify());
}

void AuditLogTest::fileAndFolderArePrivate()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
        | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFileInfo(file()).permissions() & others));
    QVERIFY(!(QFileInfo(file() + QStringLiteral(".head")).permissions() & others));
    // Old values are in it by now: a mode that somebody has widened is narrowed again.
    QVERIFY(QFile::setPermissions(file(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther));
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    QVERIFY(!(QFileInfo(file()).permissions() & others));
    QVERIFY(!(QFileInfo(QFileInfo(file()).absolutePath()).permissions() & others));
}

void AuditLogTest::unwritablePlacesAreStorageErrors_data()
{
    QTest::addColumn<QString>("kind");
    QTest::newRow("parent is a file") << QStringLiteral("blocked");
    QTest::newRow("no database") << QStringLiteral("garbage");
    QTest::newRow("newer schema") << QStringLiteral("newer");
    QTest::newRow("disk full") << QStringLiteral("full");
}

void AuditLogTest::unwritablePlacesAreStorageErrors()
{
    QFETCH(QString, kind);
    QString path = m_folder->filePath(QStringLiteral("audit.sqlite"));
    if (kind == QLatin1StringView("full"))
        path = QStringLiteral("/proc/lockscope/audit.sqlite");
    else if (kind == QLatin1StringView("newer"))
        rawSql(path, { QStringLiteral("PRAGMA user_version = 99") });
    else {
        QFile existing(path);
        QVERIFY(existing.open(QIODevice::WriteOnly));
        existing.write(QByteArray(8192, 'x'));
    }
    const AuditLog log(kind == QLatin1StringView("blocked") ? path + QStringLiteral("/audit.sqlite") : path);
    const auto written = log.appendIntents({ exampleIntent() });
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Storage);
}

void AuditLogTest::writersOfSeveralThreadsKeepOneChain()
{
    constexpr int threadCount = 4;
    constexpr int each = 10;
    std::vector<std::unique_ptr<QThread>> threads;
    std::atomic<int> failures { 0 };
    for (int i = 0; i < threadCount; ++i) {
        threads.emplace_back(QThread::create([this, &failures] {
            const AuditLog log(file());
            for (int n = 0; n < each; ++n)
                failures += log.appendIntents({ exampleIntent() }) ? 0 : 1;
        }));
        threads.back()->start();
    }
    for (const auto& thread : threads)
        thread->wait();
    QCOMPARE(failures.load(), 0);
    VERIFY_RESULT(AuditLog(file()).verify());
    QCOMPARE(rawSql(file(), { QStringLiteral("SELECT count(*) FROM entries") }).toInt(), threadCount * each);
}

void AuditLogTest::theWriterAnswersOnItsThreadAndLosesNothing()
{
    int answered = 0;
    {
        AuditWriter writer(file());
        writer.appendIntents({ exampleIntent() }, [&](const Result<QList<qint64>>& ids) {
            QCOMPARE(QThread::currentThread(), thread());
            QVERIFY(ids);
            ++answered;
            writer.appendOutcomes({ { ids->first(), "released", {}, {} } }, [&](const Status&) { ++answered; });
        });
        QTRY_COMPARE(answered, 2);
        writer.appendIntents({ exampleIntent() }, [&](const Result<QList<qint64>>&) { ++answered; });
    }
    QCOMPARE(answered, 3);
    VERIFY_RESULT(AuditLog(file()).verify());
}

// What it keeps open is a WAL file: a copy that somebody makes of the log alone would lack what stands there.
void AuditLogTest::theWriterLetsTheFileGoWhenIdle()
{
    AuditWriter writer(file());
    int answered = 0;
    writer.appendIntents({ exampleIntent() }, [&](const Result<QList<qint64>>&) { ++answered; });
    QTRY_COMPARE(answered, 1);
    QTRY_VERIFY(!QFile::exists(file() + QStringLiteral("-wal")));
    QVERIFY(QFile::exists(auditHeadFile(file())));
    writer.appendIntents({ exampleIntent() }, [&](const Result<QList<qint64>>&) { ++answered; });
    QTRY_COMPARE(answered, 2);
    const Result<AuditVerdict> verdict = AuditLog(file()).inspect();
    VERIFY_RESULT(verdict);
    QVERIFY(verdict->whole);
    QCOMPARE(verdict->rows, 2);
}

void AuditLogTest::anAppenderFollowsTheFileAtItsPath()
{
    AuditAppender appender(file());
    VERIFY_RESULT(appender.appendIntents({ exampleIntent("lock:first"), exampleIntent() }));
    appender.noteHead();
    const QString moved = file() + QStringLiteral(".1");
    for (const auto& suffix : { QString(), QStringLiteral("-wal"), QStringLiteral("-shm"), QStringLiteral(".head") })
        QFile::rename(file() + suffix, moved + suffix);
    VERIFY_RESULT(appender.appendIntents({ exampleIntent("lock:second") }));
    appender.close();
    const Result<QList<AuditEntry>> entries = AuditLog(file()).entries({});
    VERIFY_RESULT(entries);
    QCOMPARE(entries->size(), 1);
    QCOMPARE(entries->first().key, QByteArray("lock:second"));
    VERIFY_RESULT(AuditLog(file()).verify());
}

void AuditLogTest::anAppenderGoesOnAfterAnError()
{
    AuditAppender appender(file());
    VERIFY_RESULT(appender.appendIntents({ exampleIntent() }));
    rawSql(file(), { QStringLiteral("ALTER TABLE entries RENAME TO hidden") });
    QVERIFY(!appender.appendIntents({ exampleIntent() }));
    rawSql(file(), { QStringLiteral("ALTER TABLE hidden RENAME TO entries") });
    const Result<QList<qint64>> ids = appender.appendIntents({ exampleIntent() });
    VERIFY_RESULT(ids);
    QCOMPARE(*ids, QList<qint64> { 2 });
}

QTEST_GUILESS_MAIN(AuditLogTest)
#include "tst_auditlog.moc"
