// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/heldlocks.h"

#include <QDialog>

class QPushButton;

namespace lockscope {

class MessageStrip;

/// Asks what is to become of the locks that the operator still holds, before the window closes or goes to another
/// server: released now, kept until their TTL, or back. Accepted when it may go on.
class HeldLocksQuestion final : public QDialog {
    Q_OBJECT
public:
    /// `locks` outlives it.
    explicit HeldLocksQuestion(HeldLocks* locks, QWidget* parent = nullptr);

private:
    void build();
    void releaseAll();

    HeldLocks* m_locks;
    QPushButton* m_release;
    QPushButton* m_keep;
    QPushButton* m_cancel;
    MessageStrip* m_message;
};

} // namespace lockscope
