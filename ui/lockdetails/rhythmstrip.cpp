// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/rhythmstrip.h"

#include "base/durationtext.h"
#include "common/locktext.h"
#include "common/plaintip.h"
#include "common/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <cmath>

namespace lockscope {

namespace {

constexpr int labelHeight = 15;
constexpr double markSize = 3.5;
constexpr double reach = 8; // pixels between the pointer and a mark that it means

QString clockText(SteadyTime time)
{
    return wallTimeText(wallTimeOf(time, SystemClock::instance()).toMSecsSinceEpoch());
}

QString spanText(qint64 ms) { return durationText(Milliseconds(ms)); }

qint64 msBetween(SteadyTime from, SteadyTime to) { return std::chrono::duration_cast<Milliseconds>(to - from).count(); }

} // namespace

RhythmStrip::RhythmStrip(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Renewal rhythm"));
    setMouseTracking(true);
}

void RhythmStrip::show(const LockRecord& record, bool gone, SteadyTime now)
{
    m_gone = gone;
    m_picture = rhythmPicture(record, gone, now);
    m_words = record.hasDeadline() ? tr("nothing was seen yet") : tr("no TTL: there is nothing to renew");
    setAccessibleDescription(rhythmText(record, now));
    update();
}

QRectF RhythmStrip::plot() const { return QRectF(rect()).adjusted(5, labelHeight + 2, -5, -labelHeight - 1); }

double RhythmStrip::xOf(SteadyTime time) const
{
    const double span = std::chrono::duration<double>(m_picture.to - m_picture.from).count();
    const double passed = std::chrono::duration<double>(time - m_picture.from).count();
    return plot().left() + plot().width() * passed / span;
}

double RhythmStrip::yOf(qint64 ttlMs) const
{
    return plot().bottom() - plot().height() * double(ttlMs) / double(m_picture.topMs);
}

void RhythmStrip::paintStretches(QPainter& painter) const
{
    const ThemeColors& colors = currentColors();
    for (const RhythmPicture::Stretch& stretch : m_picture.stretches) {
        const QPointF from(xOf(stretch.from), yOf(stretch.fromMs));
        const QPointF to(xOf(stretch.to), yOf(stretch.toMs));
        if (stretch.kind == RhythmPicture::Kind::Gap) {
            const QRectF gap(from.x(), plot().top(), to.x() - from.x(), plot().height());
            painter.fillRect(gap, QBrush(colors.muted, Qt::BDiagPattern));
            continue;
        }
        const bool isAhead = stretch.kind == RhythmPicture::Kind::Ahead;
        if (!isAhead) {
            QColor ground = colors.info;
            ground.setAlphaF(0.16F);
            painter.setPen(Qt::NoPen);
            painter.setBrush(ground);
            painter.drawPolygon(
                QPolygonF({ from, to, QPointF(to.x(), plot().bottom()), QPointF(from.x(), plot().bottom()) }));
        }
        painter.setPen(QPen(isAhead ? colors.muted : colors.info, 1.6, isAhead ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(from, to);
    }
}

void RhythmStrip::paintMarks(QPainter& painter) const
{
    const ThemeColors& colors = currentColors();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.info);
    for (const SteadyTime beat : m_picture.beats)
        painter.drawEllipse(QPointF(xOf(beat), plot().bottom()), markSize - 0.5, markSize - 0.5);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colors.danger, 1.8));
    for (const SteadyTime missed : m_picture.missed) {
        const QPointF at(xOf(missed), plot().bottom() - 1);
        painter.drawLine(at + QPointF(-markSize, -markSize), at + QPointF(markSize, markSize));
        painter.drawLine(at + QPointF(-markSize, markSize), at + QPointF(markSize, -markSize));
    }
    if (m_gone)
        return;
    const double now = xOf(m_picture.now);
    painter.setPen(QPen(colors.text, 1));
    painter.drawLine(QPointF(now, plot().top() - 3), QPointF(now, plot().bottom() + 3));
}

void RhythmStrip::paintLabels(QPainter& painter) const
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    painter.setFont(small);
    painter.setPen(currentColors().muted);
    const QRectF line(plot().left(), plot().bottom() + 2, plot().width(), labelHeight);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
        tr("%1 ago", "left end of the strip").arg(spanText(msBetween(m_picture.from, m_picture.now))));
    if (!m_gone)
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
            tr("in %1", "right end of the strip").arg(spanText(msBetween(m_picture.now, m_picture.to))));
    const QRectF above(plot().left(), 1, plot().width(), labelHeight);
    painter.drawText(above, Qt::AlignLeft | Qt::AlignVCenter, spanText(m_picture.topMs));
}

void RhythmStrip::paintEvent(QPaintEvent*)
{
    const ThemeColors& colors = currentColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.border, 1));
    painter.setBrush(colors.base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (m_picture.isEmpty()) {
        painter.setPen(colors.muted);
        painter.drawText(rect().adjusted(6, 0, -6, 0), Qt::AlignCenter | Qt::TextWordWrap, m_words);
        return;
    }
    painter.setPen(QPen(colors.border, 1));
    painter.drawLine(plot().bottomLeft(), plot().bottomRight());
    painter.setClipRect(plot().adjusted(-markSize, -markSize, markSize, markSize));
    paintStretches(painter);
    paintMarks(painter);
    painter.setClipping(false);
    paintLabels(painter);
}

bool RhythmStrip::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), plainTip(tipAt(help->pos())), this);
    return true;
}

QString RhythmStrip::tipAt(const QPoint& position) const
{
    if (m_picture.isEmpty())
        return m_words;
    for (const SteadyTime missed : m_picture.missed) {
        if (std::abs(xOf(missed) - position.x()) < reach / 2)
            return tr("A renewal was due at %1 and did not come.").arg(clockText(missed));
    }
    for (size_t i = m_picture.beats.size(); i-- > 0;) {
        if (std::abs(xOf(m_picture.beats[i]) - position.x()) >= reach)
            continue;
        QString text = tr("Renewed at %1.").arg(clockText(m_picture.beats[i]));
        if (i > 0)
            text += QLatin1Char(' ')
                + tr("%1 after the one before.").arg(spanText(msBetween(m_picture.beats[i - 1], m_picture.beats[i])));
        return text;
    }
    for (const RhythmPicture::Stretch& stretch : m_picture.stretches) {
        if (position.x() < xOf(stretch.from) || position.x() > xOf(stretch.to))
            continue;
        if (stretch.kind == RhythmPicture::Kind::Gap)
            return tr("From %1 to %2 nobody was watching: what happened then is not known.")
                .arg(clockText(stretch.from), clockText(stretch.to));
        if (stretch.kind == RhythmPicture::Kind::Ahead)
            return tr("Unless it is renewed, the lease ends at %1.").arg(clockText(stretch.to));
        return tr("The lease ran down from %1 to %2.").arg(spanText(stretch.fromMs), spanText(stretch.toMs));
    }
    return accessibleDescription();
}

} // namespace lockscope
