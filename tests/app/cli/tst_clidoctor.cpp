// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonValue>

using namespace lockscope;

/// `doctor`, as a script and as a person sees it.
class CliDoctorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void jsonIsStable();
    void aSeriousFaultIsStatusFive();
    void textIsGroupedAndHonest();
    void quietTellsOnlyWhatMatters();
    void whatIsNotPermittedIsSaid();
    void readOnlyConnectionsCan();
    void severalMastersAreOneReport();
    void noConnectionIsStatusThree();
    void wrongPasswordsAreStatusThree();
    void anInterruptionIsSaidByItsStatus();

private:
    CliResult run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }
    std::unique_ptr<CliFixture> m_cli;
};

namespace {

QString textOf(const QJsonObject& object, const char* name) { return object.value(QLatin1StringView(name)).toString(); }

QJsonObject findingOf(const QJsonObject& document, const char* check)
{
    const QJsonArray findings = document.value(QLatin1StringView("findings")).toArray();
    for (const QJsonValue& finding : findings) {
        if (textOf(finding.toObject(), "check") == QLatin1StringView(check))
            return finding.toObject();
    }
    return {};
}

} // namespace

void CliDoctorTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->ask({ "CONFIG", "SET", "maxmemory", "0" });
    m_cli->ask({ "CONFIG", "SET", "maxmemory-policy", "noeviction" });
}

void CliDoctorTest::jsonIsStable()
{
    const CliResult result = run(QStringLiteral("doctor --json"));
    QCOMPARE(result.status, 0);
    QCOMPARE(result.err, QByteArray());
    const QJsonObject document = result.json();
    QCOMPARE(document.keys(),
        (QStringList { QStringLiteral("capabilities"), QStringLiteral("counts"), QStringLiteral("findings"),
            QStringLiteral("taken_at"), QStringLiteral("took_ms"), QStringLiteral("verdict") }));
    QCOMPARE(textOf(document, "verdict"), QStringLiteral("warning")); // a sandbox forgets its locks
    QCOMPARE(document.value(QLatin1StringView("counts")).toObject().keys(),
        (QStringList { QStringLiteral("info"), QStringLiteral("ok"), QStringLiteral("serious"),
            QStringLiteral("unknown"), QStringLiteral("warning") }));
    const QJsonObject eviction = findingOf(document, "eviction");
    QCOMPARE(eviction.keys(),
        (QStringList { QStringLiteral("check"), QStringLiteral("commands"), QStringLiteral("evidence"),
            QStringLiteral("mend"), QStringLiteral("nodes"), QStringLiteral("severity"), QStringLiteral("source"),
            QStringLiteral("title"), QStringLiteral("why") }));
    QCOMPARE(textOf(eviction, "severity"), QStringLiteral("ok"));
    QVERIFY(eviction.value(QLatin1StringView("why")).isNull());
    QCOMPARE(eviction.value(QLatin1StringView("nodes")).toArray().first().toString(), m_cli->server().socketPath());
    const QJsonObject node = document.value(QLatin1StringView("capabilities")).toArray().first().toObject();
    QCOMPARE(node.keys(),
        (QStringList { QStringLiteral("capabilities"), QStringLiteral("flavour"), QStringLiteral("node"),
            QStringLiteral("probe_ms"), QStringLiteral("role"), QStringLiteral("version") }));
    const QJsonObject capability = node.value(QLatin1StringView("capabilities")).toArray().first().toObject();
    QCOMPARE(capability.keys(),
        (QStringList { QStringLiteral("consequence"), QStringLiteral("name"), QStringLiteral("reason"),
            QStringLiteral("state") }));
    QCOMPARE(textOf(capability, "state"), QStringLiteral("available"));
}

void CliDoctorTest::aSeriousFaultIsStatusFive()
{
    m_cli->ask({ "CONFIG", "SET", "maxmemory", "100000000" });
    m_cli->ask({ "CONFIG", "SET", "maxmemory-policy", "allkeys-lru" });
    const CliResult json = run(QStringLiteral("doctor --json"));
    QCOMPARE(json.status, 5);
    QCOMPARE(textOf(json.json(), "verdict"), QStringLiteral("serious"));
    const QJsonObject eviction = findingOf(json.json(), "eviction");
    QCOMPARE(textOf(eviction, "severity"), QStringLiteral("serious"));
    QCOMPARE(eviction.value(QLatin1StringView("commands")).toArray().first().toString(),
        QStringLiteral("CONFIG SET maxmemory-policy noeviction"));
    QCOMPARE(run(QStringLiteral("doctor")).status, 5);
    QCOMPARE(run(QStringLiteral("doctor --quiet")).status, 5);
}

void CliDoctorTest::textIsGroupedAndHonest()
{
    m_cli->ask({ "CONFIG", "SET", "maxmemory", "100000000" });
    m_cli->ask({ "CONFIG", "SET", "maxmemory-policy", "volatile-ttl" });
    const CliResult result = run(QStringLiteral("doctor"));
    const QByteArray& text = result.out;
    const qsizetype serious = text.indexOf("\nSERIOUS\n");
    const qsizetype warning = text.indexOf("\nWARNING\n");
    const qsizetype good = text.indexOf("\nGOOD\n");
    QVERIFY2(serious > 0 && warning > serious && good > warning, text.constData());
    QVERIFY2(text.contains("maxmemory-policy volatile-ttl, maxmemory 100.0 MB"), text.constData());
    QVERIFY2(text.contains("> CONFIG SET maxmemory-policy noeviction\n"), text.constData());
    QVERIFY2(text.contains("serious: 1, warnings: "), text.constData());
    for (const QByteArray& line : text.split('\n'))
        QVERIFY2(QString::fromUtf8(line).size() <= 100 || line.contains("https://") || line.contains("> "),
            line.constData());
}

void CliDoctorTest::quietTellsOnlyWhatMatters()
{
    const CliResult result = run(QStringLiteral("doctor --quiet"));
    QCOMPARE(result.status, 0);
    QCOMPARE(result.err, QByteArray());
    const QByteArrayList lines = result.out.trimmed().split('\n');
    for (const QByteArray& line : lines)
        QVERIFY2(line.startsWith("warning: ") || line.startsWith("unknown: ") || line.startsWith("serious: "),
            line.constData());
    QVERIFY2(result.out.contains("A restart forgets locks"), result.out.constData());
}

void CliDoctorTest::whatIsNotPermittedIsSaid()
{
    m_cli->ask({ "ACL", "SETUSER", "poor", "reset", "on", ">pw", "~*", "+ping", "+info", "+scan", "+dbsize" });
    m_cli->setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("pw"));
    const QString uri = QStringLiteral("unix://poor@") + m_cli->server().socketPath();
    const CliResult text = m_cli->run({ QStringLiteral("doctor"), QStringLiteral("--uri"), uri });
    const CliResult json
        = m_cli->run({ QStringLiteral("doctor"), QStringLiteral("--json"), QStringLiteral("--uri"), uri });
    m_cli->clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.contains("\nCOULD NOT BE CHECKED\n"), text.out.constData());
    QVERIFY2(text.out.contains("CONFIG GET notify-keyspace-events: NOPERM"), text.out.constData());
    QVERIFY2(text.out.contains("WHAT IS NOT ALLOWED HERE"), text.out.constData());
    const QJsonObject notifications = findingOf(json.json(), "notifications");
    QCOMPARE(textOf(notifications, "severity"), QStringLiteral("unknown"));
}

void CliDoctorTest::readOnlyConnectionsCan()
{
    const CliResult result = run(QStringLiteral("doctor --json --read-only --environment production --pace gentle"));
    QCOMPARE(result.status, 0);
    QVERIFY(!findingOf(result.json(), "rights").isEmpty());
}

void CliDoctorTest::severalMastersAreOneReport()
{
    const CliResult result = run(QStringLiteral("doctor --json --uri sandbox:?masters=3"));
    QCOMPARE(result.status, 5); // a quorum whose masters forget their locks
    const QJsonObject persistence = findingOf(result.json(), "persistence");
    QCOMPARE(textOf(persistence, "severity"), QStringLiteral("serious"));
    QCOMPARE(persistence.value(QLatin1StringView("nodes")).toArray().size(), 3);
    QCOMPARE(result.json().value(QLatin1StringView("capabilities")).toArray().size(), 3);
    const CliResult text = run(QStringLiteral("doctor --uri sandbox:?masters=3"));
    QVERIFY2(text.out.contains("A restart forgets locks  [all 3 servers]\n"), text.out.constData());
}

void CliDoctorTest::noConnectionIsStatusThree()
{
    const CliResult result = run(QStringLiteral("doctor --json --uri unix:///nonexistent/redis.sock"));
    QCOMPARE(result.status, 3);
    QCOMPARE(textOf(result.error(), "code"), QStringLiteral("connect"));
    QCOMPARE(result.out, QByteArray());
}

void CliDoctorTest::wrongPasswordsAreStatusThree()
{
    m_cli->setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("wrong"));
    const CliResult result = m_cli->run({ QStringLiteral("doctor"), QStringLiteral("--json"), QStringLiteral("--uri"),
        QStringLiteral("unix://nobody@") + m_cli->server().socketPath() });
    m_cli->clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
    QCOMPARE(result.status, 3);
    QCOMPARE(textOf(result.error(), "code"), QStringLiteral("authentication"));
}

void CliDoctorTest::anInterruptionIsSaidByItsStatus()
{
    m_cli->ask({ "EVAL", "for i = 1, 50000 do redis.call('SET', 'cache:' .. i, 'x') end", "0" });
    const auto process = m_cli->start({ QStringLiteral("doctor"), QStringLiteral("--pace"), QStringLiteral("gentle") });
    QTRY_VERIFY(m_cli->ask({ "CLIENT", "LIST" }).contains("name=lockscope-discover"));
    process->terminate();
    const CliResult result = CliFixture::finish(*process);
    QCOMPARE(result.status, 130);
    QCOMPARE(result.out, QByteArray());
}

QTEST_GUILESS_MAIN(CliDoctorTest)
#include "tst_clidoctor.moc"
