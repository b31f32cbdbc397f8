// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/doctorreport.h"

#include <QFrame>

namespace lockscope {

/// What one server lets us do: what is missing with the reason and what that costs, and the rest in a line.
class CapabilityCard final : public QFrame {
    Q_OBJECT
public:
    explicit CapabilityCard(const NodeCapabilities& node, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace lockscope
