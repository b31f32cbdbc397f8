// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/releaselist.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "deployment/acttext.h"

#include <QHeaderView>
#include <QSignalBlocker>

#include <algorithm>

namespace lockscope {

namespace {

enum Column { KeyColumn, HolderColumn, LeftColumn, WaitingColumn, StateColumn, ColumnCount };
constexpr int maximumKeyCharacters = 120;
constexpr int maximumRows = 7;

QString lookWord(const ReleaseCandidate& candidate)
{
    switch (candidate.look) {
    case ReleaseCandidate::Look::Pending:
        return ReleaseList::tr("looking\u2026");
    case ReleaseCandidate::Look::Same:
        return ReleaseList::tr("as you saw it");
    case ReleaseCandidate::Look::HolderChanged:
        return candidate.adopted ? ReleaseList::tr("new holder chosen") : ReleaseList::tr("holder changed");
    case ReleaseCandidate::Look::Gone:
        return ReleaseList::tr("gone");
    case ReleaseCandidate::Look::Failed:
        break;
    }
    return ReleaseList::tr("not read");
}

QString stateText(const ReleaseCandidate& candidate)
{
    if (!candidate.result)
        return candidate.excluded ? ReleaseList::tr("left out") : lookWord(candidate);
    QString text = releaseSummary({ *candidate.result }).section(QLatin1Char(' '), 1);
    if (candidate.result->next && candidate.result->next->kind == NextHolder::Kind::Other)
        text += ReleaseList::tr(", next after %1").arg(durationText(Milliseconds(candidate.result->next->afterMs)));
    return text;
}

QString leftText(const ReleaseCandidate& candidate)
{
    const bool read
        = candidate.look == ReleaseCandidate::Look::Same || candidate.look == ReleaseCandidate::Look::HolderChanged;
    if (!read)
        return {};
    return candidate.found.ttlMs < 0 ? ReleaseList::tr("no TTL") : durationText(Milliseconds(candidate.found.ttlMs));
}

void fill(QTreeWidgetItem* item, const ReleaseCandidate& candidate)
{
    const LockInspection& found = candidate.found;
    item->setText(KeyColumn, displayText(candidate.seen.key, maximumKeyCharacters));
    item->setToolTip(KeyColumn, displayText(candidate.seen.key, 1000));
    item->setText(HolderColumn,
        candidate.seen.extras->owner.isEmpty() ? tokenFingerprint(candidate.expectedToken())
                                               : candidate.seen.extras->owner);
    item->setText(LeftColumn, leftText(candidate));
    item->setText(WaitingColumn, found.exists && found.waiters >= 0 ? QString::number(found.waiters) : QString());
    item->setText(StateColumn, stateText(candidate));
    QStringList told;
    if (candidate.result) {
        told += releaseResultText(*candidate.result);
        for (const NodeRelease& node : candidate.result->nodes)
            told += nodeReleaseText(node);
    }
    item->setToolTip(StateColumn, told.join(QLatin1Char('\n')));
    item->setCheckState(KeyColumn, candidate.excluded ? Qt::Unchecked : Qt::Checked);
}

} // namespace

ReleaseList::ReleaseList(const ReleaseReview& review, QWidget* parent)
    : QTreeWidget(parent)
{
    setAccessibleName(tr("Locks, each with a box to leave it out"));
    setColumnCount(ColumnCount);
    setHeaderLabels({ tr("Key"), tr("Holder"), tr("Remaining"), tr("Waiting"), tr("State") });
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAlternatingRowColors(true);
    setTextElideMode(Qt::ElideMiddle);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(KeyColumn, QHeaderView::Stretch);
    for (int column = HolderColumn; column < ColumnCount; ++column)
        header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    for (qsizetype i = 0; i < review.count(); ++i)
        addTopLevelItem(new QTreeWidgetItem);
    show(review);
    setCurrentItem(topLevelItem(0));
    const int rows = std::min(int(review.count()), maximumRows);
    setFixedHeight(header()->sizeHint().height() + (sizeHintForRow(0) + 1) * rows + 2 * frameWidth() + 4);
    connect(this, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int column) {
        if (column == KeyColumn)
            Q_EMIT excludedChanged(indexOfTopLevelItem(item), item->checkState(KeyColumn) == Qt::Unchecked);
    });
    connect(this, &QTreeWidget::currentItemChanged, this, [this] { Q_EMIT rowChanged(currentRow()); });
}

void ReleaseList::show(const ReleaseReview& review)
{
    const QSignalBlocker quiet(this);
    for (qsizetype i = 0; i < review.count(); ++i)
        fill(topLevelItem(int(i)), review.at(i));
}

void ReleaseList::setBusy(bool busy)
{
    const QSignalBlocker quiet(this);
    for (int i = 0; i < topLevelItemCount(); ++i)
        topLevelItem(i)->setFlags(busy ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                                       : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
}

qsizetype ReleaseList::currentRow() const { return std::max(indexOfTopLevelItem(currentItem()), 0); }

} // namespace lockscope
