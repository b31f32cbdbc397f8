// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/labsetupparts.h"

#include <QCoreApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

namespace lockscope::labparts {

namespace {

constexpr int longestTime = 2'000'000'000; // ms: the core says what is too long
constexpr int titleWidth = 108;

class WheelGuard final : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        const auto* field = qobject_cast<QWidget*>(watched);
        if (event->type() != QEvent::Wheel || !field || field->hasFocus())
            return false;
        event->ignore();
        return true;
    }
};

} // namespace

void keepFromWheel(QWidget* field)
{
    field->setFocusPolicy(Qt::StrongFocus);
    field->installEventFilter(new WheelGuard(field));
}

QVBoxLayout* section(QWidget* section, const QString& title)
{
    auto* heading = new QLabel(title);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    auto* layout = new QVBoxLayout(section);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(heading);
    return layout;
}

QLabel* note()
{
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setMinimumWidth(1);
    return label;
}

QSpinBox* number(const QString& name, int least, int most, int value)
{
    auto* box = new QSpinBox;
    box->setAccessibleName(name);
    box->setRange(least, most);
    box->setGroupSeparatorShown(true);
    box->setValue(value);
    return box;
}

QSpinBox* milliseconds(const QString& name, int least, int value)
{
    QSpinBox* box = number(name, least, longestTime, value);
    box->setSuffix(QCoreApplication::translate("lockscope::LabSetup", " ms"));
    return box;
}

void addRow(QFormLayout* form, const QString& title, std::initializer_list<QWidget*> fields)
{
    auto* label = new QLabel(title);
    label->setMinimumWidth(titleWidth);
    label->setBuddy(*fields.begin());
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    bool isFirst = true;
    for (QWidget* field : fields) {
        if (!std::exchange(isFirst, false) && qobject_cast<QSpinBox*>(field))
            row->addWidget(new QLabel(QCoreApplication::translate("lockscope::LabSetup", "to")));
        // Fields of all rows have the same width, however long their numbers are.
        field->setMinimumWidth(1);
        field->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        keepFromWheel(field);
        row->addWidget(field, 1);
    }
    form->addRow(label, row);
}

} // namespace lockscope::labparts
