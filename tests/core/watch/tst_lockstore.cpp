// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/lockstore.h"

#include "support/testsupport.h"

#include <QHash>
#include <QMap>
#include <QRandomGenerator>

using namespace lockscope;

class TestLockStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cameAndWentIsNoChange();
    void slotIsUsedAgainWithANewGeneration();
    void clearIsAReset();
    void agreesWithANaiveModel();
};

namespace {

LockRecord record(const QByteArray& key, const QByteArray& token = "t", qint32 database = 0)
{
    LockRecord result;
    result.key = key;
    result.token = token;
    result.database = database;
    return result;
}

} // namespace

void TestLockStore::cameAndWentIsNoChange()
{
    LockStore store;
    store.remove(store.insert(record("a")));
    LockDelta delta;
    store.takeChanges(delta);
    QVERIFY(delta.changed.empty());
    QVERIFY(delta.removed.empty());
    QVERIFY(!store.hasChanges());
}

void TestLockStore::slotIsUsedAgainWithANewGeneration()
{
    LockStore store;
    const LockId first = store.insert(record("a")).record().id;
    LockDelta delta;
    store.takeChanges(delta);
    QCOMPARE(delta.changed.size(), size_t(1));
    store.remove(*store.find(first));
    QVERIFY(!store.find(first));
    // It rests first: many others are freed before it has another lock.
    for (size_t i = 0; i < restingSlots; ++i) {
        const LockId other = store.insert(record("other")).record().id;
        QVERIFY(other.slot != first.slot);
        store.remove(*store.find(other));
    }
    delta = {};
    store.takeChanges(delta);
    QCOMPARE(delta.removed, std::vector { first });
    const LockId second = store.insert(record("b")).record().id;
    QCOMPARE(second.slot, first.slot);
    QVERIFY(!(second == first));
    delta = {};
    store.takeChanges(delta);
    QCOMPARE(delta.changed.size(), size_t(1));
    QVERIFY(delta.changed.front()->id == second);
}

void TestLockStore::clearIsAReset()
{
    LockStore store;
    store.insert(record("a"));
    LockDelta delta;
    store.takeChanges(delta);
    store.clear();
    QCOMPARE(store.size(), size_t(0));
    store.insert(record("b"));
    delta = {};
    store.takeChanges(delta);
    QVERIFY(delta.reset);
    QVERIFY(delta.removed.empty());
    QCOMPARE(delta.changed.size(), size_t(1));
}

void TestLockStore::agreesWithANaiveModel()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    LockStore store;
    QMap<std::pair<qint32, QByteArray>, QByteArray> model;
    QHash<quint32, LockRecord> mirror; // what a consumer of the deltas knows
    for (int step = 0; step < 60'000; ++step) {
        const qint32 database = qint32(random.bounded(2));
        const QByteArray key = QByteArray::number(random.bounded(1000));
        LockStore::Slot* slot = store.find(database, key);
        QCOMPARE(slot != nullptr, model.contains({ database, key }));
        const QByteArray token = QByteArray::number(step);
        if (!slot) {
            store.insert(record(key, token, database));
            model.insert({ database, key }, token);
        } else if (random.bounded(3) == 0) {
            store.remove(*slot);
            model.remove({ database, key });
        } else {
            store.edit(*slot).token = token;
            store.touch(*slot);
            model.insert({ database, key }, token);
        }
        QCOMPARE(store.size(), size_t(model.size()));
        if (random.bounded(200) != 0)
            continue;
        LockDelta delta;
        store.takeChanges(delta);
        QVERIFY(!store.hasChanges());
        for (const LockId id : delta.removed) {
            QVERIFY(mirror.contains(id.slot) && mirror.value(id.slot).id == id);
            mirror.remove(id.slot);
        }
        for (const LockRecord& changed : delta.changed) {
            QVERIFY(!mirror.contains(changed.id.slot) || mirror.value(changed.id.slot).id == changed.id);
            mirror.insert(changed.id.slot, changed);
        }
        QCOMPARE(mirror.size(), model.size());
        for (const LockRecord& known : std::as_const(mirror))
            QCOMPARE(known.token, model.value({ known.database, known.key }));
    }
}

QTEST_GUILESS_MAIN(TestLockStore)
#include "tst_lockstore.moc"
