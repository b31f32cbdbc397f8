// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockorder.h"

#include "locks/suspicion.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace lockscope {

namespace {

// Maps signed to unsigned without changing the order.
quint64 ordered(qint64 value) { return quint64(value) ^ (quint64(1) << 63); }

std::strong_ordering compareBytes(QByteArrayView a, QByteArrayView b)
{
    const qsizetype shared = qMin(a.size(), b.size());
    const int common = shared > 0 ? std::memcmp(a.data(), b.data(), size_t(shared)) : 0;
    return common != 0 ? common <=> 0 : a.size() <=> b.size();
}

// First those that never renewed, then by period; whoever is late comes last.
quint64 rhythmRank(const LockRecord& record)
{
    return record.extras->rhythm ? (quint64(record.extras->rhythm->overdue) << 33) + record.extras->rhythm->periodMs + 1
                                 : 0;
}

} // namespace

int lockSeverity(LockState state)
{
    switch (state) {
    case LockState::Held:
        return 0;
    case LockState::Quorum:
        return 1;
    case LockState::Due:
        return 2;
    case LockState::Stale:
        return 3;
    case LockState::Minority:
        return 4;
    case LockState::NoTtl:
        break;
    }
    return 5;
}

quint64 textRank(QByteArrayView text)
{
    uchar head[8] = {};
    std::copy_n(text.data(), qMin<qsizetype>(8, text.size()), head); // an empty text may have no data at all
    return qFromBigEndian<quint64>(head);
}

bool LockOrder::isText() const
{
    return m_sort.column == LockColumn::Key || m_sort.column == LockColumn::Token || m_sort.column == LockColumn::Owner;
}

quint64 LockOrder::rank(const LockRecord& record) const
{
    switch (m_sort.column) {
    case LockColumn::State:
        return quint64(lockSeverity(record.state));
    case LockColumn::Key:
    case LockColumn::Token:
    case LockColumn::Owner:
        return textRank(text(record));
    case LockColumn::Family:
        return quint64(record.family);
    case LockColumn::Remaining:
        return ordered(record.deadline.time_since_epoch().count());
    case LockColumn::Held:
        return ~ordered(record.heldSince().time_since_epoch().count());
    case LockColumn::Renewals:
        return record.renewals;
    case LockColumn::Database:
        return ordered(record.database);
    case LockColumn::Rhythm:
        return rhythmRank(record);
    case LockColumn::Waiters:
        return ordered(record.waiters);
    case LockColumn::Suspicion:
        return quint64(suspicionScore(record));
    case LockColumn::Node:
        break;
    }
    return record.node;
}

QByteArray LockOrder::text(const LockRecord& record) const
{
    switch (m_sort.column) {
    case LockColumn::Key:
        return record.key;
    case LockColumn::Token:
        return record.hasToken ? record.token : QByteArray();
    case LockColumn::Owner:
        return record.extras->owner.toUtf8();
    default:
        return {};
    }
}

std::strong_ordering LockOrder::compareColumn(const LockRecord& a, const LockRecord& b) const
{
    const auto ascending = [&]() -> std::strong_ordering {
        switch (m_sort.column) {
        case LockColumn::Key:
            return compareBytes(a.key, b.key);
        case LockColumn::Token:
            return compareBytes(a.hasToken ? QByteArrayView(a.token) : QByteArrayView(),
                b.hasToken ? QByteArrayView(b.token) : QByteArrayView());
        case LockColumn::Owner:
            return a.extras->owner == b.extras->owner ? std::strong_ordering::equal : compareBytes(text(a), text(b));
        default:
            return rank(a) <=> rank(b);
        }
    }();
    return m_sort.order == Qt::AscendingOrder ? ascending : 0 <=> ascending;
}

} // namespace lockscope
