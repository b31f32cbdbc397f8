// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditmodel.h"

#include "audit/auditlabels.h"
#include "base/bytetext.h"
#include "deployment/auditbook.h"

#include <QDateTime>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int longestCell = 200;

QString timeText(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString cellText(const AuditEntry& entry, AuditColumn column)
{
    switch (column) {
    case AuditColumn::Time:
        return timeText(entry.atMs);
    case AuditColumn::Who:
        return displayText((entry.osUser + QLatin1Char('@') + entry.host).toUtf8(), longestCell);
    case AuditColumn::Action:
        return auditActionTitle(entry.action);
    case AuditColumn::Key:
        return displayText(entry.key, longestCell);
    case AuditColumn::Token:
        return entry.tokenFingerprint.isEmpty() ? entry.outcomeFingerprint : entry.tokenFingerprint;
    case AuditColumn::Outcome:
        return auditOutcomeTitle(entry.outcome);
    case AuditColumn::Reason:
        return displayText(entry.reason.toUtf8(), longestCell);
    case AuditColumn::Server:
        return displayText(entry.server.toUtf8(), longestCell) + QLatin1Char('/') + QString::number(entry.database);
    }
    return {};
}

} // namespace

AuditModel::AuditModel(AuditBook& book, QObject* parent)
    : QAbstractTableModel(parent)
    , m_book(book)
{
}

void AuditModel::setQuery(const AuditQuery& query)
{
    beginResetModel();
    m_query = query;
    m_query.limit = pageSize;
    m_query.beforeId = 0;
    m_entries.clear();
    m_total = -1;
    m_isComplete = false;
    m_loading = false;
    ++m_generation;
    endResetModel();
    fetchMore({});
    m_book.count(m_query, [this, generation = m_generation](const Result<qint64>& count) {
        if (generation != m_generation || !count)
            return;
        m_total = *count;
        Q_EMIT loadingChanged();
    });
}

const AuditEntry* AuditModel::entryAt(int row) const
{
    return row >= 0 && row < m_entries.size() ? &m_entries.at(row) : nullptr;
}

int AuditModel::rowOf(qint64 id) const
{
    const auto found = std::lower_bound(m_entries.begin(), m_entries.end(), id,
        [](const AuditEntry& entry, qint64 wanted) { return entry.id > wanted; });
    return found != m_entries.end() && found->id == id ? int(found - m_entries.begin()) : -1;
}

int AuditModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_entries.size()); }

int AuditModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : auditColumnCount; }

QVariant AuditModel::data(const QModelIndex& index, int role) const
{
    const AuditEntry* entry = index.isValid() ? entryAt(index.row()) : nullptr;
    if (!entry)
        return {};
    const auto column = AuditColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return cellText(*entry, column);
    case Qt::ForegroundRole:
        if (column == AuditColumn::Outcome)
            return currentColors().tone(auditOutcomeTone(entry->outcome));
        return {};
    default:
        return {};
    }
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (AuditColumn(section)) {
    case AuditColumn::Time:
        return tr("Time");
    case AuditColumn::Who:
        return tr("Who");
    case AuditColumn::Action:
        return tr("Act");
    case AuditColumn::Key:
        return tr("Key");
    case AuditColumn::Token:
        return tr("Token");
    case AuditColumn::Outcome:
        return tr("Outcome");
    case AuditColumn::Reason:
        return tr("Reason");
    case AuditColumn::Server:
        return tr("Server");
    }
    return {};
}

bool AuditModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && !m_loading && !m_isComplete;
}

void AuditModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    m_loading = true;
    AuditQuery page = m_query;
    page.beforeId = m_entries.isEmpty() ? 0 : m_entries.last().id;
    m_book.entries(page,
        [this, generation = m_generation](Result<QList<AuditEntry>> answer) { take(generation, std::move(answer)); });
    Q_EMIT loadingChanged();
}

void AuditModel::take(quint64 generation, Result<QList<AuditEntry>> page)
{
    if (generation != m_generation)
        return;
    m_loading = false;
    if (!page) {
        m_isComplete = true;
        Q_EMIT failed(page.error());
    } else {
        m_isComplete = page->size() < pageSize;
        if (!page->isEmpty()) {
            beginInsertRows({}, int(m_entries.size()), int(m_entries.size() + page->size()) - 1);
            std::move(page->rbegin(), page->rend(), std::back_inserter(m_entries));
            endInsertRows();
        }
    }
    Q_EMIT loadingChanged();
}

} // namespace lockscope
