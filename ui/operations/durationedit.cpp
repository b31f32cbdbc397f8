// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/durationedit.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>

#include <cmath>

namespace lockscope {

namespace {
constexpr qint64 units[] = { 1, 1000, 60000 };
constexpr double maximumNumber = 1e7;
} // namespace

DurationEdit::DurationEdit(const QString& name, Milliseconds minimum, Milliseconds value, QWidget* parent)
    : QWidget(parent)
    , m_minimum(minimum)
    , m_number(new QDoubleSpinBox(this))
    , m_unit(new QComboBox(this))
{
    m_number->setRange(0, maximumNumber);
    m_number->setDecimals(0);
    m_number->setAccessibleName(name);
    m_unit->addItems({ tr("ms"), tr("s"), tr("min") });
    m_unit->setAccessibleName(tr("Unit of %1").arg(name));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_number);
    layout->addWidget(m_unit);
    layout->addStretch();
    setFocusProxy(m_number);
    setDuration(value);
    connect(m_number, &QDoubleSpinBox::valueChanged, this, &DurationEdit::durationChanged);
    connect(m_unit, &QComboBox::currentIndexChanged, this, &DurationEdit::durationChanged);
}

Milliseconds DurationEdit::duration() const
{
    return std::max(m_minimum, Milliseconds(std::llround(m_number->value()) * unit()));
}

void DurationEdit::setDuration(Milliseconds duration)
{
    int index = int(std::size(units)) - 1;
    while (index > 0 && (duration.count() == 0 ? index != 1 : duration.count() % units[index] != 0))
        --index;
    m_unit->setCurrentIndex(index);
    m_number->setValue(double(duration.count()) / double(units[index]));
}

qint64 DurationEdit::unit() const { return units[qBound(0, m_unit->currentIndex(), int(std::size(units)) - 1)]; }

} // namespace lockscope
