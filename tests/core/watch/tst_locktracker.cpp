// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/locktracker.h"

#include "support/structurefamilies.h"
#include "support/testsupport.h"

#include <QTimeZone>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

class StandingClock final : public Clock {
public:
    [[nodiscard]] SteadyTime now() const override { return time; }
    [[nodiscard]] QDateTime wallNow() const override
    {
        return QDateTime::fromMSecsSinceEpoch(1'700'000'000'000, QTimeZone::utc());
    }
    SteadyTime time { 1000s };
};

KeyReading reading(const StandingClock& clock, const QByteArray& token, qint64 ttlMs, Milliseconds roundTrip = 2ms)
{
    KeyReading result;
    result.outcome = KeyReading::Outcome::Present;
    result.sample.key = "k";
    result.sample.value = token;
    result.sample.ttlMs = ttlMs;
    result.sentAt = clock.time - roundTrip;
    result.receivedAt = clock.time;
    return result;
}

KeyReading missing(const StandingClock& clock)
{
    KeyReading result = reading(clock, {}, -2);
    result.outcome = KeyReading::Outcome::Missing;
    return result;
}

} // namespace

class TestLockTracker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deadlineIsMeasuredAtHalfTheRoundTrip();
    void imprecisionIsNoRenewal();
    void slowDriftIsNoRenewal();
    void renewalIsSeenWithoutEvents();
    void smallRenewalNeedsAnEvent();
    void goneAtItsDeadlineIsExpired();
    void eventJustAfterAReadingIsDoubtful();
    void staleUntilReadAgain();
    void tooManyEventsAreCounted();
    void onlyWantedFamilies();
    void readersComeAndGo();
    void writerReplacesReaders();
    void reentryIsARowChange();
    void permitsEndOneByOne();
    void lastPermitEndsTheLock();
    void aStructureThatIsNoLockAnyMore();

private:
    [[nodiscard]] static QList<LockEventKind> kinds(LockTracker& tracker)
    {
        LockDelta delta;
        tracker.takeEvents(delta);
        QList<LockEventKind> result;
        for (const LockEvent& event : delta.events)
            result.append(event.kind);
        return result;
    }
    [[nodiscard]] LockTracker structureTracker() const
    {
        LockTracker::Options options;
        options.explicitMatch = true;
        options.registry = &structureRegistry();
        return LockTracker(m_clock, options);
    }
    [[nodiscard]] KeyReading hash(const QList<QPair<QByteArray, QByteArray>>& fields, qint64 ttlMs) const
    {
        KeyReading result = reading(m_clock, {}, ttlMs);
        result.sample.type = KeyType::Hash;
        for (const auto& [name, value] : fields)
            result.sample.elements.push_back({ name, value });
        result.sample.size = result.sample.elements.size();
        return result;
    }
    /// Members of a sorted set without a TTL of its own, and how long each is still valid.
    [[nodiscard]] KeyReading permits(const QList<QPair<QByteArray, qint64>>& members) const
    {
        KeyReading result = reading(m_clock, {}, -1);
        result.sample.type = KeyType::SortedSet;
        result.sample.serverMs = 1'700'000'000'000;
        for (const auto& [token, ttlMs] : members)
            result.sample.elements.push_back({ token, {}, double(result.sample.serverMs + ttlMs) });
        result.sample.size = result.sample.elements.size();
        return result;
    }
    StandingClock m_clock;
};

void TestLockTracker::deadlineIsMeasuredAtHalfTheRoundTrip()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    tracker.apply(reading(m_clock, "t", 1000, 10ms), {});
    const LockRecord& record = tracker.store().find(0, "k")->record();
    QVERIFY(record.deadline == m_clock.time + 995ms);
    QVERIFY(tracker.nextDeadline() == m_clock.time + 997ms);
}

void TestLockTracker::imprecisionIsNoRenewal()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    QVERIFY(tracker.apply(reading(m_clock, "t", 9000, 3000ms), {})); // worth a second reading
    m_clock.time += 10ms;
    QVERIFY(!tracker.apply(reading(m_clock, "t", 8990), {}));
    const LockRecord& record = tracker.store().find(0, "k")->record();
    QCOMPARE(record.renewals, 0U);
    QVERIFY(std::chrono::abs(record.deadline - (m_clock.time + 8989ms)) < 5ms);
    QCOMPARE(kinds(tracker), QList { LockEventKind::Found });
}

void TestLockTracker::slowDriftIsNoRenewal()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    qint64 ttl = 3'600'000;
    tracker.apply(reading(m_clock, "t", ttl), {});
    for (int i = 0; i < 10; ++i) {
        m_clock.time += 300s;
        ttl -= 300'000 - 15; // the server's clock is slewed by 50 ppm
        tracker.apply(reading(m_clock, "t", ttl), {});
    }
    QCOMPARE(kinds(tracker), QList { LockEventKind::Found });
}

void TestLockTracker::renewalIsSeenWithoutEvents()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    tracker.apply(reading(m_clock, "t", 10'000), {});
    m_clock.time += 1s;
    tracker.apply(reading(m_clock, "t", 10'000), {});
    const LockRecord& record = tracker.store().find(0, "k")->record();
    QCOMPARE(record.renewals, 1U);
    m_clock.time += 1s;
    tracker.apply(reading(m_clock, "other", 20'000), {});
    QCOMPARE(record.renewals, 0U);
    QVERIFY(record.lease == 20s);
    QCOMPARE(kinds(tracker), (QList { LockEventKind::Found, LockEventKind::Renewed, LockEventKind::HolderChanged }));
}

void TestLockTracker::smallRenewalNeedsAnEvent()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    tracker.apply(reading(m_clock, "t", 10'000), {});
    tracker.apply(reading(m_clock, "t", 10'015), {});
    QCOMPARE(tracker.store().find(0, "k")->record().renewals, 0U);
    ChangeHints extended;
    extended.byEvent = extended.extended = true;
    tracker.apply(reading(m_clock, "t", 10'030), extended);
    QCOMPARE(tracker.store().find(0, "k")->record().renewals, 1U);
}

void TestLockTracker::goneAtItsDeadlineIsExpired()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    tracker.apply(reading(m_clock, "t", 1000), {});
    QVERIFY(!tracker.takeDue(m_clock.time + 990ms));
    m_clock.time += 1005ms;
    QCOMPARE(tracker.takeDue(m_clock.time).value_or(QByteArray()), QByteArray("k"));
    QCOMPARE(tracker.store().find(0, "k")->record().state, LockState::Due);
    tracker.apply(missing(m_clock), {});
    QVERIFY(!tracker.store().find(0, "k"));
    tracker.apply(reading(m_clock, "t", 1000), {});
    tracker.apply(missing(m_clock), {});
    QCOMPARE(kinds(tracker),
        (QList { LockEventKind::Found, LockEventKind::Expired, LockEventKind::Found, LockEventKind::Released }));
}

void TestLockTracker::eventJustAfterAReadingIsDoubtful()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    QCOMPARE(tracker.removeByEvent("k", KeyVerb::Deleted), LockTracker::Removal::NotKnown);
    tracker.apply(reading(m_clock, "new holder", 1000), {});
    QCOMPARE(tracker.removeByEvent("k", KeyVerb::Deleted), LockTracker::Removal::Doubtful);
    QVERIFY(tracker.knows("k"));
    m_clock.time += 100ms;
    QCOMPARE(tracker.removeByEvent("k", KeyVerb::Deleted), LockTracker::Removal::Removed);
    QVERIFY(!tracker.nextDeadline());
}

void TestLockTracker::staleUntilReadAgain()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    tracker.apply(reading(m_clock, "t", 1000), {});
    LockDelta delta;
    tracker.store().takeChanges(delta);
    tracker.markAllStale();
    QCOMPARE(tracker.store().find(0, "k")->record().state, LockState::Stale);
    delta = {};
    tracker.store().takeChanges(delta);
    QCOMPARE(delta.changed.size(), size_t(1));
    tracker.apply(reading(m_clock, "t", 1000), {});
    QVERIFY(tracker.store().hasChanges()); // the consumer is told that it is held again
    QCOMPARE(tracker.store().find(0, "k")->record().state, LockState::Held);
}

void TestLockTracker::tooManyEventsAreCounted()
{
    LockTracker tracker(m_clock, { true, {}, true, true });
    for (int i = 0; i < 6000; ++i)
        tracker.apply(reading(m_clock, QByteArray::number(i), 1000), {});
    LockDelta delta;
    tracker.takeEvents(delta);
    QCOMPARE(delta.events.size(), size_t(5000));
    QCOMPARE(delta.eventsDropped, 1000U);
    QCOMPARE(delta.events.back().token, QByteArray("5999"));
}

void TestLockTracker::onlyWantedFamilies()
{
    LockTracker tracker(m_clock, { true, { FamilyId(200) }, true, true });
    tracker.apply(reading(m_clock, "t", 1000), {});
    QCOMPARE(tracker.store().size(), size_t(0));
}

void TestLockTracker::readersComeAndGo()
{
    LockTracker tracker = structureTracker();
    tracker.apply(hash({ { "mode", "read" }, { "a", "1" } }, 10'000), {});
    QVERIFY(tracker.store().find(0, "k"));
    const auto record = [&]() -> const LockRecord& { return tracker.store().find(0, "k")->record(); };
    QCOMPARE(record().mode, LockMode::Read);
    QCOMPARE(record().type, KeyType::Hash);
    QCOMPARE(record().token, QByteArray("a"));
    QVERIFY(!record().extras->holders); // the token says it all
    LockDelta delta;
    tracker.store().takeChanges(delta);
    m_clock.time += 1s;
    tracker.apply(hash({ { "mode", "read" }, { "a", "1" }, { "b", "1" } }, 10'000), {});
    QVERIFY(record().extras->holders);
    QCOMPARE(record().extras->holders->size(), size_t(2));
    QVERIFY(tracker.store().hasChanges());
    QVERIFY(record().deadline > m_clock.time + 9900ms); // the lease is that of both
    const SteadyTime firstSeen = record().firstSeen;
    tracker.apply(hash({ { "mode", "read" }, { "b", "1" } }, 10'000), {});
    QCOMPARE(record().token, QByteArray("b"));
    QVERIFY(record().firstSeen == firstSeen);
    QCOMPARE(kinds(tracker), QList { LockEventKind::Found });
    // The same reader again, with a longer lease: that is a renewal.
    m_clock.time += 1s;
    tracker.apply(hash({ { "mode", "read" }, { "b", "1" } }, 10'000), {});
    QCOMPARE(kinds(tracker), QList { LockEventKind::Renewed });
}

void TestLockTracker::writerReplacesReaders()
{
    LockTracker tracker = structureTracker();
    tracker.apply(hash({ { "mode", "read" }, { "a", "1" }, { "b", "1" } }, 10'000), {});
    tracker.apply(hash({ { "mode", "write" }, { "c", "1" } }, 10'000), {});
    const LockRecord& record = tracker.store().find(0, "k")->record();
    QCOMPARE(record.mode, LockMode::Write);
    QCOMPARE(record.token, QByteArray("c"));
    QVERIFY(!record.extras->holders);
    LockDelta delta;
    tracker.takeEvents(delta);
    QCOMPARE(delta.events.size(), size_t(2));
    QCOMPARE(delta.events.back().kind, LockEventKind::HolderChanged);
    QCOMPARE(delta.events.back().previousToken, QByteArray("a"));
}

void TestLockTracker::reentryIsARowChange()
{
    LockTracker tracker = structureTracker();
    tracker.apply(hash({ { "a", "1" } }, 10'000), {});
    LockDelta delta;
    tracker.store().takeChanges(delta);
    tracker.apply(hash({ { "a", "1" } }, 10'000), {});
    QVERIFY(!tracker.store().hasChanges());
    tracker.apply(hash({ { "a", "2" } }, 10'000), {});
    QVERIFY(tracker.store().hasChanges());
    const LockRecord& record = tracker.store().find(0, "k")->record();
    QVERIFY(record.extras->holders);
    QCOMPARE(record.extras->holders->front().count, 2);
    QCOMPARE(kinds(tracker), QList { LockEventKind::Found });
}

void TestLockTracker::permitsEndOneByOne()
{
    LockTracker tracker = structureTracker();
    tracker.apply(permits({ { "a", 1000 }, { "b", 5000 } }), {});
    const auto record = [&]() -> const LockRecord& { return tracker.store().find(0, "k")->record(); };
    QCOMPARE(record().mode, LockMode::Semaphore);
    QVERIFY(std::chrono::abs(record().deadline - (m_clock.time + 5s)) < 5ms); // until nobody holds it any more
    QVERIFY(tracker.nextDeadline());
    QVERIFY(std::chrono::abs(*tracker.nextDeadline() - (m_clock.time + 1s)) < 5ms); // asked about when the first ends
    LockDelta delta;
    tracker.store().takeChanges(delta);
    m_clock.time += 500ms;
    tracker.apply(permits({ { "a", 500 }, { "b", 4500 } }), {});
    QVERIFY(!tracker.store().hasChanges()); // time that only passed is nothing to tell
    QCOMPARE(record().extras->holders->back().ttlMs, 4500);
    m_clock.time += 505ms;
    QVERIFY(tracker.takeDue(m_clock.time));
    QCOMPARE(record().state, LockState::Held);
    tracker.apply(permits({ { "b", 3995 } }), {});
    QCOMPARE(record().token, QByteArray("b"));
    QCOMPARE(kinds(tracker), QList { LockEventKind::Found });
}

void TestLockTracker::lastPermitEndsTheLock()
{
    LockTracker tracker = structureTracker();
    tracker.apply(permits({ { "a", 1000 } }), {});
    m_clock.time += 1005ms;
    QVERIFY(tracker.takeDue(m_clock.time));
    QCOMPARE(tracker.store().find(0, "k")->record().state, LockState::Due);
    tracker.apply(permits({ { "a", -5 } }), {}); // the member is still there
    QVERIFY(!tracker.knows("k"));
    tracker.apply(hash({ { "mode", "read" }, { "a", "1" } }, -1), {});
    tracker.apply(hash({ { "mode", "read" } }, -1), {});
    QCOMPARE(kinds(tracker),
        (QList { LockEventKind::Found, LockEventKind::Expired, LockEventKind::Found, LockEventKind::Released }));
}

void TestLockTracker::aStructureThatIsNoLockAnyMore()
{
    LockTracker tracker = structureTracker();
    tracker.apply(hash({ { "a", "1" } }, -1), {});
    KeyReading large = hash({}, -1);
    large.outcome = KeyReading::Outcome::OtherType;
    tracker.apply(large, {});
    QVERIFY(!tracker.knows("k"));
    // A string in its place is another holder of the same lock.
    tracker.apply(hash({ { "a", "1" } }, -1), {});
    QCOMPARE(tracker.typeOf("k"), KeyType::Hash);
    tracker.apply(reading(m_clock, "b", 1000), {});
    QCOMPARE(tracker.typeOf("k"), KeyType::String);
    QCOMPARE(kinds(tracker),
        (QList { LockEventKind::Found, LockEventKind::Released, LockEventKind::Found, LockEventKind::HolderChanged }));
}

QTEST_GUILESS_MAIN(TestLockTracker)
#include "tst_locktracker.moc"
