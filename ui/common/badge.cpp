// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/badge.h"

#include "common/icons.h"

#include <QPainter>

namespace lockscope {

namespace {
constexpr int padding = 7;
constexpr int gap = 5;
constexpr int iconSize = 14;
} // namespace

Badge::Badge(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Badge::setState(Tone tone, const QString& icon, const QString& text)
{
    if (tone == m_tone && icon == m_icon && text == m_text)
        return;
    m_tone = tone;
    m_icon = icon;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const
{
    const int icon = m_icon.isEmpty() ? 0 : iconSize + gap;
    return { padding * 2 + icon + fontMetrics().horizontalAdvance(m_text), qMax(fontMetrics().height(), iconSize) + 6 };
}

void Badge::paintEvent(QPaintEvent*)
{
    const ThemeColors& colors = currentColors();
    const QColor color = m_tone == Tone::Neutral ? colors.text : colors.tone(m_tone);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_tone == Tone::Neutral ? colors.border : colors.ground(m_tone));
    painter.drawRoundedRect(rect(), 5, 5);
    QRect content = rect().adjusted(padding, 0, -padding, 0);
    if (!m_icon.isEmpty()) {
        const QPoint at(content.left(), (height() - iconSize) / 2);
        painter.drawPixmap(at, tintedPixmap(m_icon, color, iconSize, devicePixelRatioF()));
        content.setLeft(content.left() + iconSize + gap);
    }
    painter.setPen(color);
    painter.drawText(content, Qt::AlignLeft | Qt::AlignVCenter, m_text);
}

} // namespace lockscope
