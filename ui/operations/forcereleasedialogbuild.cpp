// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasedialog.h"

#include "common/bytesview.h"
#include "common/messagestrip.h"
#include "deployment/acttext.h"
#include "operations/actchoice.h"
#include "operations/releaselist.h"
#include "operations/reportbuttons.h"
#include "operations/targetcard.h"
#include "operations/typedconfirmation.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

// How the dialog is laid out; what it does is in forcereleasedialog.cpp.

namespace lockscope {

void ForceReleaseDialog::build(const Options& options)
{
    const qsizetype count = m_review.count();
    const QString title = count == 1 ? tr("Force-release a lock") : tr("Force-release %1 locks").arg(count);
    setWindowTitle(m_isProduction ? tr("PRODUCTION \u2013 %1").arg(title) : title);
    const QString what = tr("This ends a lock that somebody else may still be using.");
    m_warning->showMessage(m_isProduction ? Tone::Danger : Tone::Warning,
        m_isProduction ? tr("PRODUCTION. %1").arg(what) : what,
        options.selectedCount > count
            ? tr("At most %1 locks at a time: the first %1 of the %2 selected are listed here.")
                  .arg(count)
                  .arg(options.selectedCount)
            : tr("Its holder is not told, and goes on as if it held the lock."));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Releasing"));
    m_progress->hide();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_warning);
    if (count > 1) {
        m_list = new ReleaseList(m_review, this);
        layout->addWidget(m_list);
    }
    layout->addWidget(buildTarget(), 1);
    layout->addWidget(m_act);
    layout->addWidget(buildCommand());
    layout->addWidget(m_anyToken);
    layout->addWidget(m_anyWarning);
    layout->addLayout(buildForm());
    layout->addWidget(m_progress);
    layout->addLayout(buildButtons());
    m_reason->setFocus();
    resize(720, count == 1 ? 600 : 750);
}

QWidget* ForceReleaseDialog::buildTarget()
{
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Lock to release"));
    area->setMinimumHeight(160);
    area->setWidget(m_card);
    return area;
}

QWidget* ForceReleaseDialog::buildCommand()
{
    m_commandToggle->setText(tr("Show the e&xact command"));
    m_commandToggle->setCheckable(true);
    m_commandToggle->setAutoRaise(true);
    m_commandToggle->setArrowType(Qt::RightArrow);
    m_commandToggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_command->setReadOnly(true);
    m_command->setFont(fixedFont());
    m_command->setTabChangesFocus(true);
    m_command->setAccessibleName(tr("Exact command"));
    m_command->setFixedHeight(m_command->fontMetrics().lineSpacing() * 7 + 12);
    m_command->hide();
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_commandToggle, 0, Qt::AlignLeft);
    layout->addWidget(m_command);
    return box;
}

QLayout* ForceReleaseDialog::buildForm()
{
    m_reason->setPlaceholderText(tr("why, for the audit log"));
    m_reason->setAccessibleName(tr("Reason"));
    m_ticket->setPlaceholderText(tr("of the incident, if there is one"));
    m_ticket->setAccessibleName(tr("Ticket"));
    m_confirmation->setAccessibleName(tr("Last four characters of the fingerprint"));
    m_confirmation->setMaxLength(confirmationLength);
    m_confirmation->setFont(fixedFont());
    m_confirmation->setMaximumWidth(m_confirmation->fontMetrics().averageCharWidth() * 10);
    m_pace->setAccessibleName(tr("Locks a second"));
    m_pace->setRange(0, 1000);
    m_pace->setDecimals(1);
    m_pace->setValue(10);
    m_pace->setSpecialValueText(tr("no limit"));
    m_pace->setSuffix(tr(" locks/s"));
    auto* typed = new QHBoxLayout;
    typed->addWidget(m_confirmation);
    typed->addWidget(m_confirmationLabel, 1);
    m_form->addRow(tr("&Reason (required):"), m_reason);
    m_form->addRow(tr("Tic&ket:"), m_ticket);
    if (m_list)
        m_form->addRow(tr("At &most:"), m_pace);
    m_pace->setVisible(m_list != nullptr);
    auto* typedName = new QLabel(tr("Co&nfirm:"), this);
    typedName->setBuddy(m_confirmation);
    if (m_isProduction)
        m_form->addRow(typedName, typed);
    else
        delete typed;
    for (QWidget* part : std::initializer_list<QWidget*> { typedName, m_confirmation, m_confirmationLabel })
        part->setVisible(m_isProduction);
    return m_form;
}

QLayout* ForceReleaseDialog::buildButtons()
{
    // Return on any other widget falls back to Cancel, never to the act.
    for (QPushButton* button : { m_release, m_stop, m_handBack })
        button->setAutoDefault(false);
    m_cancel->setDefault(true);
    m_handBack->setToolTip(tr("Puts the old token back, if yours is still there"));
    m_missing->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_missing, 1);
    for (QWidget* widget : std::initializer_list<QWidget*> { m_report, m_handBack, m_stop, m_release, m_cancel })
        buttons->addWidget(widget);
    return buttons;
}

} // namespace lockscope
