// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/linkpulse.h"

#include "redis/sandboxserver.h"
#include "redis/subscriber.h"
#include "support/connectionsupport.h"
#include "support/steppedclock.h"
#include "support/tcpproxy.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QSignalSpy>

#include <random>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

/// A link on paper: questions are answered after a round trip, until the other end is gone without a word.
struct PaperLink {
    SteppedClock clock;
    LinkPulse pulse { ConnectionOptions().pulse };
    Milliseconds patience = LinkPulse::patience(ConnectionOptions().commandTimeout);
    Milliseconds roundTrip { 50 };
    SteadyTime lastReceived = clock.now();
    std::optional<SteadyTime> askedAt;
    SteadyTime nextLook = clock.now();
    SteadyTime deadSince = SteadyTime::max();
    SteadyTime::duration longestQuiet {}; ///< of the wire: whoever stands between sees nothing
    int questions = 0;
    bool isUp = true;

    void ask()
    {
        longestQuiet = std::max(longestQuiet, clock.now() - lastReceived);
        askedAt = askedAt.value_or(clock.now());
        ++questions;
    }
    // Lets time go on until `end`, or until the link is given up. An answer does not make anybody look.
    void run(SteadyTime end)
    {
        while (isUp && clock.now() < end) {
            const SteadyTime answer = askedAt ? *askedAt + roundTrip : SteadyTime::max();
            const SteadyTime next = std::min({ end, nextLook, answer < deadSince ? answer : SteadyTime::max() });
            clock.advance(next - clock.now());
            if (next == answer) {
                lastReceived = answer;
                askedAt.reset();
            }
            if (next == nextLook)
                look();
        }
    }
    void look()
    {
        const LinkPulse::Finding finding = pulse.look(clock.now(), lastReceived, askedAt, patience);
        isUp = finding.need != LinkPulse::Need::GiveUp;
        nextLook = finding.next;
        if (finding.need == LinkPulse::Need::Question)
            ask();
    }
};

} // namespace

class LinkPulseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void halfAnIdleHourKeepsTheLinkReady();
    void aDeadLinkIsFoundWithinTenSeconds();
    void aBusyServerIsGivenTime();
    void withoutAPulseNothingIsAsked();
    void bothKindsOfLinksFindAHalfOpenOne();
    void anIdleLinkActsAtOnce();
};

// Thirty minutes in which nobody wants anything, behind a firewall that forgets a silent link after 15 seconds.
void LinkPulseTest::halfAnIdleHourKeepsTheLinkReady()
{
    PaperLink link;
    link.run(link.clock.now() + 30min);
    QVERIFY(link.isUp);
    QVERIFY(link.longestQuiet < 15s);
    QVERIFY(link.questions >= 1000 && link.questions <= 1200);
    // So the action of an operator who comes back goes out at once, on a link that stands.
    const SteadyTime begin = link.clock.now();
    link.askedAt.reset();
    link.ask();
    link.run(begin + link.roundTrip);
    QVERIFY(link.isUp && !link.askedAt);
    QVERIFY(link.lastReceived - begin < 200ms);
}

void LinkPulseTest::aDeadLinkIsFoundWithinTenSeconds()
{
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    for (int i = 0; i < 2000; ++i) {
        PaperLink link;
        link.roundTrip = Milliseconds(random() % 1000);
        link.deadSince = link.clock.now() + Milliseconds(random() % 60'000);
        link.run(link.clock.now() + 30min);
        const QByteArray where = "seed " + QByteArray::number(seed) + ", run " + QByteArray::number(i);
        QVERIFY2(!link.isUp, where.constData());
        QVERIFY2(link.clock.now() - link.deadSince <= 10s, where.constData());
    }
}

void LinkPulseTest::aBusyServerIsGivenTime()
{
    const LinkPulse pulse(1500ms);
    const SteadyTime start {};
    // A command that was given 30 seconds is waited for, and so is a server that says something meanwhile.
    QCOMPARE(pulse.look(start + 20s, start, start, 30s).need, LinkPulse::Need::Nothing);
    QCOMPARE(pulse.look(start + 20s, start + 19s, start, 5s).need, LinkPulse::Need::Nothing);
    QCOMPARE(pulse.look(start + 20s, start, start, 5s).need, LinkPulse::Need::GiveUp);
}

void LinkPulseTest::withoutAPulseNothingIsAsked()
{
    const LinkPulse::Finding finding = LinkPulse(0ms).look(SteadyTime() + 10h, SteadyTime(), {}, 5s);
    QCOMPARE(finding.need, LinkPulse::Need::Nothing);
    QCOMPARE(finding.next, SteadyTime::max());
}

// With the options that everybody gets, against a peer that swallows everything and says nothing.
void LinkPulseTest::bothKindsOfLinksFindAHalfOpenOne()
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    TcpProxy proxy((*server)->socketPath());
    Connection connection(proxy.spec(), openGate());
    Subscriber subscriber(proxy.spec(), openGate());
    QSignalSpy lost(&connection, &Connection::lost);
    QSignalSpy silent(&subscriber, &Subscriber::lost);
    connection.open();
    subscriber.open({ "some:*" });
    QTRY_VERIFY_WITH_TIMEOUT(connection.isReady() && subscriber.isSubscribed(), 30'000);

    QElapsedTimer timer;
    timer.start();
    proxy.setStalled(true);
    qint64 lostAfter = 0;
    qint64 silentAfter = 0;
    connect(&connection, &Connection::lost, this, [&] { lostAfter = timer.elapsed(); });
    connect(&subscriber, &Subscriber::lost, this, [&] { silentAfter = timer.elapsed(); });
    QTRY_VERIFY_WITH_TIMEOUT(!lost.isEmpty() && !silent.isEmpty(), 30'000);
    QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::Timeout);
    QCOMPARE(silent.first().first().value<Error>().kind, ErrorKind::Timeout);
    QVERIFY2(lostAfter > 1000 && lostAfter <= 10'000, QByteArray::number(lostAfter).constData());
    QVERIFY2(silentAfter > 1000 && silentAfter <= 10'000, QByteArray::number(silentAfter).constData());
    QVERIFY(!connection.isReady() && !subscriber.isSubscribed());

    proxy.setStalled(false);
    QTRY_VERIFY_WITH_TIMEOUT(connection.isReady() && subscriber.isSubscribed(), 30'000);
}

// Many times as long idle as a link may be quiet, on a real socket.
void LinkPulseTest::anIdleLinkActsAtOnce()
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    TcpProxy proxy((*server)->socketPath());
    ConnectionOptions options;
    options.pulse = 10ms;
    Connection connection(proxy.spec(), openGate(), options);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    const quint64 before = connection.traffic().commands;
    QTRY_VERIFY_WITH_TIMEOUT(connection.traffic().commands >= before + 50, 30'000);
    QCOMPARE(lost.size(), 0);
    Outcome outcome;
    connection.send({ "SET", "k", "v" }, outcome.handler());
    QTRY_COMPARE(outcome.bytes, QByteArray("OK"));
    QCOMPARE(outcome.calls, 1);
    QCOMPARE(connection.traffic().reconnects, quint64(0));
}

QTEST_GUILESS_MAIN(LinkPulseTest)
#include "tst_linkpulse.moc"
