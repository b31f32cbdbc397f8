// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stresslab/labsetup.h"

#include <memory>

class QMenu;
class QProgressBar;
class QTabWidget;

namespace lockscope {

class ComparePage;
class MessageStrip;
class RunView;
class Settings;

/// The stress lab: virtual clients on a lock strategy, harm by a timeline or by button, and whether the lock held. Runs
/// on a sandbox of its own or, where that is allowed, on the servers of the current connection.
class StressLabWindow final : public QWidget {
    Q_OBJECT
public:
    /// `settings` outlives it.
    explicit StressLabWindow(Settings& settings, QWidget* parent = nullptr);
    ~StressLabWindow() override; ///< stops what runs, and waits for its clean-up

    void setConnection(const LabConnection& connection);
    void start();
    void stop(); ///< the report follows
    [[nodiscard]] bool isRunning() const { return m_run != nullptr; }
    /// Of the last run; null before its end, or where it failed.
    [[nodiscard]] const std::shared_ptr<const StressReport>& report() const { return m_report; }
    /// Writes it; the dialog for the file's name ends here. `.html` for people, else JSON.
    void exportTo(const QString& file);

    [[nodiscard]] LabSetup* setup() const { return m_setup; }
    [[nodiscard]] RunView* view() const { return m_view; }
    [[nodiscard]] ComparePage* comparison() const { return m_compare; }
    [[nodiscard]] QTabWidget* tabs() const { return m_tabs; }
    [[nodiscard]] MessageStrip* message() const { return m_message; }
    [[nodiscard]] QPushButton* startButton() const { return m_start; }
    [[nodiscard]] QPushButton* stopButton() const { return m_stop; }

Q_SIGNALS:
    void runEnded(); ///< report() is that of the run, or null

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QWidget* buildSide();
    [[nodiscard]] QWidget* buildControls();
    void wire();
    void updateState();
    void pull();
    void onFinished();
    void showProgress(const StressProgress& progress);
    void fire(const FaultSpec& fault);
    void chooseExport(const QString& suffix);

    Settings& m_settings;
    LabSetup* m_setup;
    RunView* m_view;
    ComparePage* m_compare;
    QTabWidget* m_tabs;
    MessageStrip* m_message; // what is wrong with the setup
    QPushButton* m_start;
    QPushButton* m_stop;
    QPushButton* m_export;
    QProgressBar* m_progress;
    StressConfig m_config; // of the run
    std::shared_ptr<const StressReport> m_report;
    std::unique_ptr<StressRun> m_run;
};

} // namespace lockscope
