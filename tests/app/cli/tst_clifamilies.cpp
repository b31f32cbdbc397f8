// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/testsupport.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>

using namespace lockscope;

/// `families`, and the families file in every other command.
class CliFamiliesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); }
    void init();
    void listsAllFamilies();
    void checksAFile();
    void previewsWhatMatches();
    void listShowAndReleaseKnowThem();
    void aFaultyNamedFileIsRefused();
    void aFaultyStandardFileIsToldAndDoesNotStopTheWork();
    void watchTakesUpChanges();

private:
    QString write(const QByteArray& text, const QString& name = QStringLiteral("families.conf"));
    std::unique_ptr<CliFixture> m_cli;
};

namespace {

const QByteArray declaration = "[family billing]\nabout = Billing's own\nkey = bill:<n>\ntoken = /\\w+:\\d+/\n"
                               "owner = ^(?<host>\\w+):(?<pid>\\d+)$\nauxiliary = info:<n>\n";
const QByteArray faulty = "[family billing]\nkey = bill:<n>\ntokn = uuid\n";

} // namespace

void CliFamiliesTest::init()
{
    m_cli->ask({ "FLUSHALL" });
    m_cli->clearEnvironment(QStringLiteral("LOCKSCOPE_FAMILIES_FILE"));
}

QString CliFamiliesTest::write(const QByteArray& text, const QString& name)
{
    QFile file(m_cli->path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        return {};
    return file.fileName();
}

void CliFamiliesTest::listsAllFamilies()
{
    const QString file = write(declaration);
    const CliResult text = m_cli->run({ QStringLiteral("families"), QStringLiteral("--families-file"), file });
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.contains("redsync"), text.out.constData());
    QVERIFY2(text.out.contains("families.conf:1"), text.out.constData());
    const CliResult result
        = m_cli->run({ QStringLiteral("families"), QStringLiteral("--json"), QStringLiteral("--families-file"), file });
    QCOMPARE(result.status, 0);
    const QJsonArray families = result.json().value(QLatin1StringView("families")).toArray();
    QVERIFY(families.size() > 40);
    const QJsonObject last = families.last().toObject();
    QCOMPARE(last.value(QLatin1StringView("name")).toString(), QStringLiteral("billing"));
    QCOMPARE(last.value(QLatin1StringView("declared")).toBool(), true);
    QCOMPARE(last.value(QLatin1StringView("line")).toInt(), 1);
    QCOMPARE(last.value(QLatin1StringView("libraries")).toString(), QStringLiteral("Billing's own"));
    QVERIFY(result.json().value(QLatin1StringView("preview")).isNull());
}

void CliFamiliesTest::checksAFile()
{
    const QString good = write(declaration);
    QCOMPARE(m_cli->run({ QStringLiteral("families"), QStringLiteral("--check"), good }).status, 0);
    const QString bad = write(faulty, QStringLiteral("bad.conf"));
    const CliResult result = m_cli->run({ QStringLiteral("families"), QStringLiteral("--check"), bad });
    QCOMPARE(result.status, 2);
    QVERIFY2(result.err.contains("bad.conf:3: unknown key 'tokn' (did you mean 'token'?)"), result.err.constData());
    const CliResult json
        = m_cli->run({ QStringLiteral("families"), QStringLiteral("--json"), QStringLiteral("--check"), bad });
    QCOMPARE(json.status, 2);
    const QJsonObject fault = json.json().value(QLatin1StringView("faults")).toArray().first().toObject();
    QCOMPARE(fault.value(QLatin1StringView("line")).toInt(), 3);
    QCOMPARE(
        m_cli->run({ QStringLiteral("families"), QStringLiteral("--check"), QStringLiteral("/no/such/file") }).status,
        3);
    QCOMPARE(m_cli->run({ QStringLiteral("list"), QStringLiteral("--check"), good }).status, 2);
    const CliResult missing
        = m_cli->run({ QStringLiteral("families"), QStringLiteral("--check"), m_cli->path(QStringLiteral("nowhere")) });
    QCOMPARE(missing.status, 3);
    QVERIFY2(missing.err.contains("cannot read the file: "), missing.err.constData());
    QVERIFY2(!missing.err.contains("write"), missing.err.constData());
}

void CliFamiliesTest::previewsWhatMatches()
{
    m_cli->ask({ "SET", "bill:1", "web:17", "PX", "600000" });
    m_cli->ask({ "SET", "bill:2", "nonsense", "PX", "600000" });
    const QString file = write(declaration);
    const CliResult result = m_cli->run({ QStringLiteral("families"), QStringLiteral("--preview"),
        QStringLiteral("--json"), QStringLiteral("--check"), file });
    QCOMPARE(result.status, 0);
    const QJsonObject preview = result.json().value(QLatin1StringView("preview")).toObject();
    QCOMPARE(preview.value(QLatin1StringView("complete")).toBool(), true);
    const QJsonArray matches = preview.value(QLatin1StringView("matches")).toArray();
    QCOMPARE(matches.size(), 2);
    for (const QJsonValue& value : matches) {
        const QJsonObject match = value.toObject();
        const bool first = match.value(QLatin1StringView("key")).toString() == QLatin1StringView("bill:1");
        QCOMPARE(match.value(QLatin1StringView("recognised")).toBool(), first);
        QCOMPARE(match.value(QLatin1StringView("objection")).isNull(), first);
    }
    const CliResult text
        = m_cli->run({ QStringLiteral("families"), QStringLiteral("--preview"), QStringLiteral("--check"), file });
    QCOMPARE(text.status, 0);
    QVERIFY2(text.out.contains("bill:1"), text.out.constData());
    QVERIFY2(text.out.contains("the token does not look as it was declared"), text.out.constData());
}

void CliFamiliesTest::listShowAndReleaseKnowThem()
{
    m_cli->ask({ "SET", "bill:1", "web:17", "PX", "600000" });
    m_cli->ask({ "SET", "info:1", "x" });
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_FAMILIES_FILE"), write(declaration));
    const CliResult list = m_cli->run(
        { QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--family"), QStringLiteral("billing") });
    QCOMPARE(list.status, 0);
    const QJsonObject lock = list.json().value(QLatin1StringView("locks")).toArray().first().toObject();
    QCOMPARE(lock.value(QLatin1StringView("family")).toString(), QStringLiteral("billing"));
    QCOMPARE(lock.value(QLatin1StringView("owner")).toObject().value(QLatin1StringView("pid")).toInt(), 17);
    const CliResult show = m_cli->run({ QStringLiteral("show"), QStringLiteral("bill:1") });
    QVERIFY2(show.out.contains("declared in families.conf, line 1"), show.out.constData());
    QVERIFY2(show.out.contains("info:1"), show.out.constData());
    const CliResult released
        = m_cli->run({ QStringLiteral("force-release"), QStringLiteral("bill:1"), QStringLiteral("--expect-token"),
            QStringLiteral("web:17"), QStringLiteral("--reason"), QStringLiteral("test"), QStringLiteral("--yes") });
    QVERIFY2(released.status == 0, released.err.constData());
    QCOMPARE(m_cli->ask({ "EXISTS", "bill:1", "info:1" }), QByteArray("0"));
}

void CliFamiliesTest::aFaultyNamedFileIsRefused()
{
    const CliResult result = m_cli->run({ QStringLiteral("list"), QStringLiteral("--families-file"), write(faulty) });
    QCOMPARE(result.status, 2);
    QVERIFY2(result.err.contains("families.conf:3: unknown key 'tokn'"), result.err.constData());
    QCOMPARE(
        m_cli->run({ QStringLiteral("list"), QStringLiteral("--families-file"), QStringLiteral("/no/such") }).status,
        3);
}

void CliFamiliesTest::aFaultyStandardFileIsToldAndDoesNotStopTheWork()
{
    QVERIFY(QDir(m_cli->path(QString())).mkpath(QStringLiteral("config/lockscope")));
    m_cli->setEnvironment(QStringLiteral("XDG_CONFIG_HOME"), m_cli->path(QStringLiteral("config")));
    QVERIFY(!write(faulty, QStringLiteral("config/lockscope/families.conf")).isEmpty());
    m_cli->ask({ "SET", "lock:a", "t", "PX", "600000" });
    const CliResult result = m_cli->run({ QStringLiteral("list"), QStringLiteral("--quiet") });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("lock:a"), result.out.constData());
    QVERIFY2(result.err.contains("families.conf:3: unknown key 'tokn'"), result.err.constData());
    QVERIFY(!write(declaration, QStringLiteral("config/lockscope/families.conf")).isEmpty());
    m_cli->ask({ "SET", "bill:1", "web:17", "PX", "600000" });
    const CliResult good = m_cli->run({ QStringLiteral("list") });
    QVERIFY2(good.out.contains("billing"), good.out.constData());
    m_cli->clearEnvironment(QStringLiteral("XDG_CONFIG_HOME"));
}

void CliFamiliesTest::watchTakesUpChanges()
{
    const QString file = write("# nothing yet\n");
    m_cli->ask({ "SET", "bill:1", "web:17" });
    auto process = m_cli->start({ QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--families-file"),
        file, QStringLiteral("--duration"), QStringLiteral("60") });
    m_cli->ask({ "SET", "lock:first", "t", "PX", "600000" });
    QByteArray out;
    const auto says = [&](const QByteArray& text) {
        return QTest::qWaitFor(
            [&] {
                out += process->readAllStandardOutput();
                return out.contains(text);
            },
            30000);
    };
    QVERIFY2(says("lock:first"), out.constData());
    QVERIFY(!out.contains("billing"));
    QVERIFY(!write(declaration).isEmpty());
    QVERIFY2(says("\"billing\""), out.constData());
    QVERIFY2(out.contains("\"event\":\"found\",\"key\":\"bill:1\""), out.constData());
    process->terminate();
    const CliResult result = CliFixture::finish(*process);
    QVERIFY2(result.err.contains("was read again: 1 families declared"), result.err.constData());
}

QTEST_GUILESS_MAIN(CliFamiliesTest)
#include "tst_clifamilies.moc"
