// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QStringList>
#include <QWidget>

class QCPItemRect;
class QCPItemText;
class QCustomPlot;
class QLabel;

namespace lockscope {

/// One figure of a run over its time: a title, the present value, one or two curves, and the faults as shaded bands.
class LabPlot final : public QWidget {
    Q_OBJECT
public:
    enum class Scale : quint8 {
        Linear,
        TwoLinear, ///< the second curve has an axis of its own, on the right
        Logarithmic,
    };
    /// A curve, in seconds since the start of the load; NaN makes a hole.
    struct Curve {
        QVector<double> times;
        QVector<double> values;
    };
    /// `curves`: what each curve is called in the legend; with one there is none.
    LabPlot(
        const QString& title, const QString& tip, Scale scale, const QStringList& curves, QWidget* parent = nullptr);

    /// `value`: what stands beside the title. `seconds`: the time axis ends there.
    void draw(
        const std::vector<Curve>& curves, const std::vector<FaultMark>& faults, double seconds, const QString& value);
    void clear();
    [[nodiscard]] int shownBands() const { return m_shownBands; }
    [[nodiscard]] QCustomPlot* plot() const { return m_plot; }
    [[nodiscard]] QSize sizeHint() const override { return { 300, 176 }; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();
    void buildAxes(Scale scale);
    void drawBands(const std::vector<FaultMark>& faults, double seconds);
    [[nodiscard]] static double highest(const Curve& curve);
    void setRanges(const std::vector<Curve>& curves, double seconds);
    [[nodiscard]] QCPItemRect* band(size_t index);
    [[nodiscard]] QCPItemText* bandName(size_t index);

    const Scale m_scale;
    QLabel* m_value;
    QList<QLabel*> m_legend;
    QCustomPlot* m_plot;
    std::vector<QCPItemRect*> m_bands; // owned by the plot, used again
    std::vector<QCPItemText*> m_names;
    int m_shownBands = 0;
};

} // namespace lockscope
