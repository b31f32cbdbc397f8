// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QToolButton>

class QLabel;
class QSpinBox;

namespace lockscope {

/// What we cost the server, live, and the budget for it: a click opens it for change.
class LoadMeter final : public QToolButton {
    Q_OBJECT
public:
    explicit LoadMeter(QWidget* parent = nullptr);
    void setStatus(const WatchStatus& status);
    /// Keys a second, as the operator wants it; says nothing.
    void setBudget(int keysPerSecond);
    [[nodiscard]] int budget() const;

Q_SIGNALS:
    void budgetChosen(int keysPerSecond);

private:
    [[nodiscard]] QWidget* makePanel();
    void refresh();

    WatchStatus m_status;
    QSpinBox* m_spin = nullptr;
    QLabel* m_present = nullptr;
};

} // namespace lockscope
