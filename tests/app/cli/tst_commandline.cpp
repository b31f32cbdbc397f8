// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/invocation.h"
#include "support/testsupport.h"

#include <QBuffer>
#include <QJsonDocument>
#include <QJsonObject>

using namespace lockscope;
using namespace lockscope::cli;

/// What the command line means, before any server is asked.
class CommandLineTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wrongUsageIsStatusTwo_data();
    void wrongUsageIsStatusTwo();
    void helpAndVersionAreNoErrors_data();
    void helpAndVersionAreNoErrors();
    void optionsReachTheirPlaces();
    void optionsMayStandBeforeTheCommand();
    void whatFollowsTheDashesBelongsToTheChild();
    void passwordsComeFromWhereTheContractSays();
};

void CommandLineTest::wrongUsageIsStatusTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char* arguments) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    row("");
    row("bogus");
    row("discover extra");
    row("discover --ttl 5");
    row("doctor");
    row("record");
    row("history k");
    row("list --bogus");
    row("list extra");
    row("list --ttl 5");
    row("list --pace fast");
    row("list --listen auto");
    row("watch --listen ears");
    row("watch --listen tracking --enable-notifications");
    row("watch --budget 0");
    row("watch --budget many");
    row("acquire k --budget 100");
    row("list --family nosuch");
    row("list --timeout zero");
    row("list --timeout 0");
    row("list --uri ftp://x");
    row("list --uri redis://a --uri redis://a");
    row("list --uri redis://a --uri redis-cluster://b");
    row("list --uri redis-cluster://a --db 1");
    row("list --db 3-1");
    row("show k --db 0,1");
    row("show k --db all");
    row("acquire k --db 1-2");
    row("force-release k --any-token --dry-run --db 0,1");
    row("restore 1 --yes --db all");
    row("show k --uri redis-cluster://a --db 1");
    row("audit --db 1");
    row("list --read-only --enable-notifications");
    row("watch --enable-notifications --read-only");
    row("watch --environment production --enable-notifications");
    row("bogus --help");
    row("--help bogus");
    row("watch --duration soon");
    row("watch --duration -1");
    row("show");
    row("show a b");
    row("acquire");
    row("acquire k --ttl 0");
    row("acquire k --ttl x");
    row("acquire k --wait -1");
    row("acquire k --");
    row("extend k --token t");
    row("extend k --ttl 5");
    row("release k");
    row("release k --token t --token-file f");
    row("force-release");
    row("force-release k --reason r");
    row("force-release k --any-token");
    row("force-release k --any-token --expect-token t --reason r");
    row("force-release k --match g --any-token --reason r");
    row("force-release --match g --expect-token t --reason r");
    row("force-release k --any-token --reason r");
}

void CommandLineTest::wrongUsageIsStatusTwo()
{
    QFETCH(QStringList, arguments);
    for (const bool json : { false, true }) {
        QBuffer out;
        QBuffer err;
        out.open(QIODevice::WriteOnly);
        err.open(QIODevice::WriteOnly);
        QCOMPARE(
            run(json ? QStringList { QStringLiteral("--json") } + arguments : arguments, { &out, &err, false }), 2);
        QCOMPARE(out.data(), QByteArray());
        if (!json) {
            QVERIFY2(err.data().startsWith("lockscope-cli: "), err.data().constData());
            QVERIFY2(err.data().endsWith(")\n"), err.data().constData());
            continue;
        }
        const QJsonObject error
            = QJsonDocument::fromJson(err.data()).object().value(QLatin1StringView("error")).toObject();
        QVERIFY2(!error.value(QLatin1StringView("code")).toString().isEmpty(), err.data().constData());
        QVERIFY(!error.value(QLatin1StringView("message")).toString().isEmpty());
        QVERIFY(!error.value(QLatin1StringView("hint")).toString().isEmpty());
    }
}

void CommandLineTest::helpAndVersionAreNoErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("all") << QStringList { QStringLiteral("--help") } << QByteArray("force-release");
    QTest::newRow("one") << QStringList { QStringLiteral("acquire"), QStringLiteral("--help") }
                         << QByteArray("--wait MS");
    QTest::newRow("short") << QStringList { QStringLiteral("-h") } << QByteArray("Usage: ");
    QTest::newRow("version") << QStringList { QStringLiteral("--version") } << QByteArray("lockscope-cli ");
}

void CommandLineTest::helpAndVersionAreNoErrors()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, text);
    QBuffer out;
    QBuffer err;
    out.open(QIODevice::WriteOnly);
    err.open(QIODevice::WriteOnly);
    QCOMPARE(run(arguments, { &out, &err, false }), 0);
    QVERIFY2(out.data().contains(text), out.data().constData());
    QCOMPARE(err.data(), QByteArray());
}

void CommandLineTest::optionsReachTheirPlaces()
{
    const auto parsed
        = parseCommandLine(QStringLiteral("list --uri redis://u:p@h:7000/3 --match a* --match b* --family plain "
                                          "--timeout 700 --pace full --json --quiet "
                                          "--enable-notifications")
                               .split(QLatin1Char(' ')));
    VERIFY_RESULT(parsed);
    const Invocation& invocation = parsed->invocation;
    const DeploymentOptions& deployment = invocation.deployment;
    QCOMPARE(deployment.specs.size(), 1);
    QCOMPARE(deployment.specs.first().endpoint().text(), QStringLiteral("h:7000"));
    QCOMPARE(deployment.specs.first().database, 3);
    QCOMPARE(deployment.watch.matches, (QList<QByteArray> { "a*", "b*" }));
    QCOMPARE(deployment.watch.families.size(), 1);
    QCOMPARE(deployment.watch.pace, Pace::Full);
    QVERIFY(deployment.watch.enableNotifications);
    QCOMPARE(deployment.watch.verifyRate, defaultVerifyRate);
    const auto watch
        = parseCommandLine(QStringLiteral("watch --listen tracking --budget 250 --read-only").split(QLatin1Char(' ')));
    VERIFY_RESULT(watch);
    QCOMPARE(watch->invocation.deployment.watch.listen, ListenChoice::Tracking);
    QCOMPARE(watch->invocation.deployment.watch.verifyRate, 250);
    QCOMPARE(deployment.timeout, Milliseconds(700));
    QVERIFY(!deployment.readOnly);
    QVERIFY(watch->invocation.deployment.readOnly);
    const auto show = parseCommandLine(QStringLiteral("show key --db 5 --uri redis://h/3").split(QLatin1Char(' ')));
    VERIFY_RESULT(show);
    QCOMPARE(show->invocation.deployment.specs.first().database, 5);
    QVERIFY(invocation.json);
    QVERIFY(invocation.quiet);
}

void CommandLineTest::optionsMayStandBeforeTheCommand()
{
    const auto parsed
        = parseCommandLine(QStringLiteral("--timeout 9 acquire --ttl 5 key --wait 7").split(QLatin1Char(' ')));
    VERIFY_RESULT(parsed);
    QCOMPARE(parsed->invocation.command, QStringLiteral("acquire"));
    QCOMPARE(parsed->invocation.key(), QByteArray("key"));
    QCOMPARE(parsed->invocation.ttl, std::optional(Milliseconds(5)));
    QCOMPARE(parsed->invocation.wait, Milliseconds(7));
    QCOMPARE(parsed->invocation.deployment.timeout, Milliseconds(9));
}

void CommandLineTest::whatFollowsTheDashesBelongsToTheChild()
{
    const auto parsed = parseCommandLine(QStringLiteral("acquire k -- run --json -- x").split(QLatin1Char(' ')));
    VERIFY_RESULT(parsed);
    QCOMPARE(parsed->invocation.child, QStringLiteral("run --json -- x").split(QLatin1Char(' ')));
    QVERIFY(!parsed->invocation.json);
    const auto odd = parseCommandLine(QStringLiteral("show -- --odd").split(QLatin1Char(' ')));
    VERIFY_RESULT(odd);
    QCOMPARE(odd->invocation.key(), QByteArray("--odd"));
}

void CommandLineTest::passwordsComeFromWhereTheContractSays()
{
    const auto password = [](const QString& uri) {
        const auto parsed = parseCommandLine({ QStringLiteral("list"), QStringLiteral("--uri"), uri });
        return parsed ? parsed->invocation.deployment.specs.first().password.reveal() : QByteArray("error");
    };
    qputenv("REDISCLI_AUTH", "from environment");
    QCOMPARE(password(QStringLiteral("redis://h")), QByteArray("from environment"));
    QCOMPARE(password(QStringLiteral("redis://:from-uri@h")), QByteArray("from-uri"));
    qunsetenv("REDISCLI_AUTH");
    QCOMPARE(password(QStringLiteral("redis://h")), QByteArray());
    QCOMPARE(
        parseCommandLine({ QStringLiteral("list"), QStringLiteral("--password-file"), QStringLiteral("/nonexistent") })
            .error()
            .kind,
        ErrorKind::Unreadable);
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
