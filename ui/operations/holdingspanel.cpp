// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/holdingspanel.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/icons.h"
#include "common/theme.h"
#include "operations/grantpanel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace lockscope {

namespace {

enum Column { KeyColumn, LeftColumn, FenceColumn, columnCount };
constexpr int idRole = Qt::UserRole;
constexpr int keyLimit = 200;
constexpr std::chrono::milliseconds tickTime { 250 };

QString leftText(const HeldLock& lock)
{
    switch (lock.state) {
    case HoldState::Released:
        return HoldingsPanel::tr("released");
    case HoldState::Lost:
        return HoldingsPanel::tr("lost");
    case HoldState::Held:
        break;
    }
    const auto left = std::chrono::duration_cast<Milliseconds>(lock.grant.validUntil - SystemClock::instance().now());
    const QString text = durationText(std::max(left, Milliseconds(0)));
    return lock.renews ? HoldingsPanel::tr("%1, renewed").arg(text) : text;
}

QIcon stateIcon(const HeldLock& lock)
{
    const ThemeColors& colors = currentColors();
    switch (lock.state) {
    case HoldState::Released:
        return tintedPixmap(QStringLiteral("state-gone"), colors.muted, 16);
    case HoldState::Lost:
        return tintedPixmap(QStringLiteral("danger"), colors.danger, 16);
    case HoldState::Held:
        break;
    }
    return lock.error ? tintedPixmap(QStringLiteral("warning"), colors.warning, 16)
                      : tintedPixmap(QStringLiteral("state-held"), colors.positive, 16);
}

} // namespace

HoldingsPanel::HoldingsPanel(HeldLocks* locks, QWidget* parent)
    : QWidget(parent)
    , m_locks(locks)
    , m_list(new QTreeWidget(this))
    , m_empty(new QLabel(tr("You hold no lock. Acquire takes one."), this))
    , m_grant(new GrantPanel(locks, this))
    , m_releaseAll(new QPushButton(themedIcon(QStringLiteral("release")), tr("Release &all"), this))
    , m_forget(new QPushButton(tr("Clear en&ded"), this))
    , m_timer(new QTimer(this))
{
    build();
    connect(m_locks, &HeldLocks::changed, this, &HoldingsPanel::updateLock);
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        m_grant->setLock(item ? item->data(KeyColumn, idRole).toULongLong() : 0);
        updateState();
    });
    connect(m_releaseAll, &QPushButton::clicked, m_locks, &HeldLocks::releaseAll);
    connect(m_forget, &QPushButton::clicked, m_locks, &HeldLocks::forgetEnded);
    connect(m_timer, &QTimer::timeout, this, &HoldingsPanel::tick);
    updateState();
}

void HoldingsPanel::build()
{
    m_list->setColumnCount(columnCount);
    m_list->setHeaderLabels({ tr("Key"), tr("Valid for"), tr("Fence") });
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAccessibleName(tr("Locks held by you"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(KeyColumn, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(LeftColumn, QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(FenceColumn, QHeaderView::ResizeToContents);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_forget);
    buttons->addWidget(m_releaseAll);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    layout->addWidget(m_grant);
}

QTreeWidgetItem* HoldingsPanel::itemOf(quint64 id) const
{
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        QTreeWidgetItem* item = m_list->topLevelItem(row);
        if (item->data(KeyColumn, idRole).toULongLong() == id)
            return item;
    }
    return nullptr;
}

void HoldingsPanel::select(quint64 id)
{
    if (QTreeWidgetItem* item = itemOf(id))
        m_list->setCurrentItem(item);
}

void HoldingsPanel::updateLock(quint64 id)
{
    QTreeWidgetItem* item = itemOf(id);
    const HeldLock* lock = m_locks->find(id);
    if (!lock) {
        delete item;
    } else if (item) {
        fill(*item, *lock);
    } else {
        item = new QTreeWidgetItem;
        item->setData(KeyColumn, idRole, id);
        fill(*item, *lock);
        m_list->insertTopLevelItem(0, item);
        m_list->setCurrentItem(item);
    }
    updateState();
}

void HoldingsPanel::fill(QTreeWidgetItem& item, const HeldLock& lock) const
{
    const QString key = displayText(lock.grant.key, keyLimit);
    item.setText(KeyColumn, key);
    item.setToolTip(KeyColumn, key.toHtmlEscaped());
    item.setIcon(KeyColumn, stateIcon(lock));
    item.setText(LeftColumn, leftText(lock));
    item.setText(FenceColumn, lock.grant.fence ? QString::number(*lock.grant.fence) : QStringLiteral("–"));
    item.setTextAlignment(FenceColumn, Qt::AlignTrailing | Qt::AlignVCenter);
}

void HoldingsPanel::tick()
{
    for (const HeldLock& lock : m_locks->locks()) {
        if (QTreeWidgetItem* item = itemOf(lock.id))
            item->setText(LeftColumn, leftText(lock));
    }
}

void HoldingsPanel::updateState()
{
    const auto count = qsizetype(m_locks->locks().size());
    const qsizetype held = m_locks->heldCount();
    m_empty->setVisible(count == 0);
    m_list->setVisible(count > 0);
    m_grant->setVisible(m_list->currentItem() != nullptr);
    m_releaseAll->setVisible(count > 0);
    m_forget->setVisible(count > 0);
    m_releaseAll->setEnabled(held > 0);
    m_forget->setEnabled(held < count);
    if (held > 0)
        m_timer->start(tickTime);
    else
        m_timer->stop();
}

} // namespace lockscope
