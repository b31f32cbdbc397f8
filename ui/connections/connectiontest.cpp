// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectiontest.h"

#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/plaintip.h"
#include "common/theme.h"
#include "connections/wrappingdelegate.h"

#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace lockscope {

namespace {

constexpr Milliseconds serverTimeout { 5000 };
constexpr int iconSize = 16;
enum Column { StepColumn, ResultColumn, TimeColumn };

std::pair<QString, Tone> lookOf(ProbeStep::State state)
{
    switch (state) {
    case ProbeStep::State::Running:
        return { QStringLiteral("link-connecting"), Tone::Info };
    case ProbeStep::State::Passed:
        return { QStringLiteral("check"), Tone::Positive };
    case ProbeStep::State::Warned:
        return { QStringLiteral("warning"), Tone::Warning };
    case ProbeStep::State::Failed:
        break;
    }
    return { QStringLiteral("danger"), Tone::Danger };
}

QString stateWord(ProbeStep::State state)
{
    switch (state) {
    case ProbeStep::State::Running:
        return ConnectionTest::tr("running");
    case ProbeStep::State::Passed:
        return ConnectionTest::tr("passed");
    case ProbeStep::State::Warned:
        return ConnectionTest::tr("warning");
    case ProbeStep::State::Failed:
        break;
    }
    return ConnectionTest::tr("failed");
}

void addStep(QTreeWidgetItem* server, const ProbeStep& step)
{
    auto* item = new QTreeWidgetItem(server);
    const auto [icon, tone] = lookOf(step.state);
    item->setIcon(StepColumn, QIcon(tintedPixmap(icon, currentColors().tone(tone), iconSize)));
    item->setText(StepColumn, probeStepTitle(step.kind));
    item->setText(ResultColumn, step.text);
    item->setToolTip(ResultColumn, plainTip(step.text));
    item->setData(StepColumn, Qt::AccessibleTextRole,
        QString(probeStepTitle(step.kind) + QStringLiteral(": ") + stateWord(step.state)));
    if (step.state != ProbeStep::State::Running)
        item->setText(TimeColumn, ConnectionTest::tr("%1 ms").arg(step.milliseconds, 0, 'f', 1));
    item->setTextAlignment(TimeColumn, Qt::AlignRight | Qt::AlignVCenter);
    if (step.hint.isEmpty())
        return;
    auto* hint = new QTreeWidgetItem(server);
    hint->setFirstColumnSpanned(true);
    hint->setText(StepColumn, QStringLiteral("\u2192 ") + step.hint);
    hint->setToolTip(StepColumn, plainTip(step.hint));
    hint->setForeground(StepColumn, currentColors().tone(tone));
}

} // namespace

ConnectionTest::ConnectionTest(QWidget* parent)
    : QFrame(parent)
    , m_verdict(new MessageStrip(this))
    , m_steps(new QTreeWidget(this))
{
    m_steps->setColumnCount(3);
    m_steps->setHeaderLabels({ tr("Step"), tr("Result"), tr("Time") });
    m_steps->setRootIsDecorated(false);
    m_steps->setIndentation(14);
    m_steps->setSelectionMode(QAbstractItemView::NoSelection);
    m_steps->setAccessibleName(tr("Steps of the connection test"));
    m_steps->header()->setStretchLastSection(false);
    m_steps->header()->setSectionResizeMode(StepColumn, QHeaderView::ResizeToContents);
    m_steps->header()->setSectionResizeMode(ResultColumn, QHeaderView::Stretch);
    m_steps->header()->setSectionResizeMode(TimeColumn, QHeaderView::ResizeToContents);
    m_steps->setMinimumHeight(170);
    m_steps->setItemDelegate(new WrappingDelegate(m_steps));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_verdict);
    layout->addWidget(m_steps, 1);
    hide();
}

void ConnectionTest::run(const QList<ConnectionSpec>& specs)
{
    m_probe = std::make_unique<ConnectionProbe>(specs, serverTimeout);
    connect(m_probe.get(), &ConnectionProbe::changed, this, &ConnectionTest::refresh);
    connect(m_probe.get(), &ConnectionProbe::finished, this, [this](bool usable) {
        refresh();
        showFirstFault();
        showVerdict(m_probe->verdict());
        m_probe.release()->deleteLater();
        Q_EMIT finished(usable);
    });
    m_steps->clear();
    m_verdict->showMessage(Tone::Info, tr("Testing\u2026"), m_note);
    show();
    m_probe->start();
}

void ConnectionTest::showVerdict(ProbeVerdict verdict)
{
    switch (verdict) {
    case ProbeVerdict::Works:
        m_verdict->showMessage(Tone::Positive, tr("This connection works."), m_note);
        break;
    case ProbeVerdict::WorksPartly:
        m_verdict->showMessage(Tone::Warning, tr("This connection works, but not with every server."), m_note);
        break;
    case ProbeVerdict::Fails:
        m_verdict->showMessage(Tone::Danger, tr("This connection does not work yet."), m_note);
        break;
    }
}

void ConnectionTest::showNote(const QString& note) { m_note = note; }

void ConnectionTest::stop()
{
    m_probe.reset();
    hide();
}

void ConnectionTest::refresh()
{
    m_steps->clear();
    QTreeWidgetItem* server = nullptr;
    QString name;
    for (const ProbeStep& step : m_probe->steps()) {
        if (!server || step.server != name) {
            name = step.server;
            server = new QTreeWidgetItem(m_steps, { name });
            server->setFirstColumnSpanned(true);
            QFont font = m_steps->font();
            font.setBold(true);
            server->setFont(StepColumn, font);
        }
        addStep(server, step);
    }
    m_steps->expandAll();
    m_steps->scrollToBottom();
}

void ConnectionTest::showFirstFault()
{
    const QList<ProbeStep>& steps = m_probe->steps();
    const auto fault = std::find_if(
        steps.begin(), steps.end(), [](const ProbeStep& step) { return step.state == ProbeStep::State::Failed; });
    const QString server = fault == steps.end() ? QString() : fault->server;
    for (int i = 0; i < m_steps->topLevelItemCount(); ++i) {
        if (server.isEmpty() || m_steps->topLevelItem(i)->text(StepColumn) == server) {
            m_steps->scrollToItem(m_steps->topLevelItem(i), QAbstractItemView::PositionAtTop);
            return;
        }
    }
}

} // namespace lockscope
