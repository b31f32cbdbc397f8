// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stresslab/comparemodel.h"

#include <QWidget>

class QCPErrorBars;
class QCPGraph;
class QCustomPlot;

namespace lockscope {

/// One figure of several strategies or runs side by side: a point each, with its confidence interval.
class ComparePlot final : public QWidget {
    Q_OBJECT
public:
    explicit ComparePlot(QWidget* parent = nullptr);
    void draw(const std::vector<ComparedRow>& rows, CompareColumn column);
    [[nodiscard]] int points() const { return m_points; }
    [[nodiscard]] QSize sizeHint() const override { return { 420, 260 }; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();

    QCustomPlot* m_plot;
    QCPGraph* m_held; // owned by the plot
    QCPGraph* m_violated;
    QCPErrorBars* m_heldBars;
    QCPErrorBars* m_violatedBars;
    int m_points = 0;
};

} // namespace lockscope
