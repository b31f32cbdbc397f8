// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "locks/lockrecord.h"

#include <QWidget>

namespace lockscope {

/// How much of a lease is left, as a bar. A full striped one for a lock without TTL, an empty one when it is gone.
class LeaseBar final : public QWidget {
    Q_OBJECT
public:
    explicit LeaseBar(QWidget* parent = nullptr);
    void show(const LockRecord& record, bool gone, SteadyTime now);
    [[nodiscard]] QSize sizeHint() const override { return { 120, 8 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_fraction = 0;
    bool m_endless = false;
    Tone m_tone = Tone::Neutral;
};

} // namespace lockscope
