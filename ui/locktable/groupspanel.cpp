// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/groupspanel.h"

#include "base/bytetext.h"
#include "base/workerpool.h"
#include "locktable/groupitem.h"
#include "locktable/locktablemodel.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr auto interval = 1000ms;
// Counting a million takes a while: it may use a fifth of one processor.
constexpr int restFactor = 4;
constexpr int nameLimit = 200;

void setCount(QTreeWidgetItem* item, int column, quint64 count)
{
    if (item->data(column, GroupItem::CountRole).isValid()
        && item->data(column, GroupItem::CountRole).toULongLong() == count)
        return;
    item->setData(column, GroupItem::CountRole, count);
    item->setText(column, QLocale().toString(count));
    item->setTextAlignment(column, Qt::AlignTrailing | Qt::AlignVCenter);
}

void setCounts(QTreeWidgetItem* item, const LockGroupCounts& counts)
{
    setCount(item, GroupItem::Locks, counts.locks);
    setCount(item, GroupItem::WithoutTtl, counts.withoutTtl);
    setCount(item, GroupItem::EndingSoon, counts.endingSoon);
}

// In the tree only what a level adds; the tool tip has it whole.
QString shownName(const LockGroup& group, const LockGroups& groups, LockGrouping grouping)
{
    if (grouping == LockGrouping::Holder)
        return displayText(group.name, nameLimit);
    const qsizetype above = group.parent < 0 ? 0 : groups.groups[size_t(group.parent)].name.size() + 1;
    return displayText(group.name.mid(above), nameLimit) + QLatin1Char(':');
}

} // namespace

GroupsPanel::GroupsPanel(LockTableModel* model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_mode(new QComboBox(this))
    , m_tree(new QTreeWidget(this))
    , m_summary(new QLabel(this))
{
    m_mode->addItem(tr("By holder"), int(LockGrouping::Holder));
    m_mode->addItem(tr("By key prefix"), int(LockGrouping::Prefix));
    m_mode->setAccessibleName(tr("Group by"));
    m_mode->setToolTip(tr("Everything that one holder has, or the parts of the keys before each colon"));
    m_tree->setAccessibleName(tr("Groups of locks"));
    m_tree->setHeaderLabels({ tr("Group"), tr("Locks"), tr("No TTL"), tr("< 5 s"), tr("Holders") });
    m_tree->headerItem()->setToolTip(GroupItem::EndingSoon, tr("Locks that end within five seconds"));
    m_tree->headerItem()->setToolTip(GroupItem::Holders, tr("How many different holders there are"));
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(GroupItem::Name, QHeaderView::Stretch);
    // As wide as their titles with the arrow of the order; the names get the rest.
    for (int column = GroupItem::Locks; column < GroupItem::columnCount; ++column)
        m_tree->header()->resizeSection(
            column, m_tree->fontMetrics().horizontalAdvance(m_tree->headerItem()->text(column)) + 26);
    m_tree->setIndentation(14);
    m_tree->sortByColumn(GroupItem::Locks, Qt::DescendingOrder);
    m_summary->setWordWrap(true);
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    for (QWidget* widget : std::initializer_list<QWidget*> { m_mode, m_tree, m_summary })
        layout->addWidget(widget);
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &GroupsPanel::count);
    connect(m_mode, &QComboBox::currentIndexChanged, this, [this] {
        m_items.clear();
        m_tree->clear();
        cancel();
        if (isVisible())
            count();
    });
    connect(m_tree, &QTreeWidget::itemClicked, this, &GroupsPanel::choose);
    connect(m_tree, &QTreeWidget::itemActivated, this, &GroupsPanel::choose);
}

GroupsPanel::~GroupsPanel() { cancel(); }

LockGrouping GroupsPanel::grouping() const { return LockGrouping(m_mode->currentData().toInt()); }

void GroupsPanel::setGrouping(LockGrouping grouping) { m_mode->setCurrentIndex(m_mode->findData(int(grouping))); }

void GroupsPanel::clearChoice() { m_tree->clearSelection(); }

void GroupsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (!m_cancelled)
        count();
}

void GroupsPanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    cancel();
}

void GroupsPanel::cancel()
{
    m_next.stop();
    if (m_cancelled)
        *m_cancelled = true;
    m_cancelled.reset();
}

void GroupsPanel::count()
{
    LockGroupJob job = m_model->groupJob(grouping());
    m_cancelled = job.cancelled;
    QElapsedTimer timer;
    timer.start();
    runInPool<LockGroupJob>(this, std::move(job), groupLocks, [this, timer](const LockGroupJob& done) {
        if (*done.cancelled)
            return;
        m_cancelled.reset();
        showGroups(done.result);
        m_next.start(std::max<Milliseconds>(interval, restFactor * Milliseconds(timer.elapsed())));
    });
}

void GroupsPanel::showGroups(const LockGroups& groups)
{
    m_seen.clear();
    m_tree->setUpdatesEnabled(false);
    m_tree->setSortingEnabled(false);
    m_tree->setColumnHidden(GroupItem::Holders, grouping() == LockGrouping::Holder);
    m_tree->setRootIsDecorated(grouping() == LockGrouping::Prefix);
    std::vector<QTreeWidgetItem*> items;
    for (const LockGroup& group : groups.groups) {
        QTreeWidgetItem* item = itemFor(group.name, group.parent < 0 ? nullptr : items[size_t(group.parent)]);
        items.push_back(item);
        if (item->text(GroupItem::Name).isEmpty()) {
            item->setText(GroupItem::Name, shownName(group, groups, grouping()));
            const QString word = lockGroupWord(group, grouping());
            item->setData(GroupItem::Name, GroupItem::WordRole, word);
            item->setToolTip(GroupItem::Name, tr("Click or Enter filters the table: %1").arg(word.left(nameLimit)));
        }
        setCounts(item, group.counts);
        setCount(item, GroupItem::Holders, group.holders);
    }
    for (size_t i = 0; i < items.size(); ++i)
        showOthers(groups.groups[i].name, items[i], groups.groups[i].otherGroups, groups.groups[i].others);
    showOthers({}, nullptr, groups.otherGroups, groups.others);
    removeOld();
    // All at once: the view hears of each parent, not of each item.
    for (auto it = m_new.cbegin(); it != m_new.cend(); ++it)
        it.key()->addChildren(it.value());
    m_new.clear();
    m_tree->setSortingEnabled(true);
    m_tree->setUpdatesEnabled(true);
    showSummary(groups);
    Q_EMIT groupsShown();
}

QTreeWidgetItem* GroupsPanel::itemFor(const QByteArray& key, QTreeWidgetItem* parent)
{
    m_seen.insert(key);
    QTreeWidgetItem*& item = m_items[key];
    if (!item) {
        item = new GroupItem;
        m_new[parent ? parent : m_tree->invisibleRootItem()].append(item);
    }
    return item;
}

void GroupsPanel::showOthers(
    const QByteArray& parentName, QTreeWidgetItem* parent, quint64 groups, const LockGroupCounts& counts)
{
    if (groups == 0)
        return;
    QTreeWidgetItem* item = itemFor(parentName + ":\n", parent);
    static_cast<GroupItem*>(item)->isOthers = true;
    item->setText(GroupItem::Name, tr("%Ln other groups", nullptr, int(groups)));
    item->setFlags(Qt::ItemIsEnabled);
    setCounts(item, counts);
}

// An item whose parent goes, too, goes with it.
void GroupsPanel::removeOld()
{
    QList<QTreeWidgetItem*> old;
    QSet<const QTreeWidgetItem*> leaving;
    for (auto it = m_items.begin(); it != m_items.end();) {
        if (m_seen.contains(it.key())) {
            ++it;
            continue;
        }
        old.append(it.value());
        leaving.insert(it.value());
        it = m_items.erase(it);
    }
    old.removeIf([&](const QTreeWidgetItem* item) { return leaving.contains(item->parent()); });
    qDeleteAll(old);
}

void GroupsPanel::showSummary(const LockGroups& groups)
{
    QString text = tr("%Ln locks", nullptr, int(groups.total.locks));
    if (groups.ungrouped.locks > 0)
        text += QStringLiteral(", ")
            + (grouping() == LockGrouping::Holder
                    ? tr("%Ln without a readable holder", nullptr, int(groups.ungrouped.locks))
                    : tr("%Ln without a prefix", nullptr, int(groups.ungrouped.locks)));
    m_summary->setText(text);
}

void GroupsPanel::choose(QTreeWidgetItem* item)
{
    if (const QString word = item->data(GroupItem::Name, GroupItem::WordRole).toString(); !word.isEmpty())
        Q_EMIT groupChosen(word);
}

} // namespace lockscope
