// SPDX-License-Identifier: GPL-3.0-or-later

// What it costs to ask all families about one key: it is asked for every key of a scan whose value is read.
#include "bench/benchreport.h"
#include "locks/families/familyregistry.h"

#include <QRandomGenerator>
#include <QUuid>

#include <cmath>
#include <ctime>
#include <functional>

using namespace lockscope;

namespace {

constexpr int samples = 100'000;
constexpr int rounds = 5;
constexpr int goalNs = 1000;
constexpr int uuidGoalNs = 2000; // a value that half of the families have to look at

QByteArray randomText(QRandomGenerator& random, int size)
{
    static const QByteArray alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-";
    QByteArray text(size, '\0');
    for (char& c : text)
        c = alphabet[random.bounded(int(alphabet.size()))];
    return text;
}

/// Of this process alone: what else runs on the machine does not count.
qint64 processorNs()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return qint64(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// The fastest of some rounds; answers whether the goal was met.
bool measure(const char* label, int goal, const std::function<KeySample(QRandomGenerator&)>& make)
{
    QRandomGenerator random(17);
    std::vector<KeySample> keys;
    for (int i = 0; i < samples; ++i)
        keys.push_back(make(random));
    const FamilyRegistry& registry = FamilyRegistry::instance();
    qint64 best = 0;
    int recognised = 0;
    for (int round = 0; round < rounds; ++round) {
        const qint64 start = processorNs();
        recognised = 0;
        for (const KeySample& key : keys)
            recognised += registry.recognise(key).id != FamilyId::None;
        const qint64 taken = processorNs() - start;
        best = best == 0 ? taken : std::min(best, taken);
    }
    const double perKey = double(best) / samples;
    return bench::report(label,
        { { QStringLiteral("keys"), samples }, { QStringLiteral("families"), registry.names().size() },
            { QStringLiteral("recognised"), recognised } },
        { { "ns a key", std::round(perKey), double(goal) } });
}

} // namespace

int main()
{
    bool good = measure("families: random keys and values", goalNs, [](QRandomGenerator& random) {
        return KeySample { randomText(random, random.bounded(10, 60)), randomText(random, random.bounded(0, 80)),
            random.bounded(2) ? 60'000 : -1, false };
    });
    good &= measure("families: sessions with a UUID", uuidGoalNs, [](QRandomGenerator& random) {
        return KeySample { "session:" + randomText(random, 24), QUuid::createUuid().toByteArray(QUuid::WithoutBraces),
            60'000, false };
    });
    good &= measure("families: locks with a UUID", uuidGoalNs, [](QRandomGenerator& random) {
        return KeySample { "lock:order:" + randomText(random, 8), QUuid::createUuid().toByteArray(QUuid::WithoutBraces),
            30'000, false };
    });
    return good ? 0 : 1;
}
