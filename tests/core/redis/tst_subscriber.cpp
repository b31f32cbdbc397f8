// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sandboxserver.h"
#include "redis/subscriber.h"
#include "support/connectionsupport.h"
#include "support/testsupport.h"

#include <QSignalSpy>

using namespace lockscope;

class SubscriberTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void messagesArrive();
    void trackingNamesTheKeysThatChange();
    void trackingComesBackAfterItsLinkWasKilled();
    void forbiddenTrackingIsReported();
    void aMarkComesBehindWhatWasSentBefore();
    void aMarkWithoutALinkFailsAtOnce();
    void subscribesAgainAfterItsLinkWasKilled();
    void subscribesAgainAfterARestart();
    void aForbiddenPatternIsReported();
    void aSilentServerIsNoticed();
    void subscribingIsAllowedInReadOnlyMode();

private:
    void call(const Command& command);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<Connection> m_connection;
};

void SubscriberTest::initTestCase()
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_connection = std::make_unique<Connection>(m_server->spec(), openGate());
    m_connection->open();
    QTRY_VERIFY(m_connection->isReady());
}

void SubscriberTest::call(const Command& command)
{
    bool answered = false;
    m_connection->send(command, [&answered, &command](Result<ReplyView> reply) {
        answered = true;
        if (!reply)
            QFAIL(qPrintable(QString::fromLatin1(command.name()) + errorMessage(reply.error())));
    });
    QTRY_VERIFY(answered);
}

void SubscriberTest::messagesArrive()
{
    QList<QByteArray> seen;
    Subscriber subscriber(m_server->spec(), openGate());
    subscriber.setMessageHandler([&seen](const PubSubMessage& message) {
        seen += message.pattern.toByteArray() + '|' + message.channel.toByteArray() + '|'
            + message.payload.toByteArray();
    });
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "__keyspace@0__:lock:*", "p?" }, { "news" });
    QTRY_COMPARE(subscribed.size(), 1);
    QVERIFY(subscriber.isSubscribed());
    call({ "SET", "lock:a", "token", "PX", "60000" });
    call({ "PUBLISH", "news", "" });
    call({ "PUBLISH", "p1", QByteArrayView("\0\r\n", 3) });
    const QList<QByteArray> expected { "__keyspace@0__:lock:*|__keyspace@0__:lock:a|set",
        "__keyspace@0__:lock:*|__keyspace@0__:lock:a|expire", "|news|", QByteArray("p?|p1|\0\r\n", 9) };
    QTRY_COMPARE(seen, expected);
}

namespace {

/// What invalidations said: keys, and `(flush)`.
void collectKeys(Subscriber& subscriber, QList<QByteArray>& seen)
{
    subscriber.setMessageHandler([&seen](const PubSubMessage& message) {
        QCOMPARE(message.channel.toByteArray(), QByteArray(Subscriber::invalidationChannel));
        QVERIFY(message.payload.isEmpty());
        if (message.body.isNil())
            seen += "(flush)";
        for (const ReplyView key : message.body)
            seen += key.toByteArray();
    });
}

} // namespace

void SubscriberTest::trackingNamesTheKeysThatChange()
{
    QList<QByteArray> seen;
    Subscriber subscriber(m_server->spec(), std::make_shared<CommandGate>(true));
    collectKeys(subscriber, seen);
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.openTracking({ "lock:", QByteArray("\xff\0 ", 3) });
    QTRY_COMPARE(subscribed.size(), 1);
    call({ "SET", "lock:a", "t", "PX", "60000" });
    call({ "SET", "other:a", "t" });
    call({ "SET", QByteArrayView("\xff\0 k", 4), "t" });
    call({ "DEL", "lock:a" });
    QTRY_COMPARE(seen, (QList<QByteArray> { "lock:a", QByteArray("\xff\0 k", 4), "lock:a" }));
    call({ "FLUSHDB" });
    QTRY_COMPARE(seen.last(), QByteArray("(flush)"));
    // The pong of its own liveness check is no message, and a mark still comes behind all of them.
    bool marked = false;
    subscriber.mark([&marked](const Status& status) { marked = status.has_value(); });
    QTRY_VERIFY(marked);
    subscriber.openTracking({}); // every key
    QTRY_COMPARE(subscribed.size(), 2);
    call({ "SET", "other:b", "t" });
    QTRY_COMPARE(seen.last(), QByteArray("other:b"));
}

void SubscriberTest::trackingComesBackAfterItsLinkWasKilled()
{
    QList<QByteArray> seen;
    Subscriber subscriber(m_server->spec(), openGate());
    collectKeys(subscriber, seen);
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    QSignalSpy lost(&subscriber, &Subscriber::lost);
    subscriber.openTracking({ "lock:" });
    QTRY_COMPARE(subscribed.size(), 1);
    call({ "CLIENT", "KILL", "TYPE", "pubsub" });
    QTRY_COMPARE(lost.size(), 1);
    QTRY_COMPARE(subscribed.size(), 2);
    call({ "SET", "lock:again", "t" });
    QTRY_COMPARE(seen, QList<QByteArray> { "lock:again" });
}

void SubscriberTest::forbiddenTrackingIsReported()
{
    for (const char* denied : { "-client|tracking", "-client|id", "resetchannels" }) {
        call({ "ACL", "SETUSER", "deaf", "reset", "on", ">p", "+@all", "~*", "&*", denied });
        ConnectionSpec spec = m_server->spec();
        spec.user = QStringLiteral("deaf");
        spec.password = Secret("p");
        Subscriber subscriber(spec, openGate());
        QSignalSpy lost(&subscriber, &Subscriber::lost);
        subscriber.openTracking({ "lock:" });
        QTRY_VERIFY(!lost.isEmpty());
        QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::Permission);
        QVERIFY(!subscriber.isSubscribed());
    }
}

void SubscriberTest::aMarkComesBehindWhatWasSentBefore()
{
    int messages = 0;
    Subscriber subscriber(m_server->spec(), openGate());
    subscriber.setMessageHandler([&messages](const PubSubMessage&) { ++messages; });
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "mark:*" });
    QTRY_COMPARE(subscribed.size(), 1);
    constexpr int count = 500;
    for (int i = 0; i < count - 1; ++i)
        m_connection->send({ "PUBLISH", "mark:x", "payload" }, [](Result<ReplyView>) {});
    call({ "PUBLISH", "mark:x", "last" });
    int messagesAtMark = -1;
    subscriber.mark([&](Status status) { messagesAtMark = status ? messages : -2; });
    QTRY_COMPARE(messagesAtMark, count);
}

void SubscriberTest::aMarkWithoutALinkFailsAtOnce()
{
    Subscriber subscriber(m_server->spec(), openGate());
    std::optional<Error> error;
    subscriber.mark([&error](Status status) { error = status.error(); });
    QVERIFY(error);
    QCOMPARE(error->kind, ErrorKind::ConnectionLost);
}

void SubscriberTest::subscribesAgainAfterItsLinkWasKilled()
{
    int messages = 0;
    Subscriber subscriber(m_server->spec(), openGate());
    subscriber.setMessageHandler([&messages](const PubSubMessage&) { ++messages; });
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    QSignalSpy lost(&subscriber, &Subscriber::lost);
    subscriber.open({ "again:*" });
    QTRY_COMPARE(subscribed.size(), 1);
    call({ "CLIENT", "KILL", "TYPE", "pubsub" });
    QTRY_COMPARE(subscribed.size(), 2);
    QCOMPARE(lost.size(), 1);
    QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::ConnectionLost);
    call({ "PUBLISH", "again:x", "" });
    QTRY_COMPARE(messages, 1);
}

void SubscriberTest::subscribesAgainAfterARestart()
{
    Subscriber subscriber(m_server->spec(), openGate());
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "again:*" });
    QTRY_COMPARE(subscribed.size(), 1);
    std::optional<ErrorKind> markEnd;
    m_server->suspend();
    subscriber.mark([&markEnd](Status status) { markEnd = status.error().kind; });
    m_server->kill();
    QTRY_COMPARE(markEnd, ErrorKind::ConnectionLost);
    VERIFY_RESULT(m_server->restart());
    QTRY_COMPARE(subscribed.size(), 2);
    QTRY_VERIFY(m_connection->isReady());
}

void SubscriberTest::aForbiddenPatternIsReported()
{
    call({ "ACL", "SETUSER", "narrow", "on", ">pw", "resetchannels", "&mine", "+@all" });
    ConnectionSpec spec = m_server->spec();
    spec.user = QStringLiteral("narrow");
    spec.password = Secret("pw");
    Subscriber subscriber(spec, openGate());
    QSignalSpy lost(&subscriber, &Subscriber::lost);
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "theirs:*" }, { "mine" });
    QTRY_VERIFY(!lost.isEmpty());
    QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::Permission);
    QCOMPARE(subscriber.lastError().serverCode, QByteArray("NOPERM"));
    QCOMPARE(subscribed.size(), 0);
    // The operator mends it: the next attempt succeeds by itself.
    call({ "ACL", "SETUSER", "narrow", "&theirs:*" });
    QTRY_COMPARE(subscribed.size(), 1);
}

void SubscriberTest::aSilentServerIsNoticed()
{
    ConnectionOptions options;
    options.commandTimeout = Milliseconds(300);
    options.connectTimeout = Milliseconds(1000);
    Subscriber subscriber(m_server->spec(), openGate(), options);
    QSignalSpy lost(&subscriber, &Subscriber::lost);
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "again:*" });
    QTRY_COMPARE(subscribed.size(), 1);
    m_server->suspend();
    QTRY_VERIFY(!lost.isEmpty());
    QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::Timeout);
    m_server->resume();
    QTRY_COMPARE(subscribed.size(), 2);
    QTRY_VERIFY(m_connection->isReady());
}

void SubscriberTest::subscribingIsAllowedInReadOnlyMode()
{
    Subscriber subscriber(m_server->spec(), openGate(true));
    QSignalSpy subscribed(&subscriber, &Subscriber::subscribed);
    subscriber.open({ "again:*" });
    QTRY_COMPARE(subscribed.size(), 1);
}

QTEST_GUILESS_MAIN(SubscriberTest)
#include "tst_subscriber.moc"
