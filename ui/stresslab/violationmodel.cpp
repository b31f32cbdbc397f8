// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/violationmodel.h"

#include "base/bytetext.h"
#include "common/icons.h"
#include "common/plaintip.h"
#include "common/theme.h"
#include "stresslab/labtext.h"

namespace lockscope {

namespace {

constexpr int shownKey = 60;

/// In the colour of the text where the row is selected.
QIcon dangerIcon()
{
    QIcon icon(tintedPixmap(QStringLiteral("danger"), currentColors().danger, 14));
    icon.addPixmap(tintedPixmap(QStringLiteral("danger"), currentColors().accentText, 14), QIcon::Selected);
    return icon;
}

QString clientText(qint32 client) { return client < 0 ? QString(QChar(0x2013)) : QString::number(client); }

} // namespace

void ViolationModel::setViolations(const std::vector<Violation>& violations, const std::vector<LaneScene>& scenes)
{
    m_scenes = scenes;
    const auto before = int(m_violations.size());
    const auto now = int(violations.size());
    if (now == 0 && before == 0)
        return;
    if (now < before || before == 0) {
        beginResetModel();
        m_violations = violations;
        endResetModel();
        return;
    }
    if (now > before) {
        beginInsertRows({}, before, now - 1);
        m_violations = violations;
        endInsertRows();
    } else {
        m_violations = violations;
    }
    // Their ends and causes come later than they do.
    Q_EMIT dataChanged(index(0, 0), index(before - 1, violationColumnCount - 1));
}

const Violation* ViolationModel::at(int row) const
{
    return row >= 0 && row < int(m_violations.size()) ? &m_violations[size_t(row)] : nullptr;
}

LaneScene ViolationModel::scene(int row) const
{
    return row >= 0 && row < int(m_scenes.size()) ? m_scenes[size_t(row)] : nullptr;
}

int ViolationModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_violations.size());
}

int ViolationModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : violationColumnCount; }

QString ViolationModel::text(const Violation& violation, ViolationColumn column) const
{
    switch (column) {
    case ViolationColumn::Time:
        return runTimeText(violation.from);
    case ViolationColumn::Kind:
        return violationTitle(violation.kind);
    case ViolationColumn::Cause:
        return causeTitle(violation.cause);
    case ViolationColumn::Clients:
        return QStringLiteral("%1 / %2").arg(clientText(violation.first.client), clientText(violation.second.client));
    case ViolationColumn::Key:
        break;
    }
    // Every key of a run begins alike: its end tells them apart.
    const qsizetype colon = violation.key.indexOf(':', qsizetype(qstrlen("lockscope-lab:")));
    return displayText(colon < 0 ? violation.key : violation.key.mid(colon + 1), shownKey);
}

QVariant ViolationModel::data(const QModelIndex& index, int role) const
{
    const Violation* violation = at(index.row());
    if (!violation)
        return {};
    const auto column = ViolationColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(*violation, column);
    case Qt::DecorationRole:
        return column == ViolationColumn::Kind ? QVariant(dangerIcon()) : QVariant();
    case Qt::ToolTipRole:
        return plainTip(violationSentence(violation->kind) + QLatin1Char('\n') + causeSentence(violation->cause)
            + QLatin1Char('\n') + displayText(violation->key, 200));
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | Qt::AlignLeft);
    default:
        return {};
    }
}

QVariant ViolationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | Qt::AlignLeft);
    if (role != Qt::DisplayRole)
        return {};
    switch (ViolationColumn(section)) {
    case ViolationColumn::Time:
        return tr("Time");
    case ViolationColumn::Kind:
        return tr("Violation");
    case ViolationColumn::Cause:
        return tr("Cause");
    case ViolationColumn::Clients:
        return tr("Clients");
    case ViolationColumn::Key:
        break;
    }
    return tr("Key");
}

} // namespace lockscope
