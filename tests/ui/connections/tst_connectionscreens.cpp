// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/theme.h"
#include "connections/connectdialog.h"
#include "connections/connectiontest.h"
#include "connections/importdialog.h"
#include "ui/connections/connectionsfixture.h"

#include <QFile>
#include <QSignalSpy>

namespace lockscope {

/// Every dialog of the connections, empty, full, with faults and as narrow as it gets, in light and in dark; kept as
/// pictures where $LOCKSCOPE_SCREENS_DIR says.
class ConnectionScreensTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyDialog();
};

/// Long names, every environment, and what is odd.
static void putMany(DialogFixture& fixture, quint16 port)
{
    fixture.put(QStringLiteral("Orders"), QStringLiteral("rediss://ops@orders-redis.eu-central.example.net:6380/0"),
        QStringLiteral("Europe/Shops"), Environment::Production);
    fixture.put(QStringLiteral("Orders, rehearsal"), QStringLiteral("redis://127.0.0.1:%1/0").arg(port),
        QStringLiteral("Europe/Shops"), Environment::Staging);
    fixture.put(QStringLiteral("Payments with a very long name that does not fit into the column"),
        QStringLiteral("redis-sentinel://s1.example.net,s2.example.net,s3.example.net/0?master=payments"),
        QStringLiteral("Europe"), Environment::Production);
    fixture.put(QStringLiteral("Sessions"), QStringLiteral("redis-cluster://c1.example.net:7000,c2.example.net:7001"),
        QStringLiteral("America"), Environment::Development);
    fixture.put(QStringLiteral("Old cache"), QStringLiteral("rediss://old.example.net/0?insecure=true"));
    fixture.put(QStringLiteral("My machine"), QStringLiteral("unix:///run/redis/redis.sock"));
    fixture.put(QStringLiteral("Nobody there"),
        QStringLiteral("redis-sentinel://127.0.0.1:1,127.0.0.1:%1/0?master=x").arg(port));
    fixture.put(QStringLiteral("Behind the bastion"),
        QStringLiteral("rediss://10.0.0.5:6380/0?ssh=ops@bastion.example.net:2222"), {}, Environment::Staging,
        PasswordSource::Keychain);
}

static void runTest(const DialogFixture& fixture, const QString& name)
{
    fixture.select(name);
    QSignalSpy finished(fixture.dialog->findChild<ConnectionTest*>(), &ConnectionTest::finished);
    click(fixture.dialog.get(), QStringLiteral("Test"));
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
}

void ConnectionScreensTest::everyDialog()
{
    const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR");
    const auto server = tcpServer();
    QVERIFY(server);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        const auto grab = [&folder, mode](QWidget* widget, const char* name) {
            QTest::qWait(0);
            const QPixmap picture = widget->grab();
            QVERIFY(!picture.isNull());
            const QString file
                = QStringLiteral("%1/%2-%3.png").arg(folder, QString::fromLatin1(name), themeModeName(mode));
            if (!folder.isEmpty())
                QVERIFY(picture.save(file));
        };
        DialogFixture empty;
        empty.show();
        grab(empty.dialog.get(), "connections-empty");
        DialogFixture full;
        putMany(full, server->port());
        full.show();
        full.select(QStringLiteral("Orders"));
        grab(full.dialog.get(), "connections");
        runTest(full, QStringLiteral("Orders, rehearsal"));
        grab(full.dialog.get(), "connections-test");
        runTest(full, QStringLiteral("Nobody there"));
        grab(full.dialog.get(), "connections-fault");
        full.dialog->resize(full.dialog->minimumSizeHint());
        grab(full.dialog.get(), "connections-narrow");
        full.select(QStringLiteral("Behind the bastion"));
        click(full.dialog.get(), QStringLiteral("Edit"));
        grab(full.dialog->editor(), "connection-editor");
        full.dialog->editor()->findChild<QLineEdit*>(QStringLiteral("uri"))->setText(QStringLiteral("redis://:x"));
        paste(full.dialog->editor()->findChild<QLineEdit*>(QStringLiteral("uri")), QStringLiteral("redis://h:99999/0"));
        full.dialog->editor()->resize(full.dialog->editor()->minimumSizeHint());
        grab(full.dialog->editor(), "connection-editor-narrow");
        const QString path = full.folder.filePath(QStringLiteral("export.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            R"([{"host":"a","port":6379,"name":"Shop cache","password":"x","tls":true,"verifyServerCert":false,
             "caCert":{"certificate":"y"},"clientCert":{"certificate":"z","key":"k"}},
            {"host":"b","port":1,"name":"Behind the bastion with a very long name that nobody wants to type",
             "ssh":true,"sshOptions":{"host":"bastion","username":"ops"}},{"name":"Broken"}])");
        file.close();
        MemorySecretStore secrets;
        ImportDialog import(path, full.book(), secrets);
        import.show();
        grab(&import, "connections-import");
        import.resize(import.minimumSizeHint());
        grab(&import, "connections-import-narrow");
        const QString odd = full.folder.filePath(QStringLiteral("odd.json"));
        QVERIFY(QFile::copy(QStringLiteral("/proc/self/status"), odd) || QFile::exists(odd));
        ImportDialog nothing(odd, full.book(), secrets);
        nothing.show();
        grab(&nothing, "connections-import-fault");
        ConnectDialog other({}, {}, false);
        other.show();
        grab(&other, "connect");
    }
    applyTheme(ThemeMode::Light);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ConnectionScreensTest)
#include "tst_connectionscreens.moc"
