// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fakedeployment.h"

// The generator of FakeDeployment's locks.

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto ageOfOddities = 73s;

SteadyTime now() { return SystemClock::instance().now(); }

} // namespace

QByteArray FakeDeployment::randomName()
{
    return QByteArray::number(m_random.generate64(), 16).rightJustified(16, '0');
}

void FakeDeployment::generate()
{
    static constexpr const char* prefixes[]
        = { "orders:lock:", "lock:invoice:", "billing:charge:lock:", "cron:", "stock:reserve:{eu}:" };
    for (int i = 0; i < m_options.locks; ++i) {
        LockRecord record;
        record.key = prefixes[m_random.bounded(int(std::size(prefixes)))] + QByteArray::number(m_random.bounded(100000))
            + QByteArray::number(i);
        record.token = randomName() + randomName().left(8);
        if (m_random.bounded(4) == 0)
            record.token = "worker-" + QByteArray::number(m_random.bounded(40)) + ':'
                + QByteArray::number(m_random.bounded(2000, 32000));
        record.lease = Milliseconds(1000 * m_random.bounded(10, 120));
        record.deadline = now() + Milliseconds(m_random.bounded(500, int(record.lease.count())));
        record.firstSeen = now() - Milliseconds(m_random.bounded(300000));
        record.acquiredAt = m_random.bounded(3) ? record.firstSeen : unknownTime;
        record.renewals = quint32(m_random.bounded(3) ? 0 : m_random.bounded(60));
        if (record.token.startsWith("worker-"))
            record.extras.set(&LockExtras::owner, QString::fromLatin1(record.token));
        putRecord(record);
    }
    if (m_options.locks > 10)
        generateOddities();
}

// Each once: what makes a table ugly.
void FakeDeployment::generateOddities()
{
    const auto odd = [this](const QByteArray& key, const QByteArray& token, Milliseconds ttl) {
        LockRecord record;
        record.key = key;
        record.token = token;
        record.lease = ttl;
        record.deadline = ttl.count() > 0 ? now() + ttl : noDeadline;
        record.firstSeen = now() - ageOfOddities;
        putRecord(record);
    };
    odd("migrations:lock", "deploy-4711@build-7", 0ms);
    odd("lock:" + QByteArray(2000, 'k') + ":end", randomName(), 45s);
    odd(QByteArray("lock:\x00\x01\xff\xfe:binary", 16), QByteArray("\x8f\x00\x1b\xc3\x28\xde\xad\xbe\xef", 9), 50s);
    odd("lock:invoice\xE2\x80\xAEgnp.exe", "tok\xE2\x80\x8B\xE2\x80\xAE-77", 55s);
    odd("lock:\xE5\xBA\x93\xE5\xAD\x98:\xE4\xB8\x8A\xE6\xB5\xB7", "worker-\xE4\xB8\x80", 58s);
    odd("lock:nearly-gone", randomName(), 2s);
}

} // namespace lockscope
