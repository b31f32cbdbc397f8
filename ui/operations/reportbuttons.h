// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

#include <QWidget>

namespace lockscope {

/// Copies or saves what came of an act. Hidden until there is something.
class ReportButtons final : public QWidget {
    Q_OBJECT
public:
    explicit ReportButtons(QWidget* parent = nullptr);
    void setReport(const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results);
    /// As CSV, or as JSON for a name that ends in .json. Errors: Storage.
    [[nodiscard]] Status saveTo(const QString& file) const;

Q_SIGNALS:
    void failed(const lockscope::Error& error);

private:
    void chooseFile();

    ForceReleaseRequest m_request;
    QList<ForceReleaseResult> m_results;
};

} // namespace lockscope
