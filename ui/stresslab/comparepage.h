// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stresslab/comparemodel.h"

#include <QWidget>

#include <functional>

class QComboBox;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;

namespace lockscope {

class ComparePlot;
class MessageStrip;

/// Several strategies under one load, each several times and in turn, with confidence intervals; beside them the single
/// runs of this session.
class ComparePage final : public QWidget {
    Q_OBJECT
public:
    /// `load`: what the runs are told, beside their strategy; asked when a comparison starts.
    explicit ComparePage(std::function<StressConfig()> load, QWidget* parent = nullptr);
    ~ComparePage() override; ///< stops what runs, and waits for its clean-up

    void addRun(const StressReport& report) { m_model->addRun(report); }
    /// A single run goes on, or the load is no good: no comparison may start.
    void setBusy(bool busy);
    void start();
    void stop(); ///< `runningChanged` follows
    [[nodiscard]] bool isRunning() const { return m_comparison != nullptr; }
    void choose(const QList<QByteArray>& strategies, int repeats);
    void exportTo(const QString& file);

    [[nodiscard]] CompareModel* model() const { return m_model; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] ComparePlot* plot() const { return m_plot; }
    [[nodiscard]] MessageStrip* message() const { return m_message; }
    [[nodiscard]] QPushButton* startButton() const { return m_start; }

Q_SIGNALS:
    void runningChanged();

private:
    [[nodiscard]] QWidget* buildChoice();
    [[nodiscard]] QWidget* buildResult();
    void buildTable();
    void wire();
    [[nodiscard]] ComparisonPlan plan() const;
    void updateState();
    void onRunEnded();
    void onFinished();
    void showStep();
    void redraw();
    void chooseExport();

    const std::function<StressConfig()> m_load;
    CompareModel* m_model;
    QListWidget* m_strategies;
    QSpinBox* m_repeats;
    QPushButton* m_start;
    QPushButton* m_stop;
    QPushButton* m_export;
    QProgressBar* m_progress;
    MessageStrip* m_message;
    QTableView* m_table;
    QComboBox* m_figure;
    ComparePlot* m_plot;
    std::unique_ptr<StressComparison> m_comparison;
    std::optional<ComparisonReport> m_last;
    bool m_isBusy = false;
};

} // namespace lockscope
