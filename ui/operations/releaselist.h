// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/releasereview.h"

#include <QTreeWidget>

namespace lockscope {

/// The frozen set of a release of many locks, a row a lock, each with a box to leave it out; later the result of each.
class ReleaseList final : public QTreeWidget {
    Q_OBJECT
public:
    explicit ReleaseList(const ReleaseReview& review, QWidget* parent = nullptr);
    void show(const ReleaseReview& review);
    void setBusy(bool busy); ///< nothing can be left out any more
    [[nodiscard]] qsizetype currentRow() const;

Q_SIGNALS:
    void excludedChanged(qsizetype index, bool excluded);
    void rowChanged(qsizetype index);
};

} // namespace lockscope
