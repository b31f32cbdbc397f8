// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/environmentstrip.h"

#include "common/elidedlabel.h"
#include "common/icons.h"
#include "common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace lockscope {

namespace {

constexpr int iconSize = 16;
constexpr int padding = 12;
constexpr int gap = 7;
constexpr int slant = 14;

QString iconOf(Environment environment)
{
    switch (environment) {
    case Environment::Production:
        return QStringLiteral("danger");
    case Environment::Staging:
        return QStringLiteral("warning");
    default:
        return QStringLiteral("sandbox");
    }
}

QFont wordFont(const QWidget* widget)
{
    QFont font = widget->font();
    font.setBold(true);
    font.setLetterSpacing(QFont::AbsoluteSpacing, 1);
    return font;
}

} // namespace

QString environmentWord(Environment environment)
{
    switch (environment) {
    case Environment::Production:
        return EnvironmentStrip::tr("PRODUCTION");
    case Environment::Staging:
        return EnvironmentStrip::tr("STAGING");
    case Environment::Development:
        return EnvironmentStrip::tr("DEVELOPMENT");
    case Environment::Unspecified:
        break;
    }
    return {};
}

QColor environmentColor(Environment environment)
{
    const ThemeColors& colors = currentColors();
    switch (environment) {
    case Environment::Production:
        return colors.production;
    case Environment::Staging:
        return colors.staging;
    case Environment::Development:
        return colors.development;
    case Environment::Unspecified:
        break;
    }
    return {};
}

EnvironmentStrip::EnvironmentStrip(QWidget* parent)
    : QFrame(parent)
    , m_row(new QHBoxLayout(this))
    , m_detail(new ElidedLabel(this))
{
    m_row->setSpacing(10);
    m_row->addWidget(m_detail, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    hide();
}

void EnvironmentStrip::setEnvironment(Environment environment, const QString& detail)
{
    m_environment = environment;
    setDetail(detail);
    m_row->setContentsMargins(wordWidth() + gap, 3, 8, 3);
    updateColors();
    setVisible(environment != Environment::Unspecified);
    updateGeometry();
}

void EnvironmentStrip::setDetail(const QString& detail)
{
    m_detail->setText(detail);
    setAccessibleName(detail.isEmpty() ? word() : word() + QStringLiteral(": ") + detail);
    update();
}

QString EnvironmentStrip::word() const { return environmentWord(m_environment); }

QString EnvironmentStrip::detail() const { return m_detail->text(); }

QSize EnvironmentStrip::sizeHint() const
{
    const QSize inner = QFrame::sizeHint();
    return { qMax(inner.width(), wordWidth()), qMax(inner.height(), fontMetrics().height() + 10) };
}

int EnvironmentStrip::wordWidth() const
{
    return padding + iconSize + gap + QFontMetrics(wordFont(this)).horizontalAdvance(word()) + padding + slant;
}

void EnvironmentStrip::updateColors()
{
    QPalette palette = this->palette();
    palette.setColor(QPalette::WindowText, currentColors().text);
    m_detail->setPalette(palette);
    update();
}

// The word stands on a slanted flag, so that it is a shape also where colours are not seen.
void EnvironmentStrip::paintEvent(QPaintEvent*)
{
    if (m_environment == Environment::Unspecified)
        return;
    const ThemeColors& colors = currentColors();
    const QColor ground = environmentColor(m_environment);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int flag = wordWidth();
    QColor pale = ground;
    pale.setAlpha(36);
    painter.fillRect(rect(), colors.window);
    painter.fillRect(rect(), pale);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawPolygon(
        QPolygon({ QPoint(0, 0), QPoint(flag, 0), QPoint(flag - slant, height()), QPoint(0, height()) }));
    painter.drawPixmap(QPoint(padding, (height() - iconSize) / 2),
        tintedPixmap(iconOf(m_environment), colors.environmentText, iconSize, devicePixelRatioF()));
    painter.setPen(colors.environmentText);
    painter.setFont(wordFont(this));
    painter.drawText(QRect(padding + iconSize + gap, 0, flag, height()), Qt::AlignLeft | Qt::AlignVCenter, word());
    painter.fillRect(QRect(0, height() - 2, width(), 2), ground);
}

void EnvironmentStrip::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColors();
}

} // namespace lockscope
