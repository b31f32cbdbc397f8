// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;

namespace lockscope {

/// A number and a unit: milliseconds, seconds or minutes.
class DurationEdit final : public QWidget {
    Q_OBJECT
public:
    /// `name`: accessible name of the number; its unit is named after it.
    DurationEdit(const QString& name, Milliseconds minimum, Milliseconds value, QWidget* parent = nullptr);
    [[nodiscard]] Milliseconds duration() const;
    void setDuration(Milliseconds duration);

Q_SIGNALS:
    void durationChanged();

private:
    [[nodiscard]] qint64 unit() const; // in milliseconds

    Milliseconds m_minimum;
    QDoubleSpinBox* m_number;
    QComboBox* m_unit;
};

} // namespace lockscope
