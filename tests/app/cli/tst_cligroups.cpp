// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/groupfixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

using namespace lockscope;

/// The program itself over several masters and databases.
class CliGroupsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void votesAreInTheJson();
    void oneMasterDownIsAPartialList();
    void everyLockHasItsDatabase();

private:
    static QJsonObject listOf(const QStringList& arguments, QByteArray* errors = nullptr);
    static QStringList uris(GroupFixture& fixture);
    static QJsonObject lockOf(const QJsonObject& list, const QString& key, int database = 0);
};

QJsonObject CliGroupsTest::listOf(const QStringList& arguments, QByteArray* errors)
{
    QProcess process;
    process.start(QStringLiteral(LOCKSCOPE_CLI), QStringList { QStringLiteral("list") } + arguments);
    if (!process.waitForFinished(30000) || process.exitCode() != 0)
        qWarning() << process.readAllStandardError();
    if (errors)
        *errors = process.readAllStandardError();
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

QStringList CliGroupsTest::uris(GroupFixture& fixture)
{
    QStringList result { QStringLiteral("--json") };
    for (int i = 0; i < fixture.serverCount(); ++i)
        result += { QStringLiteral("--uri"), QStringLiteral("unix://") + fixture.server(i).socketPath() };
    return result;
}

QJsonObject CliGroupsTest::lockOf(const QJsonObject& list, const QString& key, int database)
{
    for (const QJsonValue lock : list[QStringLiteral("locks")].toArray()) {
        if (lock[QStringLiteral("key")].toString() == key && lock[QStringLiteral("db")].toInt() == database)
            return lock.toObject();
    }
    return {};
}

void CliGroupsTest::votesAreInTheJson()
{
    GroupFixture fixture(3);
    fixture.run(0, { "SET", "lock:a", "t", "PX", "60000" });
    fixture.run(2, { "SET", "lock:a", "t", "PX", "50000" });
    fixture.run(1, { "SET", "lock:left", "x", "PX", "60000" });
    const QJsonObject list = listOf(uris(fixture));
    const QJsonObject lock = lockOf(list, QStringLiteral("lock:a"));
    QCOMPARE(lock[QStringLiteral("state")].toString(), QStringLiteral("quorum"));
    const QJsonObject votes = lock[QStringLiteral("votes")].toObject();
    QCOMPARE(votes.size(), 3);
    QCOMPARE(votes[fixture.server(0).socketPath()].toString(), QStringLiteral("t"));
    QVERIFY(votes[fixture.server(1).socketPath()].isNull());
    QCOMPARE(votes[fixture.server(2).socketPath()].toString(), QStringLiteral("t"));
    QVERIFY(lock[QStringLiteral("ttl_ms")].toInt() <= 50000);
    QCOMPARE(lockOf(list, QStringLiteral("lock:left"))[QStringLiteral("state")].toString(), QStringLiteral("minority"));
    const QJsonObject server = list[QStringLiteral("server")].toObject();
    QCOMPARE(server[QStringLiteral("nodes")].toArray().size(), 3);
    QCOMPARE(server[QStringLiteral("quorum")].toInt(), 2);
    QVERIFY(server[QStringLiteral("complete")].toBool());
}

void CliGroupsTest::oneMasterDownIsAPartialList()
{
    GroupFixture fixture(3);
    fixture.runAll({ "SET", "lock:a", "t", "PX", "60000" });
    const QStringList arguments = uris(fixture);
    fixture.server(1).kill();
    const QJsonObject list = listOf(arguments);
    QCOMPARE(lockOf(list, QStringLiteral("lock:a"))[QStringLiteral("state")].toString(), QStringLiteral("quorum"));
    const QJsonObject server = list[QStringLiteral("server")].toObject();
    QVERIFY(!server[QStringLiteral("complete")].toBool(true));
    const QJsonObject down = server[QStringLiteral("node_states")].toArray().at(1).toObject();
    QVERIFY(down[QStringLiteral("link")].toString() != QStringLiteral("ready"));
    QVERIFY(!down[QStringLiteral("error")].toString().isEmpty());
}

void CliGroupsTest::everyLockHasItsDatabase()
{
    GroupFixture fixture(1);
    fixture.run(0, { "SET", "lock:a", "zero", "PX", "60000" });
    fixture.run(0, { "SELECT", "5" });
    fixture.run(0, { "SET", "lock:a", "five", "PX", "60000" });
    for (const char* choice : { "0,5", "all" }) {
        const QJsonObject list
            = listOf(uris(fixture) + QStringList { QStringLiteral("--db"), QString::fromLatin1(choice) });
        QCOMPARE(lockOf(list, QStringLiteral("lock:a"), 0)[QStringLiteral("token")].toString(), QStringLiteral("zero"));
        QCOMPARE(lockOf(list, QStringLiteral("lock:a"), 5)[QStringLiteral("token")].toString(), QStringLiteral("five"));
    }
    QVERIFY(lockOf(listOf(uris(fixture)), QStringLiteral("lock:a"), 5).isEmpty());
}

QTEST_GUILESS_MAIN(CliGroupsTest)
#include "tst_cligroups.moc"
