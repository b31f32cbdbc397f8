// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace lockscope {

/// A line that has to be typed: nothing can be pasted or dropped into it.
class TypedConfirmation final : public QLineEdit {
    Q_OBJECT
public:
    explicit TypedConfirmation(QWidget* parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
};

} // namespace lockscope
