// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionbook.h"
#include "support/clifixture.h"

#include <QJsonArray>
#include <QTest>

namespace lockscope {

/// Saved connections at the command line.
class CliConnectionsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void listsAndOpensThem();
    void passwordComesFromTheCommand();
    void aPasswordInTheSecretServiceIsExplained();
    void productionStaysReadOnly();
    void faultsAreSaid();
};

struct BookFixture {
    CliFixture cli { QStringLiteral(LOCKSCOPE_CLI) };
    ConnectionBookFile file { cli.path(QStringLiteral("config/lockscope/connections.json")) };

    BookFixture()
    {
        cli.setEnvironment(QStringLiteral("XDG_CONFIG_HOME"), cli.path(QStringLiteral("config")));
        cli.clearEnvironment(QStringLiteral("LOCKSCOPE_URI"));
        cli.clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
    }
    SavedConnection add(const QString& name, const QString& uri, Environment environment = Environment::Unspecified)
    {
        SavedConnection connection;
        connection.id = newConnectionId();
        connection.name = name;
        connection.group = QStringLiteral("Lab");
        connection.specs = { *parseConnectionUri(uri) };
        connection.environment = environment;
        connection.readOnly = environment == Environment::Production;
        return put(connection);
    }
    SavedConnection put(const SavedConnection& connection)
    {
        if (!file.update([&connection](ConnectionBook& book) { book.put(connection); }))
            qFatal("cannot write %s", qPrintable(file.path()));
        return connection;
    }
};

void CliConnectionsTest::listsAndOpensThem()
{
    BookFixture fixture;
    QCOMPARE(fixture.cli.run({ QStringLiteral("connections") }).status, 0);
    fixture.add(QStringLiteral("bench"), fixture.cli.uri());
    fixture.cli.ask({ "SET", "lock:a", "token-1", "PX", "60000" });
    const CliResult listed = fixture.cli.run({ QStringLiteral("connections") });
    QCOMPARE(listed.status, 0);
    QVERIFY2(listed.out.contains("Lab/bench"), listed.out.constData());
    const QJsonArray json = fixture.cli.run({ QStringLiteral("connections"), QStringLiteral("--json") })
                                .json()
                                .value(QStringLiteral("connections"))
                                .toArray();
    QCOMPARE(json.size(), 1);
    QCOMPARE(json[0].toObject().value(QStringLiteral("name")).toString(), QStringLiteral("bench"));
    for (const char* name : { "bench", "Lab/bench" }) {
        const CliResult locks = fixture.cli.run({ QStringLiteral("list"), QStringLiteral("--connection"),
            QString::fromLatin1(name), QStringLiteral("--json") });
        QVERIFY2(locks.status == 0, locks.err.constData());
        QVERIFY2(locks.out.contains("lock:a"), locks.out.constData());
    }
}

void CliConnectionsTest::passwordComesFromTheCommand()
{
    BookFixture fixture;
    fixture.cli.ask({ "ACL", "SETUSER", "ops", "on", ">s3cret-cli-9", "~*", "&*", "+@all" });
    QString uri = fixture.cli.uri();
    uri.replace(QStringLiteral("://"), QStringLiteral("://ops@"));
    SavedConnection connection = fixture.add(QStringLiteral("guarded"), uri);
    connection.passwordSource = PasswordSource::Command;
    connection.passwordCommand
        = { QStringLiteral("printf"), QStringLiteral("%s-%s-9\\n"), QStringLiteral("s3cret"), QStringLiteral("cli") };
    fixture.put(connection);
    const QStringList list { QStringLiteral("list"), QStringLiteral("--connection"), QStringLiteral("guarded") };
    const CliResult good = fixture.cli.run(list);
    QVERIFY2(good.status == 0, good.err.constData());
    connection.passwordCommand = { QStringLiteral("false") };
    fixture.put(connection);
    const CliResult bad = fixture.cli.run(list);
    QVERIFY(bad.status != 0);
    QVERIFY2(bad.err.contains("false"), bad.err.constData());
}

void CliConnectionsTest::aPasswordInTheSecretServiceIsExplained()
{
    BookFixture fixture;
    fixture.cli.ask({ "ACL", "SETUSER", "ops", "on", ">s3cret-cli-9", "~*", "&*", "+@all" });
    QString uri = fixture.cli.uri();
    uri.replace(QStringLiteral("://"), QStringLiteral("://ops@"));
    SavedConnection connection = fixture.add(QStringLiteral("kept"), uri);
    connection.passwordSource = PasswordSource::Keychain;
    fixture.put(connection);
    const QStringList list { QStringLiteral("list"), QStringLiteral("--connection"), QStringLiteral("kept") };
    const CliResult refused = fixture.cli.run(list);
    QCOMPARE(refused.status, 3);
    for (const char* words : { "of kept is kept in the desktop's secret service", "secret-tool", "--password-file" })
        QVERIFY2(refused.err.contains(words), refused.err.constData());
    const CliResult json = fixture.cli.run(list + QStringList { QStringLiteral("--json") });
    QCOMPARE(json.error().value(QLatin1StringView("code")).toString(), QStringLiteral("authentication"));
    QVERIFY2(json.error().value(QLatin1StringView("message")).toString().contains(QStringLiteral("secret service")),
        json.err.constData());
    // Where the password comes from elsewhere there is nothing to explain.
    fixture.cli.setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("s3cret-cli-9"));
    const CliResult good = fixture.cli.run(list);
    QVERIFY2(good.status == 0 && !good.err.contains("secret service"), good.err.constData());
    fixture.cli.clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
    connection.passwordSource = PasswordSource::Ask;
    fixture.put(connection);
    QVERIFY(!fixture.cli.run(list).err.contains("secret service"));
}

void CliConnectionsTest::productionStaysReadOnly()
{
    BookFixture fixture;
    fixture.add(QStringLiteral("prod"), fixture.cli.uri(), Environment::Production);
    const CliResult refused = fixture.cli.run({ QStringLiteral("acquire"), QStringLiteral("lock:x"),
        QStringLiteral("--connection"), QStringLiteral("prod"), QStringLiteral("--arm") });
    QVERIFY(refused.status != 0);
    QCOMPARE(fixture.cli.ask({ "EXISTS", "lock:x" }), QByteArray("0"));
}

void CliConnectionsTest::faultsAreSaid()
{
    BookFixture fixture;
    const CliResult none
        = fixture.cli.run({ QStringLiteral("list"), QStringLiteral("--connection"), QStringLiteral("nobody") });
    QCOMPARE(none.status, 2);
    const CliResult both = fixture.cli.run({ QStringLiteral("list"), QStringLiteral("--connection"),
        QStringLiteral("x"), QStringLiteral("--uri"), fixture.cli.uri() });
    QCOMPARE(both.status, 2);
    fixture.add(QStringLiteral("x"), fixture.cli.uri());
    QFile file(fixture.file.path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{broken");
    file.close();
    const CliResult damaged = fixture.cli.run({ QStringLiteral("connections") });
    QVERIFY(damaged.status != 0);
    QVERIFY2(damaged.err.contains("connections.json"), damaged.err.constData());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("{broken"));
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::CliConnectionsTest)
#include "tst_cliconnections.moc"
