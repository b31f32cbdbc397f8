// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktablelayout.h"

#include "locktable/lockcelldelegate.h"
#include "locktable/lockcolumns.h"

#include <QActionGroup>
#include <QDataStream>
#include <QHeaderView>
#include <QMenu>
#include <QScopedValueRollback>
#include <QTableView>

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

constexpr quint8 layoutVersion = 1;
constexpr int narrowestSection = 32;
constexpr int widestSection = 4000;

struct SavedColumn {
    QByteArray id;
    qint32 width = 0;
    qint32 place = 0;
    bool isHidden = false;
};

struct SavedLayout {
    QByteArray sortColumn;
    bool isDescending = false;
    bool isKeyFitted = true;
    QList<SavedColumn> columns;
};

int columnById(const QByteArray& id)
{
    for (int i = 0; i < lockColumnCount; ++i) {
        if (id == lockColumnInfo(LockColumn(i)).id)
            return i;
    }
    return -1;
}

bool isSane(const SavedLayout& layout)
{
    if (columnById(layout.sortColumn) < 0 || layout.columns.isEmpty() || layout.columns.size() > 100)
        return false;
    return std::all_of(layout.columns.begin(), layout.columns.end(), [](const SavedColumn& column) {
        return column.width >= narrowestSection && column.width <= widestSection && column.place >= 0
            && column.place < 100;
    });
}

bool read(const QByteArray& saved, SavedLayout& layout)
{
    QDataStream stream(saved);
    stream.setVersion(QDataStream::Qt_6_0);
    quint8 version = 0;
    quint8 count = 0;
    stream >> version;
    if (version != layoutVersion)
        return false;
    stream >> layout.sortColumn >> layout.isDescending >> layout.isKeyFitted >> count;
    for (int i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        SavedColumn column;
        stream >> column.id >> column.width >> column.place >> column.isHidden;
        layout.columns.append(column);
    }
    return stream.status() == QDataStream::Ok && isSane(layout);
}

} // namespace

LockTableLayout::LockTableLayout(QTableView* view)
    : QObject(view)
    , m_view(view)
    , m_header(view->horizontalHeader())
    , m_menu(new QMenu(view))
    , m_sortMenu(new QMenu(view))
{
    m_header->setSectionsMovable(true);
    m_header->setSectionResizeMode(QHeaderView::Interactive);
    m_header->setMinimumSectionSize(narrowestSection);
    m_header->setHighlightSections(false);
    m_header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_header, &QWidget::customContextMenuRequested, m_menu,
        [this](const QPoint& at) { m_menu->popup(m_header->mapToGlobal(at)); });
    connect(m_header, &QHeaderView::sectionResized, this, &LockTableLayout::sectionResized);
    buildMenu();
    buildSortMenu();
    reset();
}

void LockTableLayout::reset()
{
    {
        const QScopedValueRollback changing(m_isChanging, true);
        for (int i = 0; i < lockColumnCount; ++i) {
            const LockColumnInfo& info = lockColumnInfo(LockColumn(i));
            m_header->moveSection(m_header->visualIndex(i), i);
            m_header->setSectionHidden(i, info.isHidden);
            m_header->resizeSection(i, charactersWide(info.width));
        }
        m_sizedByHand.clear();
        m_isKeyFitted = true;
    }
    m_header->setSortIndicator(int(LockSort().column), LockSort().order);
    fit();
}

void LockTableLayout::setWanted(LockColumn column, bool wanted)
{
    const int section = int(column);
    if (wanted == m_shownByItself.contains(section) || (wanted && !m_header->isSectionHidden(section)))
        return;
    if (wanted)
        m_shownByItself.insert(section);
    else
        m_shownByItself.remove(section);
    // Beside the state, where it is seen; back in its own place when it has gone.
    m_header->moveSection(m_header->visualIndex(section), wanted ? 1 : section);
    m_header->setSectionHidden(section, !wanted);
    fit();
}

QByteArray LockTableLayout::save() const
{
    QByteArray saved;
    QDataStream stream(&saved, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    const int sorted = std::clamp(m_header->sortIndicatorSection(), 0, lockColumnCount - 1);
    stream << layoutVersion << QByteArray(lockColumnInfo(LockColumn(sorted)).id)
           << (m_header->sortIndicatorOrder() == Qt::DescendingOrder) << m_isKeyFitted << quint8(lockColumnCount);
    for (int i = 0; i < lockColumnCount; ++i) {
        const bool isHidden = m_header->isSectionHidden(i) || m_shownByItself.contains(i);
        // A hidden section says 0: its width comes back by showing it, at its default.
        const int width = isHidden      ? std::max(narrowestSection, m_header->defaultSectionSize())
            : i == int(LockColumn::Key) ? m_header->sectionSize(i)
                                        : wantedWidth(i);
        stream << QByteArray(lockColumnInfo(LockColumn(i)).id) << qint32(width) << qint32(m_header->visualIndex(i))
               << isHidden;
    }
    return saved;
}

bool LockTableLayout::restore(const QByteArray& saved)
{
    SavedLayout layout;
    if (!read(saved, layout))
        return false;
    reset();
    {
        const QScopedValueRollback changing(m_isChanging, true);
        std::sort(layout.columns.begin(), layout.columns.end(),
            [](const SavedColumn& a, const SavedColumn& b) { return a.place < b.place; });
        int place = 0;
        for (const SavedColumn& column : std::as_const(layout.columns)) {
            const int section = columnById(column.id);
            if (section < 0)
                continue;
            m_header->moveSection(m_header->visualIndex(section), std::min(place++, lockColumnCount - 1));
            m_header->setSectionHidden(section, column.isHidden && section != int(LockColumn::Key));
            if (!column.isHidden) {
                m_header->resizeSection(section, column.width);
                if (column.width != charactersWide(lockColumnInfo(LockColumn(section)).width))
                    m_sizedByHand.insert(section);
            }
        }
        m_isKeyFitted = layout.isKeyFitted;
    }
    m_header->setSortIndicator(
        columnById(layout.sortColumn), layout.isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    fit();
    return true;
}

void LockTableLayout::rankBy(int column)
{
    m_header->setSectionHidden(column, false);
    m_header->setSortIndicator(column, Qt::DescendingOrder);
    fit();
}

void LockTableLayout::fit()
{
    if (!m_isKeyFitted || m_isChanging)
        return;
    const QScopedValueRollback changing(m_isChanging, true);
    constexpr int key = int(LockColumn::Key);
    int others = 0;
    for (int i = 0; i < lockColumnCount; ++i)
        others += i != key && isShown(i) ? wantedWidth(i) : 0;
    const LockColumnInfo& info = lockColumnInfo(LockColumn::Key);
    giveWay(std::max(0, others + charactersWide(info.width) - m_view->viewport()->width()));
    others = m_header->length() - m_header->sectionSize(key);
    m_header->resizeSection(key, std::max(charactersWide(info.least), m_view->viewport()->width() - others));
}

void LockTableLayout::giveWay(int missing)
{
    QList<int> elastic;
    int room = 0;
    for (int i = 0; i < lockColumnCount; ++i) {
        if (i == int(LockColumn::Key) || !isShown(i) || m_sizedByHand.contains(i))
            continue;
        elastic += i;
        room += wantedWidth(i) - charactersWide(lockColumnInfo(LockColumn(i)).least);
    }
    const double share = room > 0 ? std::min(1.0, double(missing) / room) : 0;
    for (const int section : std::as_const(elastic)) {
        const int give = wantedWidth(section) - charactersWide(lockColumnInfo(LockColumn(section)).least);
        m_header->resizeSection(section, wantedWidth(section) - int(share * give));
    }
}

// A section that is being hidden has lost its width first.
bool LockTableLayout::isShown(int section) const
{
    return !m_header->isSectionHidden(section) && m_header->sectionSize(section) > 0;
}

int LockTableLayout::charactersWide(int characters) const
{
    return m_view->fontMetrics().averageCharWidth() * characters + 2 * LockCellDelegate::margin;
}

int LockTableLayout::wantedWidth(int section) const
{
    return m_sizedByHand.contains(section) ? m_header->sectionSize(section)
                                           : charactersWide(lockColumnInfo(LockColumn(section)).width);
}

void LockTableLayout::buildMenu()
{
    for (int i = 0; i < lockColumnCount; ++i) {
        QAction* action = m_menu->addAction(lockColumnTitle(LockColumn(i)));
        action->setCheckable(true);
        action->setToolTip(lockColumnTip(LockColumn(i)));
        // Without the key, nobody knows what a row is.
        action->setEnabled(i != int(LockColumn::Key));
        connect(action, &QAction::triggered, this, [this, i](bool isShown) {
            m_shownByItself.remove(i);
            m_header->setSectionHidden(i, !isShown);
            fit();
        });
    }
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Reset Columns")), &QAction::triggered, this, &LockTableLayout::reset);
    connect(m_menu, &QMenu::aboutToShow, this, &LockTableLayout::updateMenu);
    m_menu->setToolTipsVisible(true);
}

void LockTableLayout::buildSortMenu()
{
    auto* columns = new QActionGroup(this);
    for (int i = 0; i < lockColumnCount; ++i) {
        QAction* action = m_sortMenu->addAction(lockColumnTitle(LockColumn(i)));
        action->setCheckable(true);
        columns->addAction(action);
        connect(action, &QAction::triggered, this,
            [this, i] { m_header->setSortIndicator(i, m_header->sortIndicatorOrder()); });
    }
    m_sortMenu->addSeparator();
    QAction* descending = m_sortMenu->addAction(tr("&Descending"));
    descending->setCheckable(true);
    connect(descending, &QAction::triggered, this, [this](bool isDescending) {
        m_header->setSortIndicator(
            m_header->sortIndicatorSection(), isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    });
    connect(m_sortMenu, &QMenu::aboutToShow, this, [this, columns, descending] {
        const int sorted = m_header->sortIndicatorSection();
        if (sorted >= 0 && sorted < lockColumnCount)
            columns->actions().at(sorted)->setChecked(true);
        descending->setChecked(m_header->sortIndicatorOrder() == Qt::DescendingOrder);
    });
}

void LockTableLayout::updateMenu()
{
    const QList<QAction*> actions = m_menu->actions();
    for (int i = 0; i < lockColumnCount; ++i)
        actions[i]->setChecked(!m_header->isSectionHidden(i));
}

void LockTableLayout::sectionResized(int section, int before, int after)
{
    if (m_isChanging)
        return;
    if (before == 0 || after == 0) { // shown or hidden
        fit();
        return;
    }
    if (section == int(LockColumn::Key)) {
        m_isKeyFitted = false;
        return;
    }
    m_sizedByHand.insert(section);
    fit();
}

} // namespace lockscope
