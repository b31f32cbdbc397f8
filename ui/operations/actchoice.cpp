// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/actchoice.h"

#include "base/bytetext.h"
#include "deployment/acttext.h"
#include "operations/durationedit.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QStandardItemModel>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

/// Longer reasons stand in the tool tip and below.
constexpr qsizetype shortReason = 60;

QStandardItem* itemOf(const QComboBox* box, int index)
{
    return qobject_cast<QStandardItemModel*>(box->model())->item(index);
}

/// Not setRowVisible(): Qt 6.4 lays out what it has just hidden.
void showRow(const QFormLayout* form, QWidget* field, bool isShown)
{
    if (QWidget* label = form->labelForField(field))
        label->setVisible(isShown);
    field->setVisible(isShown);
}

} // namespace

ActChoice::ActChoice(QWidget* parent)
    : QWidget(parent)
    , m_acts(new QComboBox(this))
    , m_ttl(new DurationEdit(tr("New lease"), 1ms, 60s, this))
    , m_clients(new QComboBox(this))
    , m_partly(new QCheckBox(tr("Leave alone what lies in other slots of the cluster"), this))
    , m_explanation(new QLabel(this))
    , m_form(new QFormLayout(this))
{
    build();
}

void ActChoice::build()
{
    m_acts->setAccessibleName(tr("What to do"));
    m_clients->setAccessibleName(tr("Connection"));
    m_clients->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_clients->setMinimumContentsLength(24);
    for (int i = 0; i < lockActCount; ++i)
        m_acts->addItem(actTitle(LockAct(i)), i);
    m_acts->setCurrentIndex(int(LockAct::Release));
    m_explanation->setWordWrap(true);
    m_explanation->setTextFormat(Qt::PlainText);
    m_explanation->setAccessibleName(tr("What it does"));
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->addRow(tr("W&hat to do:"), m_acts);
    m_form->addRow(tr("New &lease:"), m_ttl);
    m_form->addRow(tr("C&onnection:"), m_clients);
    m_form->addRow(QString(), m_partly);
    m_form->addRow(QString(), m_explanation);
    connect(m_acts, &QComboBox::currentIndexChanged, this, &ActChoice::changed);
    connect(m_clients, &QComboBox::currentIndexChanged, this, &ActChoice::changed);
    connect(m_ttl, &DurationEdit::durationChanged, this, &ActChoice::changed);
    connect(m_partly, &QCheckBox::toggled, this, &ActChoice::changed);
}

void ActChoice::select(LockAct act) { m_acts->setCurrentIndex(int(act)); }

ReleaseAct ActChoice::act() const
{
    ReleaseAct act;
    act.act = LockAct(m_acts->currentIndex());
    act.ttlMs = needsTtl(act.act) ? m_ttl->duration().count() : -1;
    if (act.act == LockAct::KillConnection)
        act.client = m_seen.value(m_clients->currentIndex());
    act.partly = m_partly->isChecked();
    return act;
}

void ActChoice::update(const ReleaseReview& review)
{
    for (int i = 0; i < lockActCount; ++i) {
        const QString obstacle = review.obstacle(LockAct(i));
        QStandardItem* item = itemOf(m_acts, i);
        item->setEnabled(obstacle.isEmpty());
        item->setToolTip(obstacle);
        const QString title = actTitle(LockAct(i));
        const bool isShort = !obstacle.isEmpty() && obstacle.size() <= shortReason;
        const QString reason = isShort ? obstacle : tr("not possible here");
        item->setText(obstacle.isEmpty() ? title : QString(title + QStringLiteral(" \u2013 ") + reason));
    }
    showDetails(review);
}

void ActChoice::showDetails(const ReleaseReview& review)
{
    const LockAct act = LockAct(m_acts->currentIndex());
    const bool hasTtl = needsTtl(act) && act != LockAct::HandBack;
    showRow(m_form, m_ttl, hasTtl);
    showRow(m_form, m_clients, act == LockAct::KillConnection);
    bool split = false;
    for (qsizetype i = 0; i < review.count(); ++i)
        split = split || (review.at(i).impact && !review.at(i).impact->otherSlots.isEmpty());
    showRow(m_form, m_partly, split && act != LockAct::KillConnection);
    const QList<ClientSeen> clients = review.at(0).impact ? review.at(0).impact->evidence.clients : QList<ClientSeen>();
    if (clients != m_seen) {
        m_seen = clients;
        const QSignalBlocker quiet(m_clients);
        m_clients->clear();
        for (const ClientSeen& client : clients)
            m_clients->addItem(
                tr("%1 %2 \u2013 %3").arg(displayText(client.address), displayText(client.name, 40), client.why));
    }
    const QString obstacle = review.obstacle(act);
    const QString explanation = actExplanation(review.at(0).seen.family, act);
    m_explanation->setText(obstacle.isEmpty() ? explanation : tr("Not possible: %1").arg(obstacle));
}

} // namespace lockscope
