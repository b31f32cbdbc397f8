// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "stress/stressreport.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace lockscope {

class FaultButtons;
class LabFigures;
class LabPlot;
class LanesView;
class MessageStrip;
class ViolationDetails;
class ViolationModel;

/// One run on screen, while it goes on and after: verdict, figures, plots, lanes, violations.
class RunView final : public QWidget {
    Q_OBJECT
public:
    explicit RunView(QWidget* parent = nullptr);

    /// Empties everything for a run that begins.
    void begin(const StressConfig& config);
    void show(const StressProgress& progress);
    void show(const StressReport& report);
    void showError(const Error& error);
    /// Opens a violation on the lanes, and takes the focus there.
    void openViolation(int row);

    [[nodiscard]] FaultButtons* faultButtons() const { return m_buttons; }
    [[nodiscard]] LanesView* lanes() const { return m_lanes; }
    [[nodiscard]] ViolationModel* violations() const { return m_model; }
    [[nodiscard]] QTableView* violationTable() const { return m_table; }
    [[nodiscard]] ViolationDetails* details() const { return m_details; }
    [[nodiscard]] MessageStrip* verdict() const { return m_verdict; }
    [[nodiscard]] LabFigures* figures() const { return m_figures; }
    [[nodiscard]] LabPlot* throughputPlot() const { return m_throughput; }
    [[nodiscard]] LabPlot* latencyPlot() const { return m_latency; }
    [[nodiscard]] LabPlot* contentionPlot() const { return m_contention; }

private:
    [[nodiscard]] QWidget* buildPlots();
    [[nodiscard]] QWidget* buildLanes();
    [[nodiscard]] QWidget* buildViolations();
    void wire();
    void drawPlots(const std::vector<StressSample>& samples, const std::vector<FaultMark>& faults, qint64 elapsed);
    void setViolations(const std::vector<Violation>& violations, const std::vector<LaneScene>& scenes);
    void showVerdict(const StressProgress& progress);
    void showVerdict(const StressReport& report);
    void showCurrent(int row);
    void stepViolation(int by);

    MessageStrip* m_verdict;
    LabFigures* m_figures;
    FaultButtons* m_buttons;
    LabPlot* m_throughput;
    LabPlot* m_latency;
    LabPlot* m_contention;
    LanesView* m_lanes;
    ViolationModel* m_model;
    QTableView* m_table;
    ViolationDetails* m_details;
    QLabel* m_noViolations;
    QToolButton* m_follow;
    QToolButton* m_zoomIn;
    QToolButton* m_zoomOut;
    QToolButton* m_previous;
    QToolButton* m_next;
    QStackedWidget* m_pages;
    bool m_isOver = false;
};

} // namespace lockscope
