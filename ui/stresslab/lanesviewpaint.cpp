// SPDX-License-Identifier: GPL-3.0-or-later

// How the lanes are painted.
#include "base/bytetext.h"
#include "common/theme.h"
#include "stresslab/labtext.h"
#include "stresslab/lanesmeasures.h"
#include "stresslab/lanesview.h"

#include <QLocale>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <cmath>

namespace lockscope {

namespace {

constexpr int tickDistance = 110; // pixels, about
constexpr int tokenEnd = 8; // last characters of a token
constexpr int kinds = 4;

/// A round time, about as long as `ns`: 1, 2 or 5 times a power of ten.
qint64 roundStep(double ns)
{
    const double decade = std::pow(10, std::floor(std::log10(std::max(1.0, ns))));
    for (const double step : { 1.0, 2.0, 5.0 }) {
        if (ns <= step * decade)
            return qint64(step * decade);
    }
    return qint64(10 * decade);
}

QString tickText(qint64 time, qint64 step)
{
    const QLocale locale;
    const int decimals = std::clamp(int(std::ceil(9 - std::log10(double(step)))), 0, 6);
    return QCoreApplication::translate("lockscope::LanesView", "%1 s")
        .arg(locale.toString(double(time) / 1e9, 'f', decimals));
}

} // namespace

struct LanesView::Palette {
    const ThemeColors& theme = currentColors();
    QColor waiting, holding, paused, crashed;
    QFont small;

    explicit Palette(const QFont& font)
        : waiting(theme.muted)
        , holding(theme.info)
        , paused(theme.warning)
        , crashed(theme.danger)
        , small(font)
    {
        small.setPointSizeF(small.pointSizeF() * 0.85);
        waiting.setAlphaF(0.45F);
    }
    [[nodiscard]] QColor of(LaneSpan::Kind kind) const
    {
        return std::array { waiting, holding, paused, crashed }[size_t(kind)];
    }
};

void LanesView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const Palette colors(font());
    painter.fillRect(viewport()->rect(), colors.theme.base);
    if (m_clients.empty()) {
        painter.setPen(colors.theme.muted);
        painter.drawText(viewport()->rect().adjusted(24, 0, -24, 0), Qt::AlignCenter | Qt::TextWordWrap,
            tr("Once a run has begun, each client has a lane here: when it waits, and when it holds its lock."));
        return;
    }
    const QRect body(0, lanes::ruler, viewport()->width(), viewport()->height() - lanes::ruler - lanes::legend);
    painter.save();
    painter.setClipRect(body);
    paintGutter(painter, colors);
    painter.setClipRect(body.adjusted(lanes::gutter, 0, -lanes::rightMargin + 1, 0));
    paintFaults(painter, colors);
    paintLanes(painter, colors);
    if (m_marked)
        paintMark(painter, colors);
    painter.restore();
    paintRuler(painter, colors);
    paintLegend(painter, colors);
}

void LanesView::paintGutter(QPainter& painter, const Palette& colors) const
{
    for (size_t lane = 0; lane < m_clients.size(); ++lane) {
        const QRect row(0, laneTop(lane), viewport()->width(), lanes::laneHeight);
        if (row.bottom() < lanes::ruler || row.top() > viewport()->height())
            continue;
        const bool party = isParty(m_clients[lane]);
        if (party)
            painter.fillRect(row, colors.theme.dangerGround);
        else if (lane % 2 == 1)
            painter.fillRect(row, colors.theme.alternate);
        QFont name = font();
        name.setBold(party);
        painter.setFont(name);
        painter.setPen(party ? colors.theme.text : colors.theme.muted);
        painter.drawText(row.adjusted(10, 0, 0, 0).intersected(QRect(0, row.top(), lanes::gutter - 8, row.height())),
            Qt::AlignVCenter | Qt::AlignLeft, tr("Client %1").arg(m_clients[lane]));
    }
}

void LanesView::paintFaults(QPainter& painter, const Palette& colors) const
{
    QColor ground = colors.theme.warning;
    ground.setAlphaF(0.16F);
    for (const FaultMark& fault : m_faults) {
        const qint64 until = fault.until < 0 ? std::max(m_end, m_until) : fault.until;
        if (until < m_from || fault.from > m_until)
            continue;
        const double x = xOf(fault.from);
        painter.fillRect(QRectF(x, 0, std::max(2.0, xOf(until) - x), viewport()->height()), ground);
    }
}

void LanesView::paintLanes(QPainter& painter, const Palette& colors) const
{
    // A pixel that is painted is not painted again: a busy run has thousands of stretches on one.
    std::vector<std::array<double, kinds>> painted(m_clients.size(), { -1, -1, -1, -1 });
    std::vector<int> laneByClient;
    for (size_t lane = 0; lane < m_clients.size(); ++lane) {
        const auto client = size_t(m_clients[lane]);
        if (laneByClient.size() <= client)
            laneByClient.resize(client + 1, -1);
        laneByClient[client] = int(lane);
    }
    const auto paint = [&](const LaneSpan& span) {
        const int lane
            = span.client >= 0 && size_t(span.client) < laneByClient.size() ? laneByClient[size_t(span.client)] : -1;
        if (lane < 0)
            return;
        double& right = painted[size_t(lane)][size_t(span.kind)];
        const double end = xOf(span.until);
        if (end <= right && end >= right - 1)
            return;
        right = std::ceil(end);
        paintSpan(painter, colors, span, size_t(lane));
    };
    // Who stands still holds its lock all the same: that lies on top.
    for (const bool onTop : { false, true }) {
        eachSpan([&](const LaneSpan& span) {
            if ((span.kind == LaneSpan::Kind::Paused || span.kind == LaneSpan::Kind::Crashed) == onTop)
                paint(span);
        });
    }
}

// Told apart by height and pattern as well as by colour.
void LanesView::paintSpan(QPainter& painter, const Palette& colors, const LaneSpan& span, size_t lane) const
{
    const int top = laneTop(lane);
    if (top + lanes::laneHeight < 0 || top > viewport()->height())
        return;
    const double x = std::max(xOf(span.from), double(lanes::gutter) - 2);
    const double width = std::max(1.0, std::min(xOf(span.until), viewport()->width() + 2.0) - x);
    const bool isThin = span.kind == LaneSpan::Kind::Waiting;
    const QRectF rect(x, top + (isThin ? 8 : 4), width, isThin ? 4 : lanes::laneHeight - 8);
    const QColor color = colors.of(span.kind);
    if (span.kind == LaneSpan::Kind::Waiting || span.kind == LaneSpan::Kind::Holding)
        return painter.fillRect(rect, color);
    painter.fillRect(rect, colors.theme.base);
    painter.fillRect(
        rect, QBrush(color, span.kind == LaneSpan::Kind::Paused ? Qt::BDiagPattern : Qt::DiagCrossPattern));
    painter.setPen(color);
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
}

void LanesView::paintMark(QPainter& painter, const Palette& colors) const
{
    const Violation& violation = *m_marked;
    const double from = xOf(violation.from);
    const double until = std::max(xOf(std::max(violation.until, violation.from)), from + 2);
    painter.setPen(QPen(colors.theme.danger, 1, Qt::DashLine));
    painter.drawLine(QPointF(from, 0), QPointF(from, viewport()->height()));
    for (const ViolationParty* party : { &violation.first, &violation.second }) {
        const std::optional<size_t> lane = laneOf(party->client);
        if (!lane)
            continue;
        const int top = laneTop(*lane);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.theme.danger, 2));
        painter.drawRect(QRectF(from, top + 2, until - from, lanes::laneHeight - 4));
        if (party->leaseEnd > m_from && party->leaseEnd < m_until) {
            painter.setPen(QPen(colors.theme.warning, 2));
            const double lease = xOf(party->leaseEnd);
            painter.drawLine(QPointF(lease, top + 1), QPointF(lease, top + lanes::laneHeight - 1));
        }
        // The end of the token on its section, where there is room.
        const double begin = std::max(xOf(party->entered), double(lanes::gutter));
        const QString token = QStringLiteral("…") + displayText(party->token).right(tokenEnd);
        const double end = xOf(party->left >= 0 ? party->left : violation.until);
        painter.setFont(colors.small);
        if (end - begin > painter.fontMetrics().horizontalAdvance(token) + 8) {
            const int width = painter.fontMetrics().horizontalAdvance(token) + 8;
            painter.fillRect(QRectF(begin, top + 4, width, lanes::laneHeight - 8), colors.holding);
            painter.setPen(colors.theme.base);
            painter.drawText(
                QRectF(begin + 4, top, end - begin - 4, lanes::laneHeight), Qt::AlignVCenter | Qt::AlignLeft, token);
        }
    }
}

void LanesView::paintRuler(QPainter& painter, const Palette& colors) const
{
    const QRect strip(0, 0, viewport()->width(), lanes::ruler);
    painter.fillRect(strip, colors.theme.base);
    painter.setPen(colors.theme.border);
    painter.drawLine(strip.bottomLeft(), strip.bottomRight());
    painter.setFont(colors.small);
    const double width = std::max(1, viewport()->width() - lanes::gutter - lanes::rightMargin);
    const qint64 step = roundStep(double(m_until - m_from) * tickDistance / width);
    for (qint64 time = (m_from + step - 1) / step * step; time <= m_until; time += step) {
        const double x = xOf(time);
        painter.setPen(colors.theme.border);
        painter.drawLine(QPointF(x, lanes::ruler - 6), QPointF(x, lanes::ruler - 1));
        const QString text = tickText(time, step);
        const double half = painter.fontMetrics().horizontalAdvance(text) / 2.0;
        const double left = std::min(x - half, viewport()->width() - 2 * half - 2);
        painter.setPen(colors.theme.muted);
        painter.drawText(QRectF(left, 2, 2 * half + 2, lanes::ruler - 8), Qt::AlignVCenter | Qt::AlignLeft, text);
    }
}

void LanesView::paintLegend(QPainter& painter, const Palette& colors) const
{
    const QRect strip(0, viewport()->height() - lanes::legend, viewport()->width(), lanes::legend);
    painter.fillRect(strip, colors.theme.base);
    painter.setPen(colors.theme.border);
    painter.drawLine(strip.topLeft(), strip.topRight());
    painter.setFont(colors.small);
    int x = 10;
    const auto entry = [&](const QString& text, const auto& paintSample) {
        paintSample(QRectF(x, strip.top() + 7, 18, 12));
        x += 24;
        painter.setPen(colors.theme.muted);
        const int width = painter.fontMetrics().horizontalAdvance(text);
        painter.drawText(QRect(x, strip.top(), width + 2, strip.height()), Qt::AlignVCenter, text);
        x += width + 16;
    };
    entry(tr("waiting"), [&](const QRectF& box) { painter.fillRect(box.adjusted(0, 4, 0, -4), colors.waiting); });
    entry(tr("holding"), [&](const QRectF& box) { painter.fillRect(box, colors.holding); });
    entry(tr("standing still"),
        [&](const QRectF& box) { painter.fillRect(box, QBrush(colors.paused, Qt::BDiagPattern)); });
    entry(tr("dead"), [&](const QRectF& box) { painter.fillRect(box, QBrush(colors.crashed, Qt::DiagCrossPattern)); });
    if (m_marked) {
        entry(tr("violation"), [&](const QRectF& box) {
            painter.setPen(QPen(colors.theme.danger, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box.adjusted(1, 0, -1, 0));
        });
        entry(tr("end of the lease"), [&](const QRectF& box) {
            painter.fillRect(QRectF(box.center().x() - 1, box.top() - 2, 2, box.height() + 4), colors.theme.warning);
        });
    }
    if (m_totalClients > int(m_clients.size())) {
        painter.setPen(colors.theme.muted);
        painter.drawText(strip.adjusted(x, 0, -lanes::rightMargin, 0), Qt::AlignVCenter | Qt::AlignRight,
            tr("%1 of %2 clients").arg(m_clients.size()).arg(m_totalClients));
    }
}

} // namespace lockscope
