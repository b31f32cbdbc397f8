// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "support/clifixture.h"
#include "support/groupfixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

using namespace lockscope;

/// The program itself over several masters and databases.
class CliGroupsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void votesAreInTheJson();
    void oneMasterDownIsAPartialList();
    void everyLockHasItsDatabase();
    void showAgreesWithTheList_data();
    void showAgreesWithTheList();
    void aDryRunTellsOfEachMaster();
    void resultsAndReportTellOfEachMaster();

private:
    static CliResult run(const QStringList& arguments);
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

CliResult CliGroupsTest::run(const QStringList& arguments)
{
    QProcess process;
    process.start(QStringLiteral(LOCKSCOPE_CLI), arguments);
    return CliFixture::finish(process);
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

void CliGroupsTest::showAgreesWithTheList_data()
{
    QTest::addColumn<QByteArrayList>("tokens");
    QTest::addColumn<int>("down");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("all") << QByteArrayList { "t", "t", "t" } << -1 << QStringLiteral("quorum")
                         << QByteArray("quorum 3/3\n");
    QTest::newRow("two") << QByteArrayList { "t", "", "t" } << -1 << QStringLiteral("quorum")
                         << QByteArray("quorum 2/3\n");
    QTest::newRow("another's beside") << QByteArrayList { "t", "x", "t" } << -1 << QStringLiteral("quorum")
                                      << QByteArray("quorum 2/3\n");
    QTest::newRow("one") << QByteArrayList { "", "t", "" } << -1 << QStringLiteral("minority")
                         << QByteArray("minority 1/3\n");
    QTest::newRow("split") << QByteArrayList { "a", "b", "" } << -1 << QStringLiteral("minority")
                           << QByteArray("minority 1/3 split\n");
    QTest::newRow("one down") << QByteArrayList { "t", "t", "t" } << 1 << QStringLiteral("quorum")
                              << QByteArray("quorum 2/3\n");
}

void CliGroupsTest::showAgreesWithTheList()
{
    QFETCH(QByteArrayList, tokens);
    QFETCH(int, down);
    QFETCH(QString, state);
    QFETCH(QByteArray, text);
    GroupFixture fixture(3);
    const QStringList group = uris(fixture);
    for (int i = 0; i < 3; ++i) {
        if (!tokens.at(i).isEmpty())
            fixture.run(i, { "SET", "lock:a", tokens.at(i), "PX", QByteArray::number(50000 + 10000 * i) });
    }
    if (down >= 0)
        fixture.server(down).kill();
    const QJsonObject listed = lockOf(listOf(group), QStringLiteral("lock:a"));
    QCOMPARE(listed[QStringLiteral("state")].toString(), state);
    const QJsonObject shown = run(group + QStringList { QStringLiteral("show"), QStringLiteral("lock:a") }).json();
    for (const char* field : { "state", "token", "votes" })
        QCOMPARE(shown[QLatin1StringView(field)], listed[QLatin1StringView(field)]);
    // As long as the first of them keeps it.
    QVERIFY(std::abs(shown[QStringLiteral("ttl_ms")].toInt() - listed[QStringLiteral("ttl_ms")].toInt()) < 9000);
    const QByteArray words = run(group.mid(1) + QStringList { QStringLiteral("show"), QStringLiteral("lock:a") }).out;
    QVERIFY2(words.contains(QByteArray("state        " + text)), words.constData());
    for (int i = 0; i < 3; ++i) {
        const QByteArray node = "vote         " + fixture.server(i).socketPath().toUtf8() + ": ";
        const QByteArray vote = i == down ? QByteArray()
            : tokens.at(i).isEmpty()      ? QByteArray("nothing\n")
                                          : QByteArray(tokens.at(i) + ", ");
        QVERIFY2(words.contains(QByteArray(node + vote)), words.constData());
    }
}

void CliGroupsTest::aDryRunTellsOfEachMaster()
{
    GroupFixture fixture(3);
    fixture.run(0, { "SET", "lock:a", "t", "PX", "60000" });
    fixture.run(2, { "SET", "lock:a", "theirs-9", "PX", "60000" });
    const QStringList group = uris(fixture);
    const QStringList key { QStringLiteral("force-release"), QStringLiteral("lock:a"), QStringLiteral("--expect-token"),
        QStringLiteral("t"), QStringLiteral("--dry-run") };
    const QStringList match { QStringLiteral("force-release"), QStringLiteral("--match"), QStringLiteral("lock:*"),
        QStringLiteral("--dry-run") };
    for (const QStringList& words : { key, match }) {
        const QJsonObject plan = run(group + words).json();
        const QJsonArray nodes = plan[QStringLiteral("targets")][0][QStringLiteral("nodes")].toArray();
        QCOMPARE(nodes.size(), 3);
        QCOMPARE(nodes[0][QStringLiteral("node")].toString(), fixture.server(0).socketPath());
        QCOMPARE(nodes[0][QStringLiteral("token")].toString(), QStringLiteral("t"));
        QCOMPARE(nodes[0][QStringLiteral("outcome")].toString(), QStringLiteral("would_release"));
        QCOMPARE(nodes[1][QStringLiteral("outcome")].toString(), QStringLiteral("already_gone"));
        QCOMPARE(nodes[2][QStringLiteral("outcome")].toString(), QStringLiteral("holder_changed"));
        const QByteArray text = run(group.mid(1) + words).out;
        QVERIFY2(text.contains(QByteArray(fixture.server(0).socketPath().toUtf8() + ": t, ")), text.constData());
        QVERIFY2(text.contains("(to be released)"), text.constData());
        QVERIFY2(text.contains(QByteArray(fixture.server(1).socketPath().toUtf8() + ": nothing")), text.constData());
        QVERIFY2(text.contains("(another holder, left alone)"), text.constData());
    }
    QCOMPARE(fixture.run(0, { "GET", "lock:a" }).text, QByteArray("t"));
    fixture.server(1).kill();
    const QJsonObject plan = run(group + key).json();
    const QJsonValue down = plan[QStringLiteral("targets")][0][QStringLiteral("nodes")][1];
    QCOMPARE(down[QStringLiteral("outcome")].toString(), QStringLiteral("refused"));
    QVERIFY(!down[QStringLiteral("error")].toString().isEmpty());
}

void CliGroupsTest::resultsAndReportTellOfEachMaster()
{
    GroupFixture fixture(3);
    QTemporaryDir folder;
    qputenv("LOCKSCOPE_AUDIT_FILE", QFile::encodeName(folder.filePath(QStringLiteral("audit.sqlite"))));
    const QStringList group = uris(fixture);
    for (const char* name : { "report.csv", "report.json" }) {
        fixture.run(0, { "SET", "lock:a", "t", "PX", "60000" });
        fixture.run(1, { "SET", "lock:a", "t", "PX", "60000" });
        fixture.run(2, { "SET", "lock:a", "theirs-9", "PX", "60000" });
        const QString file = folder.filePath(QLatin1StringView(name));
        const CliResult result = run(group
            + QStringList { QStringLiteral("force-release"), QStringLiteral("lock:a"), QStringLiteral("--expect-token"),
                QStringLiteral("t"), QStringLiteral("--reason"), QStringLiteral("r"), QStringLiteral("--yes"),
                QStringLiteral("--watch-after"), QStringLiteral("0"), QStringLiteral("--report"), file });
        QVERIFY2(result.status == 0, result.err.constData());
        QFile report(file);
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QByteArray text = report.readAll();
        const QStringList outcomes { QStringLiteral("released"), QStringLiteral("released"),
            QStringLiteral("holder_changed") };
        for (int i = 0; i < 3; ++i) {
            const QString node = fixture.server(i).socketPath();
            if (file.endsWith(QStringLiteral("csv"))) {
                QVERIFY2(text.contains((node + QLatin1Char('=') + outcomes.at(i)).toUtf8()), text.constData());
                continue;
            }
            const QJsonValue told
                = QJsonDocument::fromJson(text)[QStringLiteral("results")][0][QStringLiteral("nodes")][i];
            QCOMPARE(told[QStringLiteral("node")].toString(), node);
            QCOMPARE(told[QStringLiteral("outcome")].toString(), outcomes.at(i));
            QCOMPARE(told[QStringLiteral("found_fingerprint")].toString(), tokenFingerprint(i == 2 ? "theirs-9" : "t"));
        }
        // Fingerprints only.
        QVERIFY2(!text.contains("theirs-9"), text.constData());
        fixture.run(2, { "DEL", "lock:a" });
    }
    qunsetenv("LOCKSCOPE_AUDIT_FILE");
}

QTEST_GUILESS_MAIN(CliGroupsTest)
#include "tst_cligroups.moc"
