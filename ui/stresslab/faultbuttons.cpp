// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/faultbuttons.h"

#include "common/plaintip.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int buttonsInRow = 6;

} // namespace

FaultButtons::FaultButtons(QWidget* parent)
    : QWidget(parent)
    , m_choices(stressFaults())
{
    setAccessibleName(tr("Faults by hand"));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    auto* title = new QLabel(tr("Do harm now:"));
    title->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(title, 0, 0);
    for (int i = 0; i < int(m_choices.size()); ++i) {
        auto* button = new QPushButton(QString::fromLatin1(m_choices[i].name));
        button->setAutoDefault(false);
        button->setCheckable(true);
        const QByteArray name = m_choices[i].name;
        // The mark of a fault that goes on comes from the run, not from the click.
        connect(button, &QPushButton::clicked, this, [this, button, name](bool checked) {
            button->setChecked(!checked);
            FaultSpec fault;
            fault.name = name;
            if (checked)
                Q_EMIT fireRequested(fault);
            else
                Q_EMIT endRequested(name);
        });
        m_buttons.append(button);
        layout->addWidget(button, i / buttonsInRow, 1 + i % buttonsInRow);
    }
    layout->setColumnStretch(buttonsInRow + 1, 1);
    setRun({}, false);
}

QPushButton* FaultButtons::button(const QByteArray& name) const
{
    const auto found = std::find_if(
        m_choices.begin(), m_choices.end(), [&](const StressChoice& choice) { return choice.name == name; });
    return found == m_choices.end() ? nullptr : m_buttons.at(found - m_choices.begin());
}

void FaultButtons::setRun(const StressConfig& config, bool isRunning)
{
    for (qsizetype i = 0; i < m_choices.size(); ++i) {
        const StressChoice& choice = m_choices[i];
        FaultSpec fault;
        fault.name = choice.name;
        QString refusal;
        if (!isRunning)
            refusal = tr("While a run goes on");
        else if (choice.needsSandbox && !config.isSandbox())
            refusal = tr("It touches the server: only for a sandbox");
        else if (!checkFire(config, fault))
            refusal = tr("Tick “Be ready for network faults by button” before the start");
        m_buttons[i]->setEnabled(refusal.isEmpty());
        m_buttons[i]->setToolTip(
            plainTip(refusal.isEmpty() ? choice.summary : choice.summary + QLatin1Char('\n') + refusal));
        if (!isRunning)
            m_buttons[i]->setChecked(false);
    }
}

void FaultButtons::setMarks(const std::vector<FaultMark>& marks)
{
    for (qsizetype i = 0; i < m_choices.size(); ++i)
        m_buttons[i]->setChecked(std::any_of(marks.begin(), marks.end(),
            [&](const FaultMark& mark) { return mark.until < 0 && mark.name == m_choices[i].name; }));
}

} // namespace lockscope
