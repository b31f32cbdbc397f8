// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/stressrun.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QToolButton;

namespace lockscope {

/// The faults that a run is to have, each with its time: a list, and a row to add to it.
class FaultEditor final : public QWidget {
    Q_OBJECT
public:
    explicit FaultEditor(QWidget* parent = nullptr);
    [[nodiscard]] QList<FaultSpec> faults() const;
    void setFaults(const QList<FaultSpec>& faults);
    /// Those that touch a server can be chosen only for one of our own.
    void setSandbox(bool isSandbox);

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void add();
    void removeCurrent();
    void showChoice();
    void updateButtons();
    void append(const FaultSpec& fault);
    [[nodiscard]] Result<FaultSpec> written() const;

    const QList<StressChoice> m_choices;
    QListWidget* m_list;
    QComboBox* m_name;
    QLineEdit* m_at;
    QLineEdit* m_length;
    QLineEdit* m_every;
    QLineEdit* m_more;
    QLabel* m_none;
    QLabel* m_hint;
    QLabel* m_error;
    QToolButton* m_add;
    QToolButton* m_remove;
};

} // namespace lockscope
