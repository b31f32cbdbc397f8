// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/themestyle.h"

#include <QStyleOption>

namespace lockscope {

namespace {

constexpr QRgb boxOutlineSource = 0xff9aa3ae; // Fusion's shade of it is seen on light and on dark
constexpr int arrowSpace = 14; // beside the text, for the arrow and the gap before it
constexpr int arrowSize = 8;

/// The whole button opens a menu; one that has a part of its own for it is Fusion's.
const QStyleOptionToolButton* menuButton(const QStyleOption* option)
{
    const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
    return button && button->features.testFlag(QStyleOptionToolButton::HasMenu)
            && !button->features.testFlag(QStyleOptionToolButton::MenuButtonPopup)
        ? button
        : nullptr;
}

} // namespace

ThemeStyle::ThemeStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

void ThemeStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const auto* box = qstyleoption_cast<const QStyleOptionButton*>(option);
    if (!box || (element != PE_IndicatorCheckBox && element != PE_IndicatorRadioButton)) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    QStyleOptionButton outlined(*box);
    outlined.palette.setColor(QPalette::Window, QColor(boxOutlineSource));
    QProxyStyle::drawPrimitive(element, &outlined, painter, widget);
}

void ThemeStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const QStyleOptionToolButton* button = control == CC_ToolButton ? menuButton(option) : nullptr;
    if (!button) {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        return;
    }
    QStyleOptionToolButton label(*button);
    label.features &= ~QStyleOptionToolButton::HasMenu;
    QStyleOptionToolButton empty(label);
    empty.text.clear();
    empty.icon = QIcon();
    QProxyStyle::drawComplexControl(control, &empty, painter, widget);

    const QRect whole = button->rect;
    label.rect = visualRect(button->direction, whole, whole.adjusted(0, 0, -arrowSpace + 2, 0));
    QProxyStyle::drawControl(CE_ToolButtonLabel, &label, painter, widget);

    QStyleOption arrow(*button);
    const QRect place(whole.right() - arrowSpace + 1, whole.center().y() - arrowSize / 2 + 1, arrowSize, arrowSize);
    arrow.rect = visualRect(button->direction, whole, place);
    QProxyStyle::drawPrimitive(PE_IndicatorArrowDown, &arrow, painter, widget);
}

QSize ThemeStyle::sizeFromContents(
    ContentsType type, const QStyleOption* option, const QSize& contents, const QWidget* widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    if (type == CT_ToolButton && menuButton(option))
        size.rwidth() += arrowSpace;
    return size;
}

} // namespace lockscope
