// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/groupfixture.h"
#include "support/testsupport.h"

using namespace lockscope;

/// Several databases of one server at once.
class DatabasesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachLockKnowsItsDatabase();
    void allFindsNewDatabases();
    void swapAndFlushAreNoticed();
    void aListingIsCompleteInAll();
    void aDatabaseThatIsNotThereIsAnError();

private:
    static constexpr int patience = 20000;
    [[nodiscard]] static WatchOptions options(const char* databases);
    static void set(GroupFixture& fixture, int database, const QByteArray& key, const QByteArray& token);
};

WatchOptions DatabasesTest::options(const char* databases)
{
    WatchOptions result = WatchFixture::allKeys();
    result.databases = *parseDatabaseChoice(QString::fromLatin1(databases));
    return result;
}

void DatabasesTest::set(GroupFixture& fixture, int database, const QByteArray& key, const QByteArray& token)
{
    fixture.run(0, { "SELECT", QByteArray::number(database) });
    fixture.run(0, { "SET", key, token, "PX", "60000" });
}

void DatabasesTest::eachLockKnowsItsDatabase()
{
    GroupFixture fixture(1);
    set(fixture, 0, "lock:a", "in-0");
    set(fixture, 3, "lock:a", "in-3");
    set(fixture, 7, "lock:a", "unwatched");
    fixture.watch(fixture.specs(), options("0,3"));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.status().databases, (QList<qint32> { 0, 3 }));
    QCOMPARE(fixture.status().nodes.size(), 1);
    QVERIFY(fixture.lock("lock:a", 0) && fixture.lock("lock:a", 3));
    QCOMPARE(fixture.lock("lock:a", 0)->token, QByteArray("in-0"));
    QCOMPARE(fixture.lock("lock:a", 3)->token, QByteArray("in-3"));
    QVERIFY(!fixture.lock("lock:a", 7));
    // Heard in both, and told with the right database.
    set(fixture, 3, "lock:b", "new-in-3");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:b", 3), patience);
    fixture.run(0, { "DEL", "lock:a" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:a", 3), patience);
    QVERIFY(fixture.lock("lock:a", 0));
    const auto& events = fixture.mirror().events();
    QVERIFY(std::any_of(events.begin(), events.end(), [](const LockEvent& event) {
        return event.kind == LockEventKind::Released && event.key == "lock:a" && event.database == 3;
    }));
    QVERIFY(fixture.isConsistent());
}

void DatabasesTest::allFindsNewDatabases()
{
    GroupFixture fixture(1);
    set(fixture, 2, "lock:two", "t");
    fixture.watch(fixture.specs(), options("all"));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("lock:two", 2), patience);
    QCOMPARE(fixture.status().databases, (QList<qint32> { 0, 2 }));
    set(fixture, 5, "lock:five", "t");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:five", 5), patience);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.status().databases, (QList<qint32> { 0, 2, 5 }));
}

void DatabasesTest::swapAndFlushAreNoticed()
{
    GroupFixture fixture(1);
    set(fixture, 0, "lock:a", "token-0");
    set(fixture, 1, "lock:a", "token-1");
    set(fixture, 1, "lock:only-in-1", "x");
    fixture.watch(fixture.specs(), options("0-1"));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run(0, { "SWAPDB", "0", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:only-in-1", 0) && !fixture.lock("lock:only-in-1", 1), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:a", 0)->token, QByteArray("token-1"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:a", 1)->token, QByteArray("token-0"), patience);
    fixture.run(0, { "FLUSHALL" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.rowCount(), 0, patience);
    QVERIFY(fixture.isConsistent());
}

void DatabasesTest::aListingIsCompleteInAll()
{
    GroupFixture fixture(1);
    for (const int database : { 0, 4, 9 })
        set(fixture, database, "lock:" + QByteArray::number(database), "t");
    WatchOptions once = options("all");
    once.follow = false;
    bool isDone = false;
    fixture.watch(fixture.specs(), once);
    connect(&fixture.engine(), &WatchEngine::passCompleted, this, [&isDone] { isDone = true; });
    QTRY_VERIFY_WITH_TIMEOUT(isDone, patience);
    const LockSnapshot snapshot = fixture.engine().snapshot();
    QVERIFY(snapshot.status.completeness.complete);
    QCOMPARE(snapshot.locks.size(), size_t(3));
    QCOMPARE(snapshot.status.databases, (QList<qint32> { 0, 4, 9 }));
}

void DatabasesTest::aDatabaseThatIsNotThereIsAnError()
{
    GroupFixture fixture(1);
    WatchOptions once = options("0,99");
    once.follow = false;
    std::optional<Error> error;
    fixture.watch(fixture.specs(), once);
    connect(&fixture.engine(), &WatchEngine::failed, this, [&error](const Error& why) { error = why; });
    QTRY_VERIFY_WITH_TIMEOUT(error, patience);
    QVERIFY2(error->detail.contains(QLatin1StringView("out of range")), qPrintable(error->detail));
}

QTEST_GUILESS_MAIN(DatabasesTest)
#include "tst_databases.moc"
