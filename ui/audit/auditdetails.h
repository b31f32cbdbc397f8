// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"

#include <QScrollArea>

#include <vector>

class QLabel;

namespace lockscope {

/// Everything that one entry says, a line a fact; lines without a fact are not shown.
class AuditDetails final : public QScrollArea {
    Q_OBJECT
public:
    explicit AuditDetails(QWidget* parent = nullptr);
    void showEntry(const AuditEntry* entry); ///< null: nothing is selected

private:
    void set(size_t line, const QString& text);

    QLabel* m_nothing;
    QWidget* m_facts;
    std::vector<QLabel*> m_titles;
    std::vector<QLabel*> m_values;
};

} // namespace lockscope
