// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QFrame>

class QAction;
class QToolButton;

namespace lockscope {

class Badge;
class ElidedLabel;

/// One line: is there a connection, to what, with which rights, and how changes are heard. Every fact in words besides
/// shape and colour.
class ConnectionStrip final : public QFrame {
    Q_OBJECT
public:
    /// `enableAction` opens the question whether to switch notifications on; it belongs to the caller.
    explicit ConnectionStrip(QAction* enableAction, QWidget* parent = nullptr);

    /// `title`: the redacted URI.
    void setTarget(const QString& title, bool readOnly, bool sandbox);
    /// Whether any certificate is taken for good: a badge that stays.
    void setInsecure(bool insecure);
    void setStatus(const WatchStatus& status);

private:
    void updateListening(const WatchStatus& status);

    Badge* m_link;
    Badge* m_nodes; ///< of several masters
    ElidedLabel* m_title;
    ElidedLabel* m_server;
    Badge* m_readOnly;
    Badge* m_sandbox;
    Badge* m_insecure;
    Badge* m_listening;
    QToolButton* m_enable;
};

/// `redis 7.0.15 · master · db 0`, as far as known.
[[nodiscard]] QString serverText(const WatchStatus& status);

} // namespace lockscope
