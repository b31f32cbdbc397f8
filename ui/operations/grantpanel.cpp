// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/grantpanel.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/badge.h"
#include "common/bytesview.h"
#include "common/clipboard.h"
#include "common/icons.h"
#include "common/messagestrip.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int barSteps = 1000;
constexpr int keyLimit = 80;
constexpr std::chrono::milliseconds tickTime { 100 };

Milliseconds leftUntil(SteadyTime instant)
{
    const auto left = std::chrono::duration_cast<Milliseconds>(instant - SystemClock::instance().now());
    return std::max(left, Milliseconds(0));
}

QString voteText(const NodeAnswer& node)
{
    switch (node.vote) {
    case NodeVote::Yes:
        return GrantPanel::tr("holds it");
    case NodeVote::Taken:
        return GrantPanel::tr("somebody else's");
    case NodeVote::Missing:
        return GrantPanel::tr("has lost it");
    case NodeVote::Failed:
        break;
    }
    return node.error ? errorTitle(node.error->kind) : GrantPanel::tr("no answer");
}

QLabel* plainLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

GrantPanel::GrantPanel(HeldLocks* locks, QWidget* parent)
    : QWidget(parent)
    , m_locks(locks)
    , m_badge(new Badge(this))
    , m_key(plainLabel({}, this))
    , m_token(new BytesView(this))
    , m_fenceTitle(new QLabel(tr("Fencing token:"), this))
    , m_fence(plainLabel({}, this))
    , m_validity(plainLabel({}, this))
    , m_bar(new QProgressBar(this))
    , m_nodesTitle(new QLabel(tr("Masters:"), this))
    , m_nodes(new QWidget(this))
    , m_nodeGrid(new QGridLayout(m_nodes))
    , m_renew(new QCheckBox(this))
    , m_copy(new QPushButton(themedIcon(QStringLiteral("copy")), tr("Co&py token"), this))
    , m_extend(new QPushButton(themedIcon(QStringLiteral("extend")), tr("&Extend"), this))
    , m_release(new QPushButton(themedIcon(QStringLiteral("release")), tr("&Release now"), this))
    , m_message(new MessageStrip(this))
    , m_timer(new QTimer(this))
{
    build();
    connect(m_locks, &HeldLocks::changed, this, [this](quint64 id) {
        if (id == m_id)
            showLock();
    });
    connect(m_timer, &QTimer::timeout, this, &GrantPanel::tick);
    showLock();
}

void GrantPanel::build()
{
    m_token->setAccessibleName(tr("Token"));
    m_renew->setAccessibleName(tr("Renew by itself"));
    m_token->setMaximumLines(2);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(8);
    m_bar->setRange(0, barSteps);
    m_bar->setAccessibleName(tr("Validity left"));
    m_nodeGrid->setContentsMargins(0, 0, 0, 0);
    m_nodeGrid->setHorizontalSpacing(12);
    m_nodeGrid->setVerticalSpacing(2);
    m_nodeGrid->setColumnStretch(2, 1);
    m_fence->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_key->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* validity = new QVBoxLayout;
    validity->setSpacing(3);
    validity->addWidget(m_validity);
    validity->addWidget(m_bar);
    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    form->addRow(tr("Key:"), m_key);
    form->addRow(tr("State:"), m_badge);
    form->addRow(tr("Token:"), m_token);
    form->addRow(m_fenceTitle, m_fence);
    form->addRow(tr("Valid for:"), validity);
    form->addRow(m_nodesTitle, m_nodes);
    form->addRow(QString(), m_renew);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(form);
    buildButtons();
    layout->addWidget(m_message);
}

void GrantPanel::buildButtons()
{
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    for (QPushButton* button : { m_copy, m_extend, m_release }) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    static_cast<QVBoxLayout*>(layout())->addLayout(buttons);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (const HeldLock* lock = m_locks->find(m_id))
            copyBytes(lock->grant.token);
    });
    connect(m_extend, &QPushButton::clicked, this, [this] { m_locks->extend(m_id); });
    connect(m_release, &QPushButton::clicked, this, [this] { m_locks->release(m_id); });
    connect(m_renew, &QCheckBox::clicked, this, [this](bool renews) { m_locks->setRenews(m_id, renews); });
}

void GrantPanel::setLock(quint64 id)
{
    m_id = id;
    showLock();
}

bool GrantPanel::isHeld() const
{
    const HeldLock* lock = m_locks->find(m_id);
    return lock && lock->state == HoldState::Held;
}

void GrantPanel::showLock()
{
    const HeldLock* lock = m_locks->find(m_id);
    setEnabled(lock != nullptr);
    if (!lock) {
        m_timer->stop();
        return;
    }
    const bool isHeld = lock->state == HoldState::Held;
    m_key->setText(displayText(lock->grant.key, keyLimit));
    if (isHeld)
        m_badge->setState(Tone::Positive, QStringLiteral("state-held"), tr("Held by you"));
    else if (lock->state == HoldState::Released)
        m_badge->setState(Tone::Neutral, QStringLiteral("state-gone"), tr("Released"));
    else
        m_badge->setState(Tone::Danger, QStringLiteral("danger"), tr("Lost"));
    m_token->setBytes(lock->grant.token);
    for (QLabel* label : { m_fenceTitle, m_fence })
        label->setVisible(lock->grant.fence.has_value());
    m_fence->setText(QString::number(lock->grant.fence.value_or(0)));
    m_extend->setText(tr("&Extend by %1").arg(durationText(lock->grant.ttl)));
    m_renew->setText(tr("Renew b&y itself, every %1").arg(durationText(lock->grant.ttl / 3)));
    m_renew->setChecked(lock->renews);
    for (QWidget* control : std::initializer_list<QWidget*> { m_extend, m_release })
        control->setEnabled(isHeld && !lock->isBusy);
    m_renew->setEnabled(isHeld);
    if (lock->error)
        m_message->showError(*lock->error);
    else if (lock->state == HoldState::Released)
        m_message->showMessage(Tone::Positive, tr("Released; others can take it now."));
    else
        m_message->clear();
    showNodes(*lock);
    if (isHeld)
        m_timer->start(tickTime);
    else
        m_timer->stop();
    showTimes(*lock);
}

void GrantPanel::showNodes(const HeldLock& lock)
{
    const QList<NodeAnswer>& nodes = lock.grant.nodes;
    for (QWidget* widget : std::initializer_list<QWidget*> { m_nodesTitle, m_nodes })
        widget->setVisible(!nodes.isEmpty());
    qDeleteAll(m_nodes->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly));
    m_nodeTimes.clear();
    for (int row = 0; row < nodes.size(); ++row) {
        const NodeAnswer& node = nodes.at(row);
        const bool isYes = node.vote == NodeVote::Yes && lock.state == HoldState::Held;
        auto* icon = new QLabel(m_nodes);
        const QColor color = currentColors().tone(isYes ? Tone::Positive : Tone::Warning);
        icon->setPixmap(
            tintedPixmap(isYes ? QStringLiteral("check") : QStringLiteral("warning"), color, 14, devicePixelRatioF()));
        auto* name = plainLabel(node.node, m_nodes);
        auto* time = plainLabel({}, m_nodes);
        if (node.error)
            time->setToolTip(errorMessage(*node.error).toHtmlEscaped());
        m_nodeGrid->addWidget(icon, row, 0);
        m_nodeGrid->addWidget(name, row, 1);
        m_nodeGrid->addWidget(time, row, 2);
        m_nodeTimes.append(time);
    }
}

void GrantPanel::showTimes(const HeldLock& lock)
{
    const bool isHeld = lock.state == HoldState::Held;
    const Milliseconds left = isHeld ? leftUntil(lock.grant.validUntil) : Milliseconds(0);
    m_validity->setText(isHeld ? durationText(left) : tr("ended"));
    m_bar->setValue(int(left.count() * barSteps / qMax<qint64>(1, lock.grant.validity.count())));
    for (int row = 0; row < m_nodeTimes.size(); ++row) {
        const NodeAnswer& node = lock.grant.nodes.at(row);
        const Milliseconds nodeLeft = isHeld ? leftUntil(node.validUntil) : Milliseconds(0);
        if (!isHeld)
            m_nodeTimes.at(row)->setText(tr("ended"));
        else if (nodeLeft.count() == 0)
            m_nodeTimes.at(row)->setText(voteText(node));
        else
            m_nodeTimes.at(row)->setText(tr("%1, %2 left").arg(voteText(node), durationText(nodeLeft)));
    }
}

void GrantPanel::tick()
{
    if (const HeldLock* lock = m_locks->find(m_id))
        showTimes(*lock);
}

} // namespace lockscope
