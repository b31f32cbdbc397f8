// SPDX-License-Identifier: GPL-3.0-or-later

// What the fixtures cannot show of locks in hashes, sets and sorted sets: what is left of each holder's lease, locks
// that nobody holds any more, samples that are only a part, and what a notification means.
#include "locks/families/elements.h"
#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

using namespace lockscope;

namespace {

constexpr qint64 now = 1'700'000'000'000;
const QByteArray holder = "b983c153-7421-469a-addb-44fb92259a1b:31";
const QByteArray uuid = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
const QByteArray symfonyToken = "q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0Vng=";
const QByteArray ticket = "build-7_4711_00112233445566778899aabbccddeeff";
const QByteArray permit = "0123456789abcdef";
const QByteArray value = "mFqjmA7vQFq3bB0wXn8ZNg";

KeySample sampleOf(KeyType type, const QByteArray& key, std::vector<KeyElement> elements, qint64 ttlMs = 30000)
{
    KeySample sample;
    sample.key = key;
    sample.type = type;
    sample.ttlMs = ttlMs;
    sample.size = elements.size();
    sample.elements = std::move(elements);
    sample.serverMs = now;
    return sample;
}

const LockFamily& familyNamed(const char* name)
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    return registry.family(registry.byName(name));
}

} // namespace

Q_DECLARE_METATYPE(lockscope::KeySample)

class TestElements : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leases_data();
    void leases();
    void nobodyHoldsIt_data();
    void nobodyHoldsIt();
    void emptyAndHugeKeysAreNoLocks();
    void partOfManyReaders();
    void semaphoreTellsItsFreePermits();
    void namesFollowTheHashTag();
    void eventsOfElements();
    void anyKeyMayBeAskedFor();
    void factsAndFingerprintsAreWhole();
};

void TestElements::leases_data()
{
    QTest::addColumn<QByteArray>("family");
    QTest::addColumn<KeySample>("sample");
    QTest::addColumn<QList<qint64>>("leases");
    const auto row = [](const char* family, const KeySample& sample, const QList<qint64>& leases) {
        QTest::newRow(family) << QByteArray(family) << sample << leases;
    };
    row("symfony",
        sampleOf(KeyType::SortedSet, "k", { { symfonyToken, {}, now + 7000.0 }, { "__write__", {}, now + 7000.0 } }),
        { 7000 });
    row("distributedlock-semaphore",
        sampleOf(KeyType::SortedSet, "k", { { "x" + ticket, {}, now - 1.0 }, { ticket, {}, now + 1.0 } }), { 1 });
    row("redisson-permits",
        sampleOf(KeyType::SortedSet, "{k}:timeout",
            { { permit, {}, now + 500.0 }, { "fedcba9876543210", {}, 922337203685477.0 } }, -1),
        { 500, -1 });
    row("redis-semaphore-permits",
        sampleOf(KeyType::SortedSet, "semaphore:k",
            { { uuid, {}, now - 12000.0 }, { uuid + "_0", {}, now - 5000.0 }, { uuid + "_1", {}, now - 1000.0 } },
            9000),
        { 5000, 9000 });
    row("redisson-multilock",
        sampleOf(KeyType::Hash, "k",
            { { value, holder }, { value + ':' + holder + ":expire_time", QByteArray::number(now + 1500) },
                { value + ':' + holder + ":lock_count", "1" } }),
        { 1500 });
    row("redisson", sampleOf(KeyType::Hash, "k", { { holder, "1" } }), { -1 });
}

void TestElements::leases()
{
    QFETCH(QByteArray, family);
    QFETCH(KeySample, sample);
    QFETCH(QList<qint64>, leases);
    const FamilyMatch match = FamilyRegistry::instance().recognise(sample);
    QVERIFY(match.id != FamilyId::None);
    QCOMPARE(FamilyRegistry::instance().name(match.id), QLatin1StringView(family));
    const LockReading reading = familyNamed(family.constData()).read(sample);
    QVERIFY(reading.held);
    QList<qint64> got;
    for (const LockHolder& each : reading.holders)
        got.append(each.ttlMs);
    QCOMPARE(got, leases);
}

void TestElements::nobodyHoldsIt_data()
{
    QTest::addColumn<QByteArray>("family");
    QTest::addColumn<KeySample>("sample");
    const auto row
        = [](const char* family, const KeySample& sample) { QTest::newRow(family) << QByteArray(family) << sample; };
    row("symfony",
        sampleOf(KeyType::SortedSet, "k", { { "__write__", {}, now - 1.0 }, { symfonyToken, {}, double(now) } }));
    row("distributedlock-semaphore", sampleOf(KeyType::SortedSet, "k", { { ticket, {}, now - 1.0 } }));
    row("redisson-permits", sampleOf(KeyType::SortedSet, "{k}:timeout", { { permit, {}, now - 500.0 } }, -1));
    row("redisson-multilock",
        sampleOf(KeyType::Hash, "k",
            { { value, holder }, { value + ':' + holder + ":expire_time", QByteArray::number(now - 1) },
                { value + ':' + holder + ":lock_count", "1" } }));
}

void TestElements::nobodyHoldsIt()
{
    QFETCH(QByteArray, family);
    QFETCH(KeySample, sample);
    const FamilyMatch match = FamilyRegistry::instance().recognise(sample);
    QCOMPARE(FamilyRegistry::instance().name(match.id), QLatin1StringView(family));
    const LockReading reading = familyNamed(family.constData()).read(sample);
    QVERIFY(!reading.held);
    QVERIFY(reading.holders.empty());
}

void TestElements::emptyAndHugeKeysAreNoLocks()
{
    for (KeyType type : { KeyType::Hash, KeyType::Set, KeyType::SortedSet, KeyType::List, KeyType::Other }) {
        for (const char* key : { "k", "rql:lock:k", "semaphore:k", "{k}:timeout", "k.readers",
                 "uniquejobs:0123456789abcdef0123456789abcdef:LOCKED" }) {
            KeySample sample = sampleOf(type, key, {});
            sample.size = 5'000'000;
            QVERIFY2(FamilyRegistry::instance().recognise(sample).id == FamilyId::None, key);
        }
    }
}

void TestElements::partOfManyReaders()
{
    KeySample sample = sampleOf(KeyType::Hash, "k", { { "mode", "read" } });
    for (int i = 1; i < maximumSampleElements; ++i)
        sample.elements.push_back({ "b983c153-7421-469a-addb-44fb92259a1b:" + QByteArray::number(i), "1" });
    sample.size = 4000;
    const FamilyMatch match = FamilyRegistry::instance().recognise(sample);
    QCOMPARE(FamilyRegistry::instance().name(match.id), QLatin1StringView("redisson-rwlock"));
    QCOMPARE(familyNamed("redisson-rwlock").read(sample).holders.size(), size_t(maximumSampleElements - 1));
    sample.elements.back().value = "cheese";
    QVERIFY(FamilyRegistry::instance().recognise(sample).id == FamilyId::None);
}

void TestElements::semaphoreTellsItsFreePermits()
{
    const LockReading reading = familyNamed("redisson-semaphore").read({ "orders", "-2", -1 });
    QVERIFY(reading.mode == LockMode::Semaphore);
    QVERIFY(reading.held && reading.holders.empty());
    QCOMPARE(reading.freePermits.value_or(99), -2);
}

void TestElements::namesFollowTheHashTag()
{
    const LockFamily& lock = familyNamed("redisson");
    QCOMPARE(lock.fencingCounter("a"), QByteArray("redisson_lock_token:{a}"));
    QCOMPARE(lock.fencingCounter("x{a}"), QByteArray("redisson_lock_token:x{a}"));
    QCOMPARE(lock.waiters("a").channel, QByteArray("redisson_lock__channel:{a}"));
    const LockFamily& permits = familyNamed("redisson-permits");
    QCOMPARE(permits.releaseKeys("{a}:timeout"), QList<QByteArray>({ "{a}:timeout", "a", "{a}" }));
    QCOMPARE(permits.releaseKeys("x{a}y:timeout"), QList<QByteArray>({ "x{a}y:timeout", "x{a}y" }));
    QCOMPARE(permits.waiters("x{a}y:timeout").name, QByteArray("redisson_sc:x{a}y"));
    QCOMPARE(permits.waiters("{a}:timeout").name, QByteArray("redisson_sc:{a}"));
}

void TestElements::eventsOfElements()
{
    const LockFamily& lock = familyNamed("redisson");
    for (const char* event : { "hset", "hincrby", "rename_to" })
        QVERIFY2(lock.meaningOf(event) == EventMeaning::Acquired, event);
    for (const char* event : { "hdel", "del", "expired", "evicted" })
        QVERIFY2(lock.meaningOf(event) == EventMeaning::Released, event);
    for (const char* event : { "expire", "persist" })
        QVERIFY2(lock.meaningOf(event) == EventMeaning::Extended, event);
    QVERIFY(lock.meaningOf("hello") == EventMeaning::Nothing);
    QVERIFY(familyNamed("symfony").meaningOf("zadd") == EventMeaning::Acquired);
    QVERIFY(familyNamed("symfony").meaningOf("zremrangebyscore") == EventMeaning::Released);
    QVERIFY(familyNamed("distributedlock-readers").meaningOf("srem") == EventMeaning::Released);
    QVERIFY(familyNamed("redisson-semaphore").meaningOf("incrby") == EventMeaning::Acquired);
}

void TestElements::anyKeyMayBeAskedFor()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        const LockFamily& family = registry.family(registry.byName(name));
        for (const QByteArray& key :
            { QByteArray(), QByteArray("x"), QByteArray("{}:timeout"), QByteArray(":LOCKED") }) {
            QCOMPARE(family.releaseKeys(key).constFirst(), key);
            QVERIFY(family.auxiliaryKeys(key).size() < 10);
            QVERIFY(family.waiters(key).kind != WaiterSource::Kind::None || *family.waiters(key).reason != '\0');
            QVERIFY(family.ownerHints(key).size() < 10);
        }
    }
}

void TestElements::factsAndFingerprintsAreWhole()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        const LockFamily& family = registry.family(registry.byName(name));
        const FamilyFacts facts = family.facts();
        for (const char* fact : { facts.libraries, facts.keys, facts.token, facts.renewal, facts.afterwards })
            QVERIFY2(*fact != '\0', name.constData());
        for (const ScriptFingerprint& fingerprint : family.fingerprints()) {
            QCOMPARE(QByteArray::fromHex(fingerprint.sha1).toHex(), QByteArray(fingerprint.sha1));
            QCOMPARE(qstrlen(fingerprint.sha1), size_t(40));
            QVERIFY(*fingerprint.script != '\0' && *fingerprint.version != '\0');
        }
    }
}

QTEST_GUILESS_MAIN(TestElements)
#include "tst_elements.moc"
