// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"
#include "server/ratehistory.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <array>
#include <optional>

class QComboBox;
class QLabel;
class QProgressBar;
class QStackedWidget;
class QToolButton;

namespace lockscope {

class MessageStrip;
class RatePlot;

/// A window about the server: what it is, how whole the picture of its locks is, which lock libraries it has served,
/// what we cost it, and rates over the last minutes. While it is hidden nothing is asked or drawn.
class ServerPage final : public QWidget {
    Q_OBJECT
public:
    /// `history` outlives the page and is filled by the window.
    explicit ServerPage(RateHistory& history, QWidget* parent = nullptr);

    void setDeployment(Deployment* deployment);
    void setStatus(const WatchStatus& status);
    /// Holds the plots still; the rates are collected on.
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_pausedAtMs.has_value(); }
    [[nodiscard]] RatePlot* plot(Rate rate) const { return m_plots[size_t(rate)]; }
    [[nodiscard]] int draws() const { return m_draws; } ///< how often the plots were drawn

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum Row : quint8 {
        Address,
        Name,
        Role,
        Policy,
        Memory,
        Clients,
        Latency,
        Locks,
        Pass,
        Scan,
        Gap,
        Listening,
        ClientList,
        Load,
        Budget,
        Backlog,
        Events,
        rowCount
    };
    [[nodiscard]] QWidget* buildHeader();
    [[nodiscard]] QWidget* buildFacts();
    [[nodiscard]] QWidget* buildSection(const QString& title, Row first, Row last);
    [[nodiscard]] QWidget* buildLibraries();
    [[nodiscard]] QWidget* buildPlots();
    void tick();
    void askServer();
    void refresh();
    void draw();
    void set(Row row, const QString& text);
    [[nodiscard]] qint64 spanMs() const;

    RateHistory& m_history;
    QPointer<Deployment> m_deployment;
    WatchStatus m_status;
    std::optional<ServerReport> m_report;
    bool m_asking = false;
    std::optional<qint64> m_pausedAtMs;
    int m_ticks = 0;
    int m_draws = 0;
    QTimer m_timer;
    std::array<QLabel*, rowCount> m_values {};
    std::array<RatePlot*, rateCount> m_plots {};
    MessageStrip* m_message;
    QLabel* m_title = nullptr;
    QLabel* m_pausedNote = nullptr;
    QLabel* m_libraries = nullptr;
    QProgressBar* m_progress = nullptr;
    QStackedWidget* m_plotPages = nullptr;
    QComboBox* m_span = nullptr;
    QToolButton* m_pause = nullptr;
};

} // namespace lockscope
