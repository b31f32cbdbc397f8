// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/linearizability.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace lockscope;

using Outcome = LockOperation::Outcome;
using Verdict = LinearizabilityVerdict::Kind;

static constexpr qint64 ttl = 1000;

static LockOperation op(LockPhase phase, Outcome outcome, quint32 client, qint64 from, qint64 to, quint32 section = 1)
{
    LockOperation made;
    made.phase = phase;
    made.outcome = outcome;
    made.client = client;
    made.section = section;
    made.invoked = from;
    made.returned = to;
    return made;
}
static LockOperation acquire(quint32 client, qint64 from, qint64 to)
{
    return op(LockPhase::Acquire, Outcome::Ok, client, from, to);
}
static LockOperation refusal(quint32 client, qint64 from, qint64 to)
{
    return op(LockPhase::Acquire, Outcome::Refused, client, from, to);
}
static LockOperation release(quint32 client, qint64 from, qint64 to)
{
    return op(LockPhase::Release, Outcome::Ok, client, from, to);
}
static LockOperation lost(quint32 client, qint64 from, qint64 to)
{
    return op(LockPhase::Release, Outcome::Refused, client, from, to);
}
static LockOperation renewal(quint32 client, qint64 from, qint64 to)
{
    return op(LockPhase::Renew, Outcome::Ok, client, from, to);
}
static LockOperation unknown(quint32 client, qint64 from)
{
    return op(LockPhase::Acquire, Outcome::Unknown, client, from, LockOperation::never);
}

static LinearizabilityChecker checker(LockModel model = { ttl, 0, true, true, 1 })
{
    return { model, [](quint32 key) { return QByteArray::number(key); },
        [](const LockOperation& operation) { return QString::number(operation.client); } };
}

static Verdict verdictOf(const std::vector<LockOperation>& history, LockModel model = { ttl, 0, true, true, 1 })
{
    return checker(model).check(history, std::atomic<bool>(false)).kind;
}

class LinearizabilityTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void histories_data();
    void histories();
    void semaphoresCountPermits();
    void aSemaphoreMayHaveBeenFullInBetween();
    void readersShareAndWritersDoNot();
    void theCounterExampleIsMinimal();
    void aMillionOperationsInThirtySeconds();
    void itCanBeEnded();
};

void LinearizabilityTest::histories_data()
{
    QTest::addColumn<std::vector<LockOperation>>("history");
    QTest::addColumn<bool>("isGood");
    const auto row = [](const char* name, bool isGood, const std::vector<LockOperation>& history) {
        QTest::newRow(name) << history << isGood;
    };
    row("one after the other", true, { acquire(1, 0, 10), release(1, 20, 30), acquire(2, 40, 50), release(2, 60, 70) });
    row("granted before the release was answered", true, { acquire(1, 0, 10), release(1, 20, 60), acquire(2, 30, 40) });
    row("granted before the release was sent", false, { acquire(1, 0, 10), acquire(2, 15, 19), release(1, 20, 60) });
    row("granted after the lease", true, { acquire(1, 0, 10), acquire(2, 900, 1001), lost(1, 1500, 1510) });
    row("granted within the lease", false, { acquire(1, 0, 10), acquire(2, 900, 999) });
    row("granted within a renewed lease", false, { acquire(1, 0, 10), renewal(1, 500, 510), acquire(2, 1200, 1210) });
    row("renewed after it was lost", false, { acquire(1, 0, 10), acquire(2, 1100, 1110), renewal(1, 1200, 1210) });
    row("refused while held", true, { acquire(1, 0, 10), refusal(2, 15, 18), release(1, 20, 30) });
    row("refused while the grant was under way", true, { acquire(1, 0, 50), refusal(2, 10, 20) });
    row("refused while the release was under way", true, { acquire(1, 0, 10), release(1, 20, 90), refusal(2, 50, 60) });
    row("refused a free lock", false, { acquire(1, 0, 10), release(1, 20, 30), refusal(2, 40, 50) });
    row("released what was lost", false, { acquire(1, 0, 10), acquire(2, 1100, 1110), release(1, 1200, 1210) });
    row("said to be lost within the lease", false, { acquire(1, 0, 10), lost(1, 500, 510) });
    row("a lost answer explains a refusal", true, { unknown(1, 0), refusal(2, 10, 20) });
    row("a lost answer need not have happened", true, { unknown(1, 0), acquire(2, 10, 20) });
    row("a lost answer that was taken back explains nothing later", false,
        { unknown(1, 0), lost(1, 30, 40), refusal(2, 50, 60) });
    row("a lost answer that was released", true,
        { unknown(1, 0), refusal(2, 10, 20), release(1, 30, 40), acquire(2, 50, 60) });
}

void LinearizabilityTest::histories()
{
    QFETCH(std::vector<LockOperation>, history);
    QFETCH(bool, isGood);
    QCOMPARE(int(verdictOf(history)), int(isGood ? Verdict::Linearizable : Verdict::Violated));
}

void LinearizabilityTest::semaphoresCountPermits()
{
    std::vector<LockOperation> history { acquire(1, 0, 10), acquire(2, 0, 10), acquire(3, 20, 30) };
    for (LockOperation& operation : history)
        operation.mode = LockMode::Permit;
    QCOMPARE(int(verdictOf(history, { ttl, 0, true, true, 3 })), int(Verdict::Linearizable));
    QCOMPARE(int(verdictOf(history, { ttl, 0, true, true, 2 })), int(Verdict::Violated));
}

// Full by a grant whose answer came after that of the release that made room again.
void LinearizabilityTest::aSemaphoreMayHaveBeenFullInBetween()
{
    std::vector<LockOperation> history { acquire(1, 0, 10), acquire(2, 20, 90), refusal(3, 30, 80),
        release(1, 40, 50) };
    for (LockOperation& operation : history)
        operation.mode = LockMode::Permit;
    QCOMPARE(int(verdictOf(history, { ttl, 0, true, true, 2 })), int(Verdict::Linearizable));
    history[1].invoked = 55;
    QCOMPARE(int(verdictOf(history, { ttl, 0, true, true, 2 })), int(Verdict::Violated));
}

void LinearizabilityTest::readersShareAndWritersDoNot()
{
    std::vector<LockOperation> history { acquire(1, 0, 10), acquire(2, 5, 12), release(1, 20, 30), release(2, 20, 40),
        acquire(3, 30, 50) };
    history[0].mode = history[1].mode = LockMode::Read;
    QCOMPARE(int(verdictOf(history)), int(Verdict::Linearizable));
    history[1].mode = LockMode::Exclusive;
    QCOMPARE(int(verdictOf(history)), int(Verdict::Violated));
}

/// A sound history of many clients on one key, with polling refusals.
static std::vector<LockOperation> soundHistory(int sections, quint32 clients, quint32 keys, QRandomGenerator& random)
{
    std::vector<LockOperation> history;
    std::vector<qint64> free(keys, 0);
    for (int i = 0; i < sections; ++i) {
        const quint32 key = random.bounded(keys);
        const quint32 client = random.bounded(clients);
        const qint64 start = free[key];
        LockOperation taken = acquire(client, start - 20, start + 10);
        LockOperation given = release(client, start + 30, start + 50);
        LockOperation refused = refusal(clients + random.bounded(clients), start + 12, start + 28);
        for (LockOperation* operation : { &taken, &given, &refused }) {
            operation->section = quint32(i);
            operation->key = key;
            history.push_back(*operation);
        }
        free[key] = start + 45;
    }
    return history;
}

void LinearizabilityTest::theCounterExampleIsMinimal()
{
    QRandomGenerator random(42);
    std::vector<LockOperation> history = soundHistory(2000, 20, 1, random);
    QCOMPARE(int(verdictOf(history)), int(Verdict::Linearizable));
    // A second grant in the middle of a section.
    const LockOperation held = history[3 * 1000];
    LockOperation intruder = acquire(99, held.returned + 2, held.returned + 5);
    intruder.section = 5000;
    history.push_back(intruder);
    const LinearizabilityVerdict verdict = checker().check(history, std::atomic<bool>(false));
    QCOMPARE(int(verdict.kind), int(Verdict::Violated));
    // The holder's grant and release, and the intruder: nothing else.
    QVERIFY2(verdict.counterExample.size() <= 3, qPrintable(verdict.counterExample.join(QLatin1Char('\n'))));
    QVERIFY(verdict.counterExample.contains(QStringLiteral("99")));
    QVERIFY(verdict.counterExample.contains(QString::number(held.client)));
}

void LinearizabilityTest::aMillionOperationsInThirtySeconds()
{
    QRandomGenerator random(7);
    const std::vector<LockOperation> history = soundHistory(340'000, 64, 4, random);
    QVERIFY(history.size() > 1'000'000);
    const LinearizabilityVerdict verdict = checker().check(history, std::atomic<bool>(false));
    QCOMPARE(int(verdict.kind), int(Verdict::Linearizable));
    QCOMPARE(verdict.operations, quint64(history.size()));
    qInfo("%lld ms for %zu operations", verdict.microseconds / 1000, history.size());
    QVERIFY(verdict.microseconds < 30'000'000);
}

void LinearizabilityTest::itCanBeEnded()
{
    const LinearizabilityVerdict verdict = checker().check({ acquire(1, 0, 10) }, std::atomic<bool>(true));
    QCOMPARE(int(verdict.kind), int(Verdict::Undecided));
}

QTEST_GUILESS_MAIN(LinearizabilityTest)
#include "tst_linearizability.moc"
