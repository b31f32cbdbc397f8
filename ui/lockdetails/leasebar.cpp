// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/leasebar.h"

#include "common/locktext.h"

#include <QPainter>

namespace lockscope {

LeaseBar::LeaseBar(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Lease left"));
}

void LeaseBar::show(const LockRecord& record, bool gone, SteadyTime now)
{
    m_endless = !gone && !record.hasDeadline();
    m_tone = gone ? Tone::Neutral : lockStateTone(record.state);
    m_fraction = m_endless ? 1 : 0;
    if (!gone && record.hasDeadline() && record.lease.count() > 0)
        m_fraction = qBound(0.0, double(record.remaining(now).count()) / double(record.lease.count()), 1.0);
    update();
}

void LeaseBar::paintEvent(QPaintEvent*)
{
    const ThemeColors& colors = currentColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.border);
    painter.drawRoundedRect(rect(), 3, 3);
    QRect filled = rect();
    filled.setWidth(qRound(width() * m_fraction));
    painter.setBrush(m_endless ? QBrush(colors.tone(m_tone), Qt::BDiagPattern) : QBrush(colors.tone(m_tone)));
    if (!filled.isEmpty())
        painter.drawRoundedRect(filled, 3, 3);
}

} // namespace lockscope
