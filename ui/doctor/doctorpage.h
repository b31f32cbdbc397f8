// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QPointer>
#include <QWidget>

#include <array>
#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QToolButton;

namespace lockscope {

class ElidedLabel;
class EnvironmentStrip;
class FindingCard;
class MessageStrip;

/// A window about whether the deployment is safe for locks: findings by severity, each with its evidence and its
/// remedy, and what the server does not let us do. Examines when it is opened, and when asked; never by itself after
/// that.
class DoctorPage final : public QWidget {
    Q_OBJECT
public:
    explicit DoctorPage(QWidget* parent = nullptr);

    void setDeployment(Deployment* deployment);
    void setStatus(const WatchStatus& status);
    void examine();
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] const std::optional<DoctorReport>& report() const { return m_report; }
    /// Shows findings of this severity, or not.
    void setShown(Severity severity, bool shown);
    /// Writes the report: JSON for FILE.json, else text. Errors: Storage.
    [[nodiscard]] Status saveTo(const QString& file) const;
    [[nodiscard]] QList<FindingCard*> cards() const { return m_cards; } ///< all, shown or not

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum Page : quint8 { Empty, Findings };
    [[nodiscard]] QWidget* buildHeader();
    [[nodiscard]] QWidget* buildFilters();
    [[nodiscard]] QWidget* buildEmpty();
    void receive(const Result<DoctorReport>& report);
    void showReport();
    void addSection(Severity severity);
    void addCapabilities();
    void applyFilters();
    void updateState();
    void moveFocus(int step);
    void chooseFile();

    QPointer<Deployment> m_deployment;
    WatchStatus m_status;
    std::optional<DoctorReport> m_report;
    bool m_running = false;
    quint32 m_run = 0; // answers of earlier ones are not shown
    EnvironmentStrip* m_strip;
    MessageStrip* m_message;
    ElidedLabel* m_title = nullptr;
    QLabel* m_verdict = nullptr;
    QLabel* m_verdictIcon = nullptr;
    QLabel* m_emptyText = nullptr;
    QProgressBar* m_progress;
    QStackedWidget* m_pages;
    QScrollArea* m_area;
    QWidget* m_filters = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_export = nullptr;
    std::array<QToolButton*, severityCount> m_toggles {};
    std::array<QWidget*, severityCount> m_sections {};
    QList<FindingCard*> m_cards;
};

} // namespace lockscope
