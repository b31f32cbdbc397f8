// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QWidget>

#include <array>

class QLabel;

namespace lockscope {

/// All of one violation: what happened and why, and both clients side by side, with their tokens and times.
class ViolationDetails final : public QWidget {
    Q_OBJECT
public:
    explicit ViolationDetails(QWidget* parent = nullptr);
    /// Null: none is chosen.
    void show(const Violation* violation);
    [[nodiscard]] QString text() const; ///< everything that is on screen, for reading out and for tests

private:
    enum Row : quint8 { Who, Token, Asked, Entered, LeaseEnd, Left, rowCount };
    void showParty(size_t side, const ViolationParty& party);

    QLabel* m_title;
    QLabel* m_cause;
    QWidget* m_table;
    std::array<std::array<QLabel*, rowCount>, 2> m_values {};
    std::array<QLabel*, rowCount> m_names {};
};

} // namespace lockscope
