// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/lanesview.h"

#include "base/bytetext.h"
#include "common/plaintip.h"
#include "stresslab/labtext.h"
#include "stresslab/lanesmeasures.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

constexpr double zoomStep = 1.6;
constexpr double panStep = 0.2;
constexpr qint64 longestView = 600'000'000'000; // ns

} // namespace

LanesView::LanesView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setAccessibleName(tr("Clients as lanes"));
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    updateDescription();
}

void LanesView::clear()
{
    m_spans.clear();
    m_seen = 0;
    m_goingOn.clear();
    m_scene.clear();
    m_faults.clear();
    m_marked.reset();
    m_clients.clear();
    m_end = 0;
    setFollowing(true);
    setStretch(0, m_followed);
}

void LanesView::addProgress(const StressProgress& progress)
{
    const size_t fresh
        = size_t(std::min<quint64>(progress.lanesSeen - std::min(m_seen, progress.lanesSeen), progress.lanes.size()));
    m_seen = progress.lanesSeen;
    m_spans.insert(m_spans.end(), progress.lanes.end() - ptrdiff_t(fresh), progress.lanes.end());
    if (m_spans.size() > mostSpans)
        m_spans.erase(m_spans.begin(), m_spans.end() - ptrdiff_t(mostSpans));
    m_goingOn = progress.goingOn;
    m_faults = progress.faults;
    m_end = std::max(m_end, progress.elapsed);
    m_totalClients = progress.clients;
    learnClients();
    if (m_isFollowing)
        fitToEnd();
    viewport()->update();
}

// Both sections come from the violation itself: they are there even where the recent stretches have gone.
void LanesView::showViolation(const Violation& violation, const LaneScene& scene)
{
    m_marked = violation;
    m_scene.clear();
    if (scene)
        m_scene = *scene;
    for (const ViolationParty* party : { &violation.first, &violation.second }) {
        if (party->client < 0 || party->entered <= 0)
            continue;
        const auto isOfParty = [party](const LaneSpan& span) {
            return span.client == party->client && span.kind == LaneSpan::Kind::Holding && span.from == party->entered;
        };
        std::erase_if(m_scene, isOfParty);
        const qint64 end = party->left >= 0 ? party->left : std::max(violation.until, violation.from);
        m_scene.push_back({ party->client, 0, LaneSpan::Kind::Waiting, party->invoked, party->entered });
        m_scene.push_back({ party->client, 0, LaneSpan::Kind::Holding, party->entered, end });
    }
    learnClients();
    setFollowing(false);
    const LaneStretch stretch = violationStretch(violation);
    setStretch(stretch.from, stretch.until);
    verticalScrollBar()->setValue(0);
}

void LanesView::follow()
{
    m_marked.reset();
    m_scene.clear();
    learnClients();
    setFollowing(true);
    fitToEnd();
}

LaneStretch LanesView::shown() const { return { m_from, m_until }; }

bool LanesView::isParty(qint32 client) const
{
    return m_marked && client >= 0
        && (client == m_marked->first.client || client == m_marked->second.client || client == m_marked->culprit);
}

void LanesView::eachSpan(const std::function<void(const LaneSpan&)>& visit) const
{
    const auto visitAll = [&](const auto& spans) {
        for (const LaneSpan& span : spans) {
            if (span.until >= m_from && span.from <= m_until)
                visit(span);
        }
    };
    if (m_marked)
        visitAll(m_scene);
    visitAll(m_spans);
    visitAll(m_goingOn);
}

// Those of the violation on top, the others in their order.
void LanesView::learnClients()
{
    std::vector<qint32> others;
    const auto note = [&](qint32 client) {
        const auto at = std::lower_bound(others.begin(), others.end(), client);
        if (client >= 0 && !isParty(client) && (at == others.end() || *at != client))
            others.insert(at, client);
    };
    for (const qint32 client : m_clients)
        note(client);
    for (const auto* spans : { &m_scene, &m_goingOn }) {
        for (const LaneSpan& span : *spans)
            note(span.client);
    }
    for (const LaneSpan& span : m_spans)
        note(span.client);
    m_clients.clear();
    if (m_marked) {
        for (const qint32 client : { m_marked->first.client, m_marked->second.client, m_marked->culprit }) {
            if (client >= 0 && std::find(m_clients.begin(), m_clients.end(), client) == m_clients.end())
                m_clients.push_back(client);
        }
    }
    m_clients.insert(m_clients.end(), others.begin(), others.end());
    updateScrollBar();
}

void LanesView::setFollowing(bool following)
{
    if (following == m_isFollowing)
        return;
    m_isFollowing = following;
    Q_EMIT followingChanged(following);
}

void LanesView::setStretch(qint64 from, qint64 until)
{
    const qint64 length = std::clamp(until - from, shortestView, longestView);
    m_from = from;
    m_until = from + length;
    updateDescription();
    viewport()->update();
}

// Where the clients are fast, what is kept is shorter than the time that was asked for.
void LanesView::fitToEnd()
{
    qint64 first = m_end;
    for (const auto& span : m_spans)
        first = std::min(first, span.from);
    for (const LaneSpan& span : m_goingOn)
        first = std::min(first, span.from);
    const qint64 length = std::clamp(m_end - first, shortestView, m_followed);
    setStretch(std::max<qint64>(0, m_end - length), std::max(m_end, length));
}

void LanesView::zoom(double factor, double at)
{
    const qint64 length = m_until - m_from;
    const qint64 wanted = std::clamp(qint64(double(length) * factor), shortestView, longestView);
    if (m_isFollowing) {
        m_followed = wanted;
        return fitToEnd();
    }
    const qint64 fixed = m_from + qint64(double(length) * at);
    const qint64 from = std::max<qint64>(0, fixed - qint64(double(wanted) * at));
    setStretch(from, from + wanted);
}

void LanesView::pan(double part)
{
    setFollowing(false);
    const qint64 length = m_until - m_from;
    const qint64 from = std::clamp<qint64>(m_from + qint64(double(length) * part), 0, std::max(m_end, m_from));
    setStretch(from, from + length);
}

double LanesView::xOf(qint64 time) const
{
    const double width = std::max(1, viewport()->width() - lanes::gutter - lanes::rightMargin);
    return lanes::gutter + double(time - m_from) / double(m_until - m_from) * width;
}

qint64 LanesView::timeAt(double x) const
{
    const double width = std::max(1, viewport()->width() - lanes::gutter - lanes::rightMargin);
    return m_from + qint64((x - lanes::gutter) / width * double(m_until - m_from));
}

int LanesView::laneTop(size_t lane) const
{
    return lanes::ruler + int(lane) * lanes::laneHeight - verticalScrollBar()->value();
}

std::optional<size_t> LanesView::laneOf(qint32 client) const
{
    const auto found = std::find(m_clients.begin(), m_clients.end(), client);
    if (found == m_clients.end())
        return std::nullopt;
    return size_t(found - m_clients.begin());
}

QRect LanesView::laneRect(qint32 client) const
{
    const std::optional<size_t> lane = laneOf(client);
    return lane ? QRect(lanes::gutter, laneTop(*lane), viewport()->width() - lanes::gutter, lanes::laneHeight)
                : QRect();
}

std::vector<LaneSpan> LanesView::visibleSpans(qint32 client) const
{
    std::vector<LaneSpan> found;
    eachSpan([&](const LaneSpan& span) {
        if (span.client == client)
            found.push_back(span);
    });
    return found;
}

void LanesView::updateScrollBar()
{
    const int room = std::max(1, viewport()->height() - lanes::ruler - lanes::legend);
    const int needed = int(m_clients.size()) * lanes::laneHeight;
    verticalScrollBar()->setRange(0, std::max(0, needed - room));
    verticalScrollBar()->setPageStep(room);
    verticalScrollBar()->setSingleStep(lanes::laneHeight);
}

// What a screen reader says of the picture.
void LanesView::updateDescription()
{
    QString text
        = tr("%Ln clients, %1 to %2", nullptr, int(m_clients.size())).arg(runTimeText(m_from), runTimeText(m_until));
    if (m_marked)
        text += QStringLiteral("; ")
            + tr("%1 at %2, clients %3 and %4")
                  .arg(violationTitle(m_marked->kind), runTimeText(m_marked->from))
                  .arg(m_marked->first.client)
                  .arg(m_marked->second.client);
    setAccessibleDescription(text);
}

void LanesView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void LanesView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return pan(-panStep);
    case Qt::Key_Right:
        return pan(panStep);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(1 / zoomStep);
    case Qt::Key_Minus:
        return zoom(zoomStep);
    case Qt::Key_Home:
        return follow();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void LanesView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return QAbstractScrollArea::wheelEvent(event);
    const double width = std::max(1, viewport()->width() - lanes::gutter);
    const double at = std::clamp((event->position().x() - lanes::gutter) / width, 0.0, 1.0);
    zoom(event->angleDelta().y() > 0 ? 1 / zoomStep : zoomStep, at);
    event->accept();
}

void LanesView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        m_dragFrom = event->pos();
}

void LanesView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_dragFrom)
        return;
    const double width = std::max(1, viewport()->width() - lanes::gutter);
    const double moved = double(m_dragFrom->x() - event->pos().x()) / width;
    if (std::abs(event->pos().x() - m_dragFrom->x()) < 2)
        return;
    m_dragFrom = event->pos();
    pan(moved);
}

void LanesView::mouseReleaseEvent(QMouseEvent*) { m_dragFrom.reset(); }

bool LanesView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        showTip(help->pos(), help->globalPos());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void LanesView::showTip(const QPoint& at, const QPoint& global)
{
    static constexpr std::array kinds { QT_TR_NOOP("waited"), QT_TR_NOOP("held the lock"), QT_TR_NOOP("stood still"),
        QT_TR_NOOP("was dead") };
    const int lane = (at.y() - lanes::ruler + verticalScrollBar()->value()) / lanes::laneHeight;
    if (at.y() < lanes::ruler || lane < 0 || lane >= int(m_clients.size()))
        return QToolTip::hideText();
    const qint64 time = timeAt(at.x());
    QString text = tr("Client %1 at %2").arg(m_clients[size_t(lane)]).arg(runTimeText(time));
    for (const LaneSpan& span : visibleSpans(m_clients[size_t(lane)])) {
        if (span.from <= time && span.until >= time)
            text += QLatin1Char('\n')
                + tr("%1 for %2, from %3")
                      .arg(tr(kinds[size_t(span.kind)]), lengthText(span.until - span.from), runTimeText(span.from));
    }
    QToolTip::showText(global, plainTip(text), viewport());
}

void LanesView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        viewport()->update();
}

} // namespace lockscope
