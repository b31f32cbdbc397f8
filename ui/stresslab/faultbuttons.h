// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/stressrun.h"

#include <QWidget>

class QPushButton;

namespace lockscope {

/// One button a fault: fires it now, or ends it while it goes on. Enabled only where the run lets it in.
class FaultButtons final : public QWidget {
    Q_OBJECT
public:
    explicit FaultButtons(QWidget* parent = nullptr);
    /// What may be fired in a run of this config; `isRunning` false: nothing.
    void setRun(const StressConfig& config, bool isRunning);
    /// Which go on is read from them.
    void setMarks(const std::vector<FaultMark>& marks);
    [[nodiscard]] QPushButton* button(const QByteArray& name) const;

Q_SIGNALS:
    void fireRequested(const lockscope::FaultSpec& fault);
    void endRequested(const QByteArray& name);

private:
    const QList<StressChoice> m_choices;
    QList<QPushButton*> m_buttons; // as m_choices
};

} // namespace lockscope
