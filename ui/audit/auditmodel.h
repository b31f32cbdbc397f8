// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"

#include <QAbstractTableModel>

namespace lockscope {

class AuditBook;

enum class AuditColumn : quint8 { Time, Who, Action, Key, Token, Outcome, Reason, Server };
inline constexpr int auditColumnCount = int(AuditColumn::Server) + 1;

/// The entries of the audit log, the newest first, fetched page by page as the view scrolls: a log of any length opens
/// at once. Files are read in the pool; an answer to an older question is dropped.
class AuditModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int pageSize = 500;

    /// `book` outlives it.
    explicit AuditModel(AuditBook& book, QObject* parent = nullptr);

    /// Begins anew with this query; its limit and beforeId are the model's own.
    void setQuery(const AuditQuery& query);
    [[nodiscard]] const AuditQuery& query() const { return m_query; }
    void reload() { setQuery(m_query); }
    [[nodiscard]] const AuditEntry* entryAt(int row) const;
    [[nodiscard]] int rowOf(qint64 id) const; ///< -1: not there (yet)
    [[nodiscard]] bool isLoading() const { return m_loading; }
    /// How many entries the query lets through in all; -1 while that is being counted.
    [[nodiscard]] qint64 total() const { return m_total; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

Q_SIGNALS:
    void loadingChanged();
    void failed(const lockscope::Error& error);

private:
    void take(quint64 generation, Result<QList<AuditEntry>> page);

    AuditBook& m_book;
    AuditQuery m_query;
    QList<AuditEntry> m_entries; // the newest first
    qint64 m_total = -1;
    quint64 m_generation = 0; // of the query
    bool m_loading = false;
    bool m_isComplete = false; // the oldest is there
};

} // namespace lockscope
