// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditlog.h"
#include "history/auditwriter.h"
#include "support/testsupport.h"

#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QThread>

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
    void fileAndFolderArePrivate();
    void unwritablePlacesAreStorageErrors_data();
    void unwritablePlacesAreStorageErrors();
    void writersOfSeveralThreadsKeepOneChain();
    void theWriterAnswersOnItsThreadAndLosesNothing();

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

void AuditLogTest::fileAndFolderArePrivate()
{
    const AuditLog log(file());
    VERIFY_RESULT(log.appendIntents({ exampleIntent() }));
    constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
        | QFile::WriteOther | QFile::ExeOther;
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

QTEST_GUILESS_MAIN(AuditLogTest)
#include "tst_auditlog.moc"
