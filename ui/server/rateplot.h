// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/ratehistory.h"

#include <QWidget>

class QCustomPlot;
class QLabel;

namespace lockscope {

/// One rate over the last minutes: its title, its present figure, and a curve that has a hole where the connection was
/// down. Drawn only when it is told to.
class RatePlot final : public QWidget {
    Q_OBJECT
public:
    RatePlot(Rate rate, const QString& title, const QString& tip, QWidget* parent = nullptr);
    /// Draws the last `spanMs` before `nowMs`.
    void draw(const RateHistory& history, qint64 spanMs, qint64 nowMs);
    [[nodiscard]] QCustomPlot* plot() const { return m_plot; }
    [[nodiscard]] QSize sizeHint() const override { return { 320, 170 }; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();
    [[nodiscard]] QString valueText(double value) const;

    Rate m_rate;
    QString m_title;
    QLabel* m_heading;
    QLabel* m_value;
    QCustomPlot* m_plot;
};

} // namespace lockscope
