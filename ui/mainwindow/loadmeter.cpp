// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/loadmeter.h"

#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QWidgetAction>

#include <cmath>

namespace lockscope {

namespace {

constexpr int labelPadding = 24;
constexpr int panelWidth = 320;

QString rateText(double perSecond) { return QLocale().toString(perSecond, 'f', perSecond < 10 ? 1 : 0); }

QString loadText(const QString& commands, const QString& bytes)
{
    return LoadMeter::tr("Our load: %1 commands/s, %2/s").arg(commands, bytes);
}

} // namespace

LoadMeter::LoadMeter(QWidget* parent)
    : QToolButton(parent)
{
    setObjectName(QStringLiteral("loadMeter"));
    setAutoRaise(true);
    setPopupMode(QToolButton::InstantPopup);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setFocusPolicy(Qt::TabFocus);
    // A fixed width, so that changing figures do not push their neighbours about.
    const QString widest = loadText(QStringLiteral("00 000"), QStringLiteral("000.0 kB"));
    setMinimumWidth(fontMetrics().horizontalAdvance(widest) + labelPadding);
    auto* menu = new QMenu(this);
    auto* action = new QWidgetAction(menu);
    action->setDefaultWidget(makePanel());
    menu->addAction(action);
    connect(menu, &QMenu::aboutToShow, this, [this] {
        refresh();
        m_spin->setFocus();
        m_spin->selectAll();
    });
    setMenu(menu);
    refresh();
}

QWidget* LoadMeter::makePanel()
{
    auto* panel = new QWidget;
    panel->setMinimumWidth(panelWidth);
    m_spin = new QSpinBox(panel);
    m_spin->setObjectName(QStringLiteral("loadBudget"));
    m_spin->setRange(1, largestVerifyRate);
    m_spin->setValue(defaultVerifyRate);
    m_spin->setSingleStep(100);
    m_spin->setGroupSeparatorShown(true);
    m_spin->setKeyboardTracking(false);
    m_spin->setSuffix(QLatin1Char(' ') + tr("keys/s"));
    m_present = new QLabel(panel);
    auto* explanation = new QLabel(
        tr("So many keys a second may be read only to verify what is known, and by passes. Changes and deadlines are "
           "read at once and take from it. While the server answers slowly it is less."),
        panel);
    explanation->setWordWrap(true);
    explanation->setForegroundRole(QPalette::PlaceholderText);
    auto* usual = new QPushButton(tr("&Default"), panel);
    auto* form = new QFormLayout(panel);
    form->addRow(tr("&Budget:"), m_spin);
    form->addRow(tr("At present:"), m_present);
    form->addRow(explanation);
    form->addRow(QString(), usual);
    connect(m_spin, &QSpinBox::valueChanged, this, &LoadMeter::budgetChosen);
    connect(usual, &QPushButton::clicked, this, [this] { m_spin->setValue(defaultVerifyRate); });
    return panel;
}

int LoadMeter::budget() const { return m_spin->value(); }

void LoadMeter::setBudget(int keysPerSecond)
{
    const QSignalBlocker blocker(m_spin);
    m_spin->setValue(keysPerSecond);
}

void LoadMeter::setStatus(const WatchStatus& status)
{
    m_status = status;
    refresh();
}

void LoadMeter::refresh()
{
    const QLocale locale;
    setText(loadText(rateText(m_status.commandsPerSecond),
        locale.formattedDataSize(qint64(m_status.bytesPerSecond), 1, QLocale::DataSizeSIFormat)));
    const bool limited = m_status.budgetKeysPerSecond > 0;
    const QString present = m_status.link != LinkState::Ready ? QString(QChar(0x2013))
        : limited ? tr("%1 keys/s").arg(locale.toString(qint64(std::llround(m_status.budgetKeysPerSecond))))
                  : tr("no limit");
    m_present->setText(present);
    setToolTip(tr("What Lockscope itself costs the server: commands, and bytes both ways") + QLatin1Char('\n')
        + tr("Budget at present: %1. Click to change it.").arg(present));
}

} // namespace lockscope
