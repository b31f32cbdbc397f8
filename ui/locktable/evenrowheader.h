// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace lockscope {

/// The hidden vertical header of a large table: all rows are alike, so it needs to know only how many there are. Qt's
/// own asks each of a million rows whether it is hidden, or of another height, whenever one comes, goes or moves.
class EvenRowHeader final : public QHeaderView {
    Q_OBJECT
public:
    explicit EvenRowHeader(QWidget* parent);
    void setModel(QAbstractItemModel* model) override;

private:
    void countSections();
};

} // namespace lockscope
