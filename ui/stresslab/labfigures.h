// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QWidget>

#include <array>

class QLabel;

namespace lockscope {

/// The figures of a run in a row: how much, how fast, how fair.
class LabFigures final : public QWidget {
    Q_OBJECT
public:
    enum Figure : quint8 { Sections, Rate, Acquire, Wait, Attempts, Lost, Fairness, Orphans, Errors, figureCount };

    explicit LabFigures(QWidget* parent = nullptr);
    void clear();
    void show(const StressProgress& progress);
    void show(const StressReport& report);
    [[nodiscard]] QString value(Figure figure) const;

private:
    void set(Figure figure, const QString& text);
    void showCounters(const StressCounters& counters, const OracleCounts& oracle);
    void showLatencies(const LatencySummary& acquire, const LatencySummary& wait);

    std::array<QLabel*, figureCount> m_values {};
};

} // namespace lockscope
