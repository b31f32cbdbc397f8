// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/activitymodel.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/bytesview.h"
#include "common/icons.h"
#include "common/locktext.h"
#include "common/plaintip.h"

#include <QFont>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int maximumKeyCharacters = 200;
constexpr int maximumTokenCharacters = 24;
constexpr int dotSize = 12;
constexpr std::size_t readableAtOnce = 64;
constexpr auto rushInterval = std::chrono::milliseconds(250);

// A shape for the kinds that matter, besides colour and word.
QString kindIcon(LockEventKind kind)
{
    switch (kind) {
    case LockEventKind::Acquired:
        return QStringLiteral("lock");
    case LockEventKind::Renewed:
        return QStringLiteral("extend");
    case LockEventKind::HolderChanged:
    case LockEventKind::LostTtl:
    case LockEventKind::Gap:
        return QStringLiteral("warning");
    case LockEventKind::Released:
        return QStringLiteral("release");
    case LockEventKind::Expired:
        return QStringLiteral("state-due");
    case LockEventKind::Evicted:
        return QStringLiteral("danger");
    case LockEventKind::Found:
        break;
    }
    return QStringLiteral("search");
}

QString sourceText(LockEventSource source)
{
    switch (source) {
    case LockEventSource::Notification:
        return ActivityModel::tr("Told by the server's notification");
    case LockEventSource::Verify:
        return ActivityModel::tr("Found by reading the key");
    case LockEventSource::Tracking:
        return ActivityModel::tr("Client tracking named the key; it was read then");
    case LockEventSource::Pass:
        break;
    }
    return ActivityModel::tr("Found by a pass over the key space; it happened some time before");
}

QString doubtText(const LockEvent& event)
{
    if (event.kind == LockEventKind::HolderChanged)
        return ActivityModel::tr("Nobody said whether it was released, or expired, in between");
    return event.kind == LockEventKind::Expired
        ? ActivityModel::tr("Nobody said how it ended: it is gone, and its time was over")
        : ActivityModel::tr("Nobody said how it ended: it is gone before its time, released or evicted");
}

} // namespace

ActivityModel::ActivityModel(int capacity, QObject* parent)
    : QAbstractTableModel(parent)
    , m_capacity(std::size_t(qMax(1, capacity)))
{
    m_rush.setSingleShot(true);
    m_rush.setInterval(rushInterval);
    connect(&m_rush, &QTimer::timeout, this, [this] {
        if (!m_paused && !m_waiting.empty())
            append(std::exchange(m_waiting, {}));
    });
}

void ActivityModel::append(const std::vector<LockEvent>& events)
{
    if (m_paused || m_rush.isActive()) {
        wait(events);
        return;
    }
    if (events.size() > readableAtOnce)
        m_rush.start();
    show(events);
}

void ActivityModel::wait(const std::vector<LockEvent>& events)
{
    m_waiting.insert(m_waiting.end(), events.begin(), events.end());
    if (m_waiting.size() > m_capacity)
        m_waiting.erase(m_waiting.begin(), m_waiting.end() - std::ptrdiff_t(m_capacity));
}

void ActivityModel::clear()
{
    beginResetModel();
    m_all.clear();
    m_shown.clear();
    m_waiting.clear();
    endResetModel();
}

void ActivityModel::setFilter(const std::optional<ActivityFilter>& filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    refill();
}

void ActivityModel::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused)
        show(std::exchange(m_waiting, {}));
}

const LockEvent* ActivityModel::eventAt(int row) const
{
    if (row < 0 || std::size_t(row) >= m_shown.size())
        return nullptr;
    return &m_shown[m_shown.size() - 1 - std::size_t(row)];
}

int ActivityModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_shown.size()); }

int ActivityModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : activityColumnCount; }

QVariant ActivityModel::data(const QModelIndex& index, int role) const
{
    const LockEvent* event = index.isValid() ? eventAt(index.row()) : nullptr;
    if (!event)
        return {};
    const auto column = ActivityColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return textOf(*event, column);
    case Qt::ToolTipRole:
        return plainTip(tipOf(*event, column));
    case Qt::DecorationRole:
        if (column != ActivityColumn::Event)
            return {};
        return tintedPixmap(kindIcon(event->kind), currentColors().tone(lockEventTone(event->kind)), dotSize);
    case Qt::ForegroundRole:
        if (column == ActivityColumn::Event && lockEventTone(event->kind) != Tone::Neutral)
            return currentColors().tone(lockEventTone(event->kind));
        return {};
    case Qt::FontRole:
        return column == ActivityColumn::Token || column == ActivityColumn::Time ? QVariant(fixedFont()) : QVariant();
    case Qt::TextAlignmentRole:
        return int(
            column == ActivityColumn::Ttl ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case KindRole:
        return int(event->kind);
    default:
        return {};
    }
}

QVariant ActivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (ActivityColumn(section)) {
    case ActivityColumn::Time:
        return tr("Time");
    case ActivityColumn::Event:
        return tr("Event");
    case ActivityColumn::Key:
        return tr("Key");
    case ActivityColumn::Token:
        return tr("Holder token");
    case ActivityColumn::Ttl:
        return tr("TTL");
    }
    return {};
}

bool ActivityModel::accepts(const LockEvent& event) const
{
    if (!m_filter || event.kind == LockEventKind::Gap)
        return true;
    return event.key == m_filter->key && event.database == m_filter->database;
}

void ActivityModel::show(const std::vector<LockEvent>& events)
{
    // More than the ring holds: only the newest matter.
    const auto first = events.size() > m_capacity ? events.end() - std::ptrdiff_t(m_capacity) : events.begin();
    std::vector<LockEvent> fresh;
    std::copy_if(
        first, events.end(), std::back_inserter(fresh), [this](const LockEvent& event) { return accepts(event); });
    m_all.insert(m_all.end(), first, events.end());
    if (!fresh.empty()) {
        beginInsertRows({}, 0, int(fresh.size()) - 1);
        m_shown.insert(m_shown.end(), fresh.begin(), fresh.end());
        endInsertRows();
    }
    if (m_all.size() <= m_capacity)
        return;
    const auto surplus = std::ptrdiff_t(m_all.size() - m_capacity);
    const auto leaving = std::count_if(
        m_all.begin(), m_all.begin() + surplus, [this](const LockEvent& event) { return accepts(event); });
    m_all.erase(m_all.begin(), m_all.begin() + surplus);
    if (leaving > 0) {
        const int rows = int(m_shown.size());
        beginRemoveRows({}, rows - int(leaving), rows - 1);
        m_shown.erase(m_shown.begin(), m_shown.begin() + leaving);
        endRemoveRows();
    }
}

void ActivityModel::refill()
{
    beginResetModel();
    m_shown.clear();
    std::copy_if(m_all.begin(), m_all.end(), std::back_inserter(m_shown),
        [this](const LockEvent& event) { return accepts(event); });
    endResetModel();
}

QString ActivityModel::textOf(const LockEvent& event, ActivityColumn column) const
{
    switch (column) {
    case ActivityColumn::Time:
        return wallTimeText(event.atMs);
    case ActivityColumn::Event:
        return lockEventTitle(event);
    case ActivityColumn::Key:
        if (event.kind == LockEventKind::Gap)
            return tr("events since %1 may be missing; the state was read anew").arg(wallTimeText(event.sinceMs));
        return displayText(event.key, maximumKeyCharacters);
    case ActivityColumn::Token:
        return tokenText(event.token, maximumTokenCharacters);
    case ActivityColumn::Ttl:
        return event.ttlMs < 0 ? QString() : durationText(Milliseconds(event.ttlMs));
    }
    return {};
}

QString ActivityModel::tipOf(const LockEvent& event, ActivityColumn column) const
{
    switch (column) {
    case ActivityColumn::Event:
        return sourceText(event.source) + QLatin1Char('\n')
            + (event.certain ? QString() : doubtText(event) + QLatin1Char('\n')) + tipOf(event, ActivityColumn::Token);
    case ActivityColumn::Token:
        if (event.kind == LockEventKind::HolderChanged)
            return tr("%1, before it %2")
                .arg(
                    tokenText(event.token, maximumKeyCharacters), tokenText(event.previousToken, maximumKeyCharacters));
        return tokenText(event.token, maximumKeyCharacters);
    case ActivityColumn::Time:
    case ActivityColumn::Key:
    case ActivityColumn::Ttl:
        break;
    }
    return textOf(event, column);
}

} // namespace lockscope
