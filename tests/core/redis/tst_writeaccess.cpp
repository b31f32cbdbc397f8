// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockscripts.h"
#include "redis/commandflags.h"
#include "support/connectionsupport.h"
#include "support/scriptedserver.h"
#include "support/steppedclock.h"
#include "support/testsupport.h"

#include <QDirIterator>
#include <QRegularExpression>
#include <QSignalSpy>

using namespace lockscope;
using namespace std::chrono_literals;

/// The gate of a production connection: closed until it is armed, and closed again by itself.
class WriteAccessTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void productionIsClosedUntilItIsArmed();
    void armingEndsByItself();
    void armingIsCapped();
    void readOnlyCannotBeArmed();
    void otherEnvironmentsNeedNoArming_data();
    void otherEnvironmentsNeedNoArming();
    void disarmingClosesAtOnce();
    void aLeaseIsKeptAfterTheArmingAndNothingElse();
    void aLeaseIsKeptNoLongerThanItLasts();
    void readOnlyKeepsNoLease();
    void whatTheServerCallsAWriteIsRefused();
    void aServerThatDoesNotTellChangesNothing();
    void aLinkWithoutAGateSendsNothing();
    void everyWayToTheServerHasAGate();
};

static const Command deleting { "DEL", "k" };
static const Command reading { "GET", "k" };

void WriteAccessTest::productionIsClosedUntilItIsArmed()
{
    const SteppedClock clock;
    CommandGate gate(false, Environment::Production, clock);
    QVERIFY(gate.isReadOnly());
    QCOMPARE(gate.check(deleting).error().kind, ErrorKind::NotArmed);
    QCOMPARE(gate.checkWritable().error().kind, ErrorKind::NotArmed);
    VERIFY_RESULT(gate.check(reading));
    for (const char* name : { "EVAL", "EVALSHA", "FCALL", "FCALL_RO", "SOMETHING.NEW", "CONFIG SET" })
        QVERIFY(!gate.check(Command { name, "x", "0" }));
    VERIFY_RESULT(gate.arm(1min));
    QVERIFY(!gate.isReadOnly());
    VERIFY_RESULT(gate.check(deleting));
    VERIFY_RESULT(gate.checkWritable());
}

void WriteAccessTest::armingEndsByItself()
{
    SteppedClock clock;
    CommandGate gate(false, Environment::Production, clock);
    VERIFY_RESULT(gate.arm(1min));
    clock.advance(59999ms);
    VERIFY_RESULT(gate.check(deleting));
    QVERIFY(gate.access().isArmed(clock.now()));
    clock.advance(1ms);
    QCOMPARE(gate.check(deleting).error().kind, ErrorKind::NotArmed);
    QVERIFY(!gate.access().isArmed(clock.now()));
    // Again, and from the beginning.
    VERIFY_RESULT(gate.arm(1min));
    clock.advance(30s);
    VERIFY_RESULT(gate.arm(1min));
    clock.advance(59s);
    VERIFY_RESULT(gate.check(deleting));
}

void WriteAccessTest::armingIsCapped()
{
    SteppedClock clock;
    CommandGate gate(false, Environment::Production, clock);
    VERIFY_RESULT(gate.arm(24h));
    QCOMPARE(*gate.access().armedUntil - clock.now(), SteadyTime::duration(10min));
    clock.advance(10min);
    QVERIFY(!gate.check(deleting));
    VERIFY_RESULT(gate.armForGood());
    clock.advance(24h);
    VERIFY_RESULT(gate.check(deleting));
}

void WriteAccessTest::readOnlyCannotBeArmed()
{
    CommandGate gate(true, Environment::Production);
    QCOMPARE(gate.check(deleting).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(gate.arm(1min).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(gate.armForGood().error().kind, ErrorKind::ReadOnly);
    QVERIFY(!gate.check(deleting));
}

void WriteAccessTest::otherEnvironmentsNeedNoArming_data()
{
    QTest::addColumn<Environment>("environment");
    QTest::newRow("development") << Environment::Development;
    QTest::newRow("staging") << Environment::Staging;
    QTest::newRow("unspecified") << Environment::Unspecified;
}

void WriteAccessTest::otherEnvironmentsNeedNoArming()
{
    QFETCH(Environment, environment);
    CommandGate gate(false, environment);
    VERIFY_RESULT(gate.check(deleting));
    QCOMPARE(gate.arm(1min).error().kind, ErrorKind::Usage);
    QCOMPARE(environmentByName(QString(environmentName(environment))), environment);
}

void WriteAccessTest::disarmingClosesAtOnce()
{
    CommandGate gate(false, Environment::Production);
    VERIFY_RESULT(gate.arm(10min));
    gate.disarm();
    QCOMPARE(gate.check(deleting).error().kind, ErrorKind::NotArmed);
}

static Command prolonging(const QByteArray& key, const QByteArray& token)
{
    return Command { "EVALSHA", extendScript().sha1(), "1", key, token, "30000" };
}

static Command releasing(const QByteArray& key, const QByteArray& token)
{
    return Command { "EVAL", releaseScript().source(), "1", key, token };
}

void WriteAccessTest::aLeaseIsKeptAfterTheArmingAndNothingElse()
{
    SteppedClock clock;
    CommandGate gate(false, Environment::Production, clock);
    VERIFY_RESULT(gate.arm(1min));
    gate.keepLease(ownLease("k", "mine", clock.now() + 5min));
    clock.advance(2min);
    QVERIFY(gate.isReadOnly());
    QVERIFY(gate.keepsLease("k", "mine"));
    VERIFY_RESULT(gate.check(prolonging("k", "mine")));
    VERIFY_RESULT(gate.check(releasing("k", "mine")));
    const QList<Command> others { prolonging("k", "theirs"), prolonging("other", "mine"), releasing("k2", "mine"),
        releasing("k", "mine2"), Command { "EVAL", "return redis.call('DEL', KEYS[1])", "1", "k", "mine" },
        Command { "EVAL", releaseScript().source(), "2", "k", "x", "mine" },
        Command { "EVAL", releaseScript().source(), "1", "k", "mine", "more" },
        Command { "EVALSHA", fencedAcquireScript().sha1(), "2", "k", "c", "mine", "1", "1" },
        Command { "SET", "k", "mine", "PX", "30000" }, Command { "SCRIPT", "LOAD", fencedAcquireScript().source() },
        Command { "DEL", "k" } };
    for (const Command& other : others)
        QVERIFY2(!gate.check(other), other.wire().constData());
    QCOMPARE(gate.checkWritable().error().kind, ErrorKind::NotArmed);
    gate.dropLease("k", "mine");
    QCOMPARE(gate.check(releasing("k", "mine")).error().kind, ErrorKind::NotArmed);
}

void WriteAccessTest::aLeaseIsKeptNoLongerThanItLasts()
{
    SteppedClock clock;
    CommandGate gate(false, Environment::Production, clock);
    gate.keepLease(ownLease("k", "mine", clock.now() + 1min));
    clock.advance(59s);
    VERIFY_RESULT(gate.check(prolonging("k", "mine")));
    gate.keepLease(ownLease("k", "mine", clock.now() + 1min));
    clock.advance(59s);
    VERIFY_RESULT(gate.check(prolonging("k", "mine")));
    clock.advance(1s);
    QVERIFY(!gate.keepsLease("k", "mine"));
    QCOMPARE(gate.check(prolonging("k", "mine")).error().kind, ErrorKind::NotArmed);
}

void WriteAccessTest::readOnlyKeepsNoLease()
{
    CommandGate gate(true, Environment::Production);
    gate.keepLease(ownLease("k", "mine", SystemClock::instance().now() + 1min));
    QCOMPARE(gate.check(prolonging("k", "mine")).error().kind, ErrorKind::ReadOnly);
    QVERIFY(!gate.keepsLease("k", "mine"));
}

/// What COMMAND INFO answers for a list of names: each a read, but those in `writes`.
static QByteArray flagsReply(const QSet<QByteArray>& writes)
{
    QList<QByteArray> names = CommandGate::knownReads().values();
    std::sort(names.begin(), names.end());
    QByteArray reply = '*' + QByteArray::number(names.size()) + "\r\n";
    for (const QByteArray& name : std::as_const(names)) {
        const QByteArray flag = writes.contains(name) ? "write" : "readonly";
        reply += "*3\r\n$" + QByteArray::number(name.size()) + "\r\n" + name + "\r\n:2\r\n*1\r\n+" + flag + "\r\n";
    }
    return reply;
}

void WriteAccessTest::whatTheServerCallsAWriteIsRefused()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("COMMAND INFO").send(flagsReply({ "GET", "CONFIG GET" })));
    const auto gate = std::make_shared<CommandGate>(true);
    VERIFY_RESULT(gate->check(reading));
    CommandFlagsReader reader(server.spec(), gate, 5000ms);
    QSignalSpy finished(&reader, &CommandFlagsReader::finished);
    reader.start();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(gate->check(reading).error().kind, ErrorKind::ReadOnly);
    QVERIFY(!gate->check(Command { "CONFIG", "GET", "x" }));
    VERIFY_RESULT(gate->check(Command { "PTTL", "k" }));
    QCOMPARE(server.surprises(), QList<QByteArray>());
}

void WriteAccessTest::aServerThatDoesNotTellChangesNothing()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("COMMAND INFO").send("-NOPERM no right for command\r\n"));
    const auto gate = std::make_shared<CommandGate>(true);
    CommandFlagsReader reader(server.spec(), gate, 5000ms);
    QSignalSpy finished(&reader, &CommandFlagsReader::finished);
    reader.start();
    QTRY_COMPARE(finished.size(), 1);
    VERIFY_RESULT(gate->check(reading));
    QVERIFY(!gate->check(deleting));
}

void WriteAccessTest::aLinkWithoutAGateSendsNothing()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake());
    ConnectionOptions options;
    options.reconnect = false;
    Connection connection(server.spec(), nullptr, options);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_COMPARE(lost.size(), 1);
    QCOMPARE(server.commandsSeen(), QList<QByteArray>());
}

static QString readSource(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// Every path of the program to a server, read off its sources: bytes leave through ServerLink alone, which asks the
/// gate; whoever makes a link must name one; and gates are made where a deployment begins, nowhere else.
void WriteAccessTest::everyWayToTheServerHasAGate()
{
    const QString root = QStringLiteral(LOCKSCOPE_SOURCE_DIR);
    for (const char* header : { "connection", "subscriber", "serverlink" }) {
        const QString text = readSource(root + QStringLiteral("/core/redis/%1.h").arg(QLatin1StringView(header)));
        static const QRegularExpression constructor(
            QStringLiteral("(Connection|Subscriber|ServerLink)\\([^)]*ConnectionSpec spec,\\s*"
                           "std::shared_ptr<const CommandGate> gate,"));
        QVERIFY2(text.contains(constructor), header);
    }
    QStringList writers;
    QStringList gates;
    QStringList openers;
    QStringList keepers;
    static const QRegularExpression writing(
        QStringLiteral("(socket|transport)\\w*(->|\\.)write\\("), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression gateMade(
        QStringLiteral("make_shared<(const )?CommandGate>|\\bnew CommandGate|CommandGate \\w+\\("));
    static const QRegularExpression opened(
        QStringLiteral("->arm(ForGood)?\\(|\\.arm(ForGood)?\\(|gate->setReadOnly\\("));
    int read = 0;
    for (const char* folder : { "/core", "/ui", "/app" }) {
        QDirIterator files(root + QLatin1StringView(folder), { QStringLiteral("*.cpp"), QStringLiteral("*.h") },
            QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            const QString name = path.mid(root.size() + 1);
            const QString text = readSource(path);
            ++read;
            if (text.contains(writing))
                writers += name;
            if (text.contains(gateMade))
                gates += name;
            if (text.contains(opened))
                openers += name;
            if (text.contains(QStringLiteral("gate->keepLease(")))
                keepers += name;
        }
    }
    for (QStringList* names : { &writers, &gates, &openers })
        names->sort();
    QVERIFY(read > 200);
    const QStringList expectedWriters { QStringLiteral("core/redis/serverlink.cpp"),
        QStringLiteral("core/redis/tcptransport.cpp"), QStringLiteral("core/redis/unixtransport.cpp") };
    for (const QString& name : std::as_const(writers))
        QVERIFY2(
            expectedWriters.contains(name) || name == QStringLiteral("core/redis/tlstransport.cpp"), qPrintable(name));
    // The demo and the lab act on servers that Lockscope itself has started; the test of a saved connection and the
    // passes on a replica only read.
    const QStringList readers { QStringLiteral("core/deployment/connectionprobe.cpp"),
        QStringLiteral("core/watch/replicalink.cpp") };
    for (const QString& name : std::as_const(gates))
        QVERIFY2(name == QLatin1StringView("core/deployment/livedeployment.cpp")
                || (readers.contains(name)
                    && readSource(root + QLatin1Char('/') + name).contains(QStringLiteral("const CommandGate>(true)")))
                || name == QLatin1StringView("core/deployment/demoworkload.cpp")
                || name == QLatin1StringView("core/deployment/demofamilies.cpp")
                || name.startsWith(QLatin1StringView("core/stress/")),
            qPrintable(name));
    QVERIFY(gates.contains(QStringLiteral("core/deployment/livedeployment.cpp")));
    // Who lets a lease of our own pass: the desk, for what it has been granted.
    QCOMPARE(keepers, QStringList { QStringLiteral("core/deployment/operationdeskown.cpp") });
    // Who opens a gate: the desk, after the audit log has the reason, through the facade that CLI and window call.
    for (const QString& name : std::as_const(openers))
        QVERIFY2(
            QStringList({ QStringLiteral("core/deployment/operationdesk.cpp"), QStringLiteral("app/cli/session.cpp"),
                            QStringLiteral("ui/operations/armdialog.cpp"), QStringLiteral("core/redis/commandgate.h") })
                    .contains(name)
                || name.startsWith(QLatin1StringView("ui/"))
                || name.startsWith(QLatin1StringView("core/stress/")), // arms timers
            qPrintable(name));
}

QTEST_GUILESS_MAIN(WriteAccessTest)
#include "tst_writeaccess.moc"
