// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectiontree.h"

#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/plaintip.h"
#include "common/theme.h"

#include <QDateTime>
#include <QDropEvent>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTreeWidgetItemIterator>

namespace lockscope {

namespace {

constexpr int idRole = Qt::UserRole;
constexpr int groupRole = Qt::UserRole + 1;
constexpr int wordsRole = Qt::UserRole + 2;
constexpr int environmentRole = Qt::UserRole + 3;

class RoomyDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        constexpr int air = 10;
        return QStyledItemDelegate::sizeHint(option, index).expandedTo({ 0, option.fontMetrics.height() + air });
    }
};

/// The environment as a filled flag with its word.
class EnvironmentDelegate final : public RoomyDelegate {
public:
    using RoomyDelegate::RoomyDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const auto environment = Environment(index.data(environmentRole).toInt());
        const QString word = index.data(environmentRole).isValid() ? environmentWord(environment) : QString();
        if (word.isEmpty())
            return;
        QFont font = option.font;
        font.setBold(true);
        font.setPointSizeF(font.pointSizeF() * 0.85);
        const QFontMetrics metrics(font);
        const QString shown = metrics.elidedText(word, Qt::ElideRight, option.rect.width() - 20);
        QRect flag = option.rect.adjusted(4, 3, 0, -3);
        flag.setWidth(metrics.horizontalAdvance(shown) + 14);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(
            option.state & QStyle::State_Selected ? QPen(currentColors().environmentText) : QPen(Qt::NoPen));
        painter->setBrush(environmentColor(environment));
        painter->drawRoundedRect(flag, 3, 3);
        painter->setPen(currentColors().environmentText);
        painter->setFont(font);
        painter->drawText(flag, Qt::AlignCenter, shown);
        painter->restore();
    }
};

QString iconOf(const SavedConnection& connection)
{
    if (connection.specs.size() > 1)
        return QStringLiteral("groups");
    switch (connection.specs.value(0).topology) {
    case Topology::Sentinel:
        return QStringLiteral("sentinel");
    case Topology::Cluster:
        return QStringLiteral("cluster");
    case Topology::Sandbox:
        return QStringLiteral("sandbox");
    case Topology::Standalone:
        break;
    }
    return QStringLiteral("server");
}

QString usedText(qint64 ms)
{
    if (ms <= 0)
        return ConnectionTree::tr("never");
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms), QLocale::ShortFormat);
}

} // namespace

ConnectionTree::ConnectionTree(QWidget* parent)
    : QTreeWidget(parent)
{
    setHeaderLabels({ tr("Name"), tr("Environment"), tr("Server"), tr("Last used") });
    setAccessibleName(tr("Saved connections"));
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setDragDropMode(QAbstractItemView::InternalMove);
    setAlternatingRowColors(true);
    setUniformRowHeights(true);
    setTextElideMode(Qt::ElideMiddle);
    setAllColumnsShowFocus(true);
    setExpandsOnDoubleClick(false);
    setItemDelegate(new RoomyDelegate(this));
    setItemDelegateForColumn(EnvironmentColumn, new EnvironmentDelegate(this));
    setIconSize({ 18, 18 });
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(ServerColumn, QHeaderView::Stretch);
    header()->resizeSection(NameColumn, 230);
    header()->resizeSection(EnvironmentColumn, 140);
    header()->resizeSection(UsedColumn, 150);
}

void ConnectionTree::setBook(const ConnectionBook& book)
{
    m_book = book;
    fill();
}

void ConnectionTree::fill()
{
    const QStringList selected = selectedIds();
    const QString current = currentItem() ? currentItem()->data(0, idRole).toString() : QString();
    QStringList folded;
    for (auto it = m_groups.cbegin(); it != m_groups.cend(); ++it) {
        if (!it.value()->isExpanded())
            folded.append(it.key());
    }
    clear();
    m_groups.clear();
    for (const QString& group : m_book.groups())
        (void)groupItem(group);
    for (const SavedConnection& connection : std::as_const(m_book.connections))
        addConnection(connection);
    for (auto it = m_groups.cbegin(); it != m_groups.cend(); ++it)
        it.value()->setExpanded(!folded.contains(it.key()));
    for (const QString& id : selected)
        select(id);
    if (!current.isEmpty() && selected.size() < 2)
        select(current);
    setFilter(m_filter);
}

QTreeWidgetItem* ConnectionTree::groupItem(const QString& group)
{
    if (m_groups.contains(group))
        return m_groups.value(group);
    const qsizetype slash = group.lastIndexOf(QLatin1Char('/'));
    QTreeWidgetItem* above = slash < 0 ? invisibleRootItem() : groupItem(group.left(slash));
    auto* item = new QTreeWidgetItem(above, { group.mid(slash + 1) });
    item->setData(0, groupRole, group);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDropEnabled);
    item->setFirstColumnSpanned(true);
    QFont font = this->font();
    font.setBold(true);
    item->setFont(NameColumn, font);
    m_groups.insert(group, item);
    return item;
}

void ConnectionTree::addConnection(const SavedConnection& connection)
{
    QTreeWidgetItem* above = connection.group.isEmpty() ? invisibleRootItem() : groupItem(connection.group);
    const QString uris = connection.uris().join(QLatin1Char(' '));
    auto* item = new QTreeWidgetItem(above, { connection.name, QString(), uris, usedText(connection.lastUsedMs) });
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled);
    item->setIcon(NameColumn, themedIcon(iconOf(connection)));
    item->setData(0, idRole, connection.id);
    item->setData(0, wordsRole,
        QStringList {
            connection.name, connection.group, uris, connection.note, environmentWord(connection.environment) }
            .join(QLatin1Char('\n')));
    item->setData(EnvironmentColumn, environmentRole, int(connection.environment));
    const QString word = environmentWord(connection.environment);
    item->setData(EnvironmentColumn, Qt::AccessibleTextRole, word);
    QStringList tip { connection.name, topologyTitle(connection), uris };
    if (connection.readOnly)
        tip.append(tr("Read-only"));
    if (!connection.note.isEmpty())
        tip.append(connection.note);
    item->setToolTip(NameColumn, plainTip(tip.join(QLatin1Char('\n'))));
    item->setToolTip(ServerColumn, plainTip(uris));
    item->setForeground(UsedColumn, currentColors().muted);
    const bool isInsecure = std::any_of(connection.specs.cbegin(), connection.specs.cend(),
        [](const ConnectionSpec& spec) { return spec.tls.insecure; });
    if (isInsecure)
        item->setIcon(ServerColumn, QIcon(tintedPixmap(QStringLiteral("warning"), currentColors().warning, 16)));
}

bool ConnectionTree::filterItem(QTreeWidgetItem* item)
{
    bool shown = item->data(0, groupRole).isValid()
        ? false
        : item->data(0, wordsRole).toString().contains(m_filter, Qt::CaseInsensitive);
    for (int i = 0; i < item->childCount(); ++i)
        shown = filterItem(item->child(i)) || shown;
    item->setHidden(!shown);
    return shown;
}

void ConnectionTree::setFilter(const QString& text)
{
    m_filter = text.trimmed();
    for (int i = 0; i < topLevelItemCount(); ++i)
        (void)filterItem(topLevelItem(i));
    if (!m_filter.isEmpty())
        expandAll();
    viewport()->update();
}

void ConnectionTree::select(const QString& id)
{
    for (QTreeWidgetItemIterator it(this); *it; ++it) {
        if ((*it)->data(0, idRole).toString() != id)
            continue;
        if (selectedItems().isEmpty())
            setCurrentItem(*it);
        (*it)->setSelected(true);
        scrollToItem(*it);
    }
}

QStringList ConnectionTree::selectedIds() const
{
    QStringList ids;
    for (QTreeWidgetItemIterator it(const_cast<ConnectionTree*>(this)); *it; ++it) {
        const QString id = (*it)->data(0, idRole).toString();
        if ((*it)->isSelected() && !id.isEmpty() && !(*it)->isHidden())
            ids.append(id);
    }
    return ids;
}

int ConnectionTree::shownCount() const
{
    int count = 0;
    for (QTreeWidgetItemIterator it(const_cast<ConnectionTree*>(this), QTreeWidgetItemIterator::NotHidden); *it; ++it)
        count += (*it)->data(0, idRole).toString().isEmpty() ? 0 : 1;
    return count;
}

void ConnectionTree::setEmptyText(const QString& title, const QString& detail)
{
    m_emptyTitle = title;
    m_emptyDetail = detail;
    viewport()->update();
}

void ConnectionTree::dragMoveEvent(QDragMoveEvent* event)
{
    QTreeWidget::dragMoveEvent(event);
    if (event->source() == this)
        event->accept();
}

// The tree is drawn from the book alone: a drop only says what is wanted.
void ConnectionTree::dropEvent(QDropEvent* event)
{
    if (event->source() != this)
        return;
    const QTreeWidgetItem* target = itemAt(event->position().toPoint());
    QString group;
    QString before;
    if (target && target->data(0, groupRole).isValid()) {
        group = target->data(0, groupRole).toString();
    } else if (target) {
        before = target->data(0, idRole).toString();
        if (const SavedConnection* connection = m_book.byId(before))
            group = connection->group;
    }
    event->setDropAction(Qt::CopyAction); // so that the view removes nothing
    event->accept();
    const QStringList ids = selectedIds();
    if (!ids.isEmpty() && !ids.contains(before))
        Q_EMIT moveRequested(ids, group, before);
}

void ConnectionTree::paintEvent(QPaintEvent* event)
{
    QTreeWidget::paintEvent(event);
    if (shownCount() > 0)
        return;
    QPainter painter(viewport());
    const QRect area = viewport()->rect().adjusted(24, 0, -24, 0);
    const int middle = area.height() / 2;
    QFont font = this->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.2);
    painter.setFont(font);
    painter.setPen(currentColors().text);
    painter.drawText(QRect(area.left(), middle - 60, area.width(), 50),
        Qt::AlignHCenter | Qt::AlignBottom | Qt::TextWordWrap,
        m_filter.isEmpty() ? m_emptyTitle : tr("No connection matches"));
    painter.setFont(this->font());
    painter.setPen(currentColors().muted);
    painter.drawText(QRect(area.left(), middle, area.width(), 80), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
        m_filter.isEmpty() ? m_emptyDetail : tr("Names, groups, servers and notes are searched."));
}

void ConnectionTree::changeEvent(QEvent* event)
{
    QTreeWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        fill();
}

} // namespace lockscope
