// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonValue>

using namespace lockscope;

/// `list` and `show`, as a script and as a person sees them.
class CliListTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void jsonIsWhatTheContractSays();
    void jsonTellsKeysThatAreNoText();
    void matchNarrowsTheList();
    void theTableIsAlignedAndEscaped();
    void aWholeListSaysSo();
    void noConnectionIsStatusThree();
    void passwordsFromEnvironmentAndFile();
    void readOnlyListsToo();
    void suspectsComeRankedWithEvidence();
    void watchingFirstSeesMissedRenewals();
    void showTellsOneLock();
    void showOfNothingIsStatusOne();

private:
    CliResult run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }
    std::unique_ptr<CliFixture> m_cli;
};

static QJsonObject lockOf(const CliResult& result, const QString& key)
{
    const QJsonArray locks = result.json().value(QLatin1StringView("locks")).toArray();
    for (const QJsonValue& lock : locks) {
        if (lock.toObject().value(QLatin1StringView("key")).toString() == key)
            return lock.toObject();
    }
    return {};
}

void CliListTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "SET", "lock:a", "4f1c2b0e9d8a7b6c5d4e3f2a1b0c9d8e5f6a7b8c", "PX", "60000" });
    m_cli->ask({ "SET", "lock:forever", "worker-7:2231:1763841600123" });
    m_cli->ask({ "HSET", "lock:hash", "f", "v" });
}

void CliListTest::jsonIsWhatTheContractSays()
{
    const CliResult result = run(QStringLiteral("list --json --match lock:*"));
    QCOMPARE(result.status, 0);
    QCOMPARE(result.err, QByteArray());
    const QJsonObject lock = lockOf(result, QStringLiteral("lock:a"));
    const QStringList fields { QStringLiteral("acquired_at"), QStringLiteral("confidence"), QStringLiteral("db"),
        QStringLiteral("expires_at"), QStringLiteral("family"), QStringLiteral("fence"), QStringLiteral("first_seen"),
        QStringLiteral("held_ms"), QStringLiteral("holders"), QStringLiteral("key"), QStringLiteral("last_renewal"),
        QStringLiteral("missed_beats"), QStringLiteral("mode"), QStringLiteral("node"), QStringLiteral("owner"),
        QStringLiteral("renewal_period_ms"), QStringLiteral("renewals"), QStringLiteral("state"),
        QStringLiteral("suspicions"), QStringLiteral("token"), QStringLiteral("ttl_ms"), QStringLiteral("type"),
        QStringLiteral("votes"), QStringLiteral("waiters") };
    QCOMPARE(lock.keys(), fields);
    QCOMPARE(
        lock.value(QLatin1StringView("token")).toString(), QStringLiteral("4f1c2b0e9d8a7b6c5d4e3f2a1b0c9d8e5f6a7b8c"));
    QCOMPARE(lock.value(QLatin1StringView("family")).toString(), QStringLiteral("plain"));
    QCOMPARE(lock.value(QLatin1StringView("state")).toString(), QStringLiteral("held"));
    QCOMPARE(lock.value(QLatin1StringView("node")).toString(), m_cli->server().socketPath());
    const int ttl = lock.value(QLatin1StringView("ttl_ms")).toInt();
    QVERIFY2(ttl > 30000 && ttl <= 60000, qPrintable(QString::number(ttl)));
    const QJsonObject immortal = lockOf(result, QStringLiteral("lock:forever"));
    QVERIFY(immortal.value(QLatin1StringView("ttl_ms")).isNull());
    QVERIFY(immortal.value(QLatin1StringView("expires_at")).isNull());
    QCOMPARE(immortal.value(QLatin1StringView("state")).toString(), QStringLiteral("no_ttl"));
    QVERIFY(lockOf(result, QStringLiteral("lock:hash")).isEmpty());
    QVERIFY(result.json().value(QLatin1StringView("server")).toObject().value(QLatin1StringView("complete")).toBool());
    QVERIFY(QDateTime::fromString(result.json().value(QLatin1StringView("taken_at")).toString(), Qt::ISODateWithMs)
                .isValid());
}

void CliListTest::jsonTellsKeysThatAreNoText()
{
    m_cli->ask({ "SET", QByteArray("lock:\xFF\x00", 7), QByteArray("\xFE", 1), "PX", "60000" });
    const CliResult result = run(QStringLiteral("list --json --match lock:*"));
    bool found = false;
    const QJsonArray locks = result.json().value(QLatin1StringView("locks")).toArray();
    for (const QJsonValue& lock : locks) {
        if (lock.toObject().contains(QLatin1StringView("key_base64"))) {
            found = true;
            QCOMPARE(
                QByteArray::fromBase64(lock.toObject().value(QLatin1StringView("key_base64")).toString().toLatin1()),
                QByteArray("lock:\xFF\x00", 7));
            QVERIFY(!lock.toObject().contains(QLatin1StringView("key")));
            QVERIFY(lock.toObject().contains(QLatin1StringView("token_base64")));
        }
    }
    QVERIFY(found);
}

void CliListTest::matchNarrowsTheList()
{
    const CliResult result = run(QStringLiteral("list --json --match lock:a --match other:*"));
    QCOMPARE(result.json().value(QLatin1StringView("locks")).toArray().size(), 1);
}

void CliListTest::theTableIsAlignedAndEscaped()
{
    m_cli->ask({ "SET", "lock:\x1b[31mred", "t0k3n-\xE2\x80\xAE-abcdef012345", "PX", "60000" });
    const CliResult result = run(QStringLiteral("list --match lock:*"));
    QCOMPARE(result.status, 0);
    QVERIFY2(!result.out.contains('\x1b') && !result.out.contains("\xE2\x80\xAE"), result.out.constData());
    QVERIFY(result.out.contains("lock:\\x1b[31mred"));
    const QList<QByteArray> lines = result.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    const qsizetype column = lines.first().indexOf("FAMILY");
    QVERIFY(column > 0);
    for (const QByteArray& line : lines.mid(1))
        QCOMPARE(line.mid(column, 5), QByteArray("plain"));
    QVERIFY2(lines.last().contains("no TTL") && lines.last().contains("lock:forever"), lines.last().constData());
}

void CliListTest::aWholeListSaysSo()
{
    QVERIFY(run(QStringLiteral("list")).err.contains("complete"));
    QCOMPARE(run(QStringLiteral("list --quiet")).err, QByteArray());
}

void CliListTest::noConnectionIsStatusThree()
{
    const CliResult text = run(QStringLiteral("list --uri unix:///nonexistent/redis.sock"));
    QCOMPARE(text.status, 3);
    QVERIFY2(text.err.startsWith("lockscope-cli: cannot connect"), text.err.constData());
    const CliResult json = run(QStringLiteral("list --json --uri unix:///nonexistent/redis.sock"));
    QCOMPARE(json.status, 3);
    QCOMPARE(json.error().value(QLatin1StringView("code")).toString(), QStringLiteral("connect"));
    QCOMPARE(json.out, QByteArray());
}

void CliListTest::passwordsFromEnvironmentAndFile()
{
    m_cli->ask({ "CONFIG", "SET", "requirepass", "s3cret p@ss" });
    const CliResult without = run(QStringLiteral("list"));
    QCOMPARE(without.status, 3);
    m_cli->setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("s3cret p@ss"));
    const CliResult byEnvironment = run(QStringLiteral("list --verbose"));
    m_cli->setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("s3cret-wrong"));
    const CliResult wrong = run(QStringLiteral("list --verbose"));
    m_cli->clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
    QFile file(m_cli->path(QStringLiteral("password")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("s3cret p@ss\n");
    file.close();
    const CliResult byFile = m_cli->run({ QStringLiteral("list"), QStringLiteral("--password-file"), file.fileName() });
    m_cli->ask({ "CONFIG", "SET", "requirepass", "" });
    QCOMPARE(byEnvironment.status, 0);
    QCOMPARE(byFile.status, 0);
    QCOMPARE(wrong.status, 3);
    for (const CliResult& result : { without, byEnvironment, wrong, byFile })
        QVERIFY2(!result.err.contains("s3cret") && !result.out.contains("s3cret"), result.err.constData());
}

void CliListTest::readOnlyListsToo() { QCOMPARE(run(QStringLiteral("list --read-only --json")).status, 0); }

static QJsonObject suspicionOf(const QJsonObject& lock, const char* kind)
{
    const QJsonArray suspicions = lock.value(QLatin1StringView("suspicions")).toArray();
    for (const QJsonValue& suspicion : suspicions) {
        if (suspicion.toObject().value(QLatin1StringView("kind")).toString() == QLatin1StringView(kind))
            return suspicion.toObject();
    }
    return {};
}

void CliListTest::suspectsComeRankedWithEvidence()
{
    const CliResult result = run(QStringLiteral("list --stuck --json"));
    QCOMPARE(result.status, 0);
    const QJsonArray locks = result.json().value(QLatin1StringView("locks")).toArray();
    QCOMPARE(locks.size(), 1);
    const QJsonObject lock = lockOf(result, QStringLiteral("lock:forever"));
    const QJsonObject suspicion = suspicionOf(lock, "no_ttl");
    const double score = suspicion.value(QLatin1StringView("score")).toDouble();
    QVERIFY(score > 0 && score <= 1);
    QVERIFY(suspicion.value(QLatin1StringView("evidence")).toString().contains(QStringLiteral("no TTL")));
    QVERIFY(lock.value(QLatin1StringView("renewal_period_ms")).isNull());
    const CliResult text = run(QStringLiteral("list --stuck"));
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.contains("lock:forever") && text.out.contains("no_ttl: "), text.out.constData());
    QVERIFY(!text.out.contains("lock:a"));
    QVERIFY2(text.err.contains("--duration"), text.err.constData());
    QCOMPARE(run(QStringLiteral("watch --stuck")).status, 2);
}

void CliListTest::watchingFirstSeesMissedRenewals()
{
    auto process = m_cli->start({ QStringLiteral("list"), QStringLiteral("--stuck"), QStringLiteral("--json"),
        QStringLiteral("--duration"), QStringLiteral("12") });
    // The holder renews every half second, and hangs long before the list is taken.
    QElapsedTimer running;
    running.start();
    while (running.elapsed() < 5000) {
        m_cli->ask({ "PEXPIRE", "lock:a", "60000" });
        QTest::qWait(500);
    }
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 0);
    const QJsonObject lock = lockOf(result, QStringLiteral("lock:a"));
    QVERIFY2(!suspicionOf(lock, "missed_beats").isEmpty(), result.out.constData());
    QVERIFY(lock.value(QLatin1StringView("missed_beats")).toInt() >= 1);
    QVERIFY(lock.value(QLatin1StringView("renewal_period_ms")).toInt() > 0);
}

void CliListTest::showTellsOneLock()
{
    const CliResult json = run(QStringLiteral("show lock:a --json"));
    QCOMPARE(json.status, 0);
    QCOMPARE(json.json().value(QLatin1StringView("key")).toString(), QStringLiteral("lock:a"));
    QCOMPARE(json.json().value(QLatin1StringView("type")).toString(), QStringLiteral("string"));
    QVERIFY(json.json().value(QLatin1StringView("ttl_ms")).toInt() > 30000);
    const CliResult text = run(QStringLiteral("show lock:forever"));
    QVERIFY2(text.out.contains("worker-7:2231:1763841600123"), text.out.constData());
    QVERIFY2(text.out.contains("never expire"), text.out.constData());
    QCOMPARE(run(QStringLiteral("show lock:hash --json")).json().value(QLatin1StringView("type")).toString(),
        QStringLiteral("hash"));
}

void CliListTest::showOfNothingIsStatusOne()
{
    const CliResult result = run(QStringLiteral("show lock:none --json"));
    QCOMPARE(result.status, 1);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("no_such_key"));
}

QTEST_GUILESS_MAIN(CliListTest)
#include "tst_clilist.moc"
