// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QAbstractScrollArea>

#include <deque>
#include <functional>
#include <optional>

namespace lockscope {

/// The clients of a run as lanes over time: when each waited, held a lock, stood still or was dead, with the faults as
/// bands. Follows a run, or stands still on a violation. Shows the first clients and those that a violation is about;
/// keeps a bounded number of stretches.
class LanesView final : public QAbstractScrollArea {
    Q_OBJECT
public:
    static constexpr size_t mostSpans = 40'000;
    static constexpr qint64 shortestView = 20'000; ///< ns

    explicit LanesView(QWidget* parent = nullptr);

    void clear();
    /// The newest state of a run; what was seen before is kept.
    void addProgress(const StressProgress& progress);
    /// Goes to that instant and stays: both clients on top, the time of the violation marked.
    void showViolation(const Violation& violation, const LaneScene& scene);
    /// Goes with the end of the run; without a mark.
    void follow();

    [[nodiscard]] bool isFollowing() const { return m_isFollowing; }
    [[nodiscard]] LaneStretch shown() const; ///< the visible time
    [[nodiscard]] const std::optional<Violation>& marked() const { return m_marked; }
    [[nodiscard]] const std::vector<qint32>& clients() const { return m_clients; } ///< in the order of their lanes
    /// Where the lanes of a client are; empty if it has none.
    [[nodiscard]] QRect laneRect(qint32 client) const;
    /// Stretches of a client within the visible time.
    [[nodiscard]] std::vector<LaneSpan> visibleSpans(qint32 client) const;

    void zoom(double factor, double at = 0.5); ///< `at`: the part of the width that stays in its place
    void pan(double part); ///< of the visible time

    [[nodiscard]] QSize sizeHint() const override { return { 700, 260 }; }

Q_SIGNALS:
    void followingChanged(bool following);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Palette;
    [[nodiscard]] double xOf(qint64 time) const;
    [[nodiscard]] qint64 timeAt(double x) const;
    [[nodiscard]] int laneTop(size_t lane) const;
    [[nodiscard]] std::optional<size_t> laneOf(qint32 client) const;
    [[nodiscard]] bool isParty(qint32 client) const;
    /// Every stretch within the visible time.
    void eachSpan(const std::function<void(const LaneSpan&)>& visit) const;
    void learnClients();
    void setFollowing(bool following);
    void setStretch(qint64 from, qint64 until);
    void fitToEnd();
    void updateScrollBar();
    void updateDescription();
    void showTip(const QPoint& at, const QPoint& global);
    void paintLanes(QPainter& painter, const Palette& colors) const;
    void paintFaults(QPainter& painter, const Palette& colors) const;
    void paintSpan(QPainter& painter, const Palette& colors, const LaneSpan& span, size_t lane) const;
    void paintMark(QPainter& painter, const Palette& colors) const;
    void paintRuler(QPainter& painter, const Palette& colors) const;
    void paintGutter(QPainter& painter, const Palette& colors) const;
    void paintLegend(QPainter& painter, const Palette& colors) const;

    std::deque<LaneSpan> m_spans;
    quint64 m_seen = 0;
    std::vector<LaneSpan> m_goingOn;
    std::vector<LaneSpan> m_scene; ///< of the marked violation, its parties included
    std::vector<FaultMark> m_faults;
    std::optional<Violation> m_marked;
    std::vector<qint32> m_clients;
    qint64 m_end = 0; ///< of the run so far
    qint64 m_from = 0;
    qint64 m_until = 1'000'000'000;
    qint64 m_followed = 2'000'000'000; ///< length of the visible time while following
    int m_totalClients = 0;
    bool m_isFollowing = true;
    std::optional<QPoint> m_dragFrom;
};

} // namespace lockscope
