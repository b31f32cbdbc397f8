// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "locks/watchstatus.h"

#include <QFrame>

#include <optional>

class QProgressBar;
class QTimer;

namespace lockscope {

class Badge;
class ElidedLabel;

/// How complete the list is and how old: always on screen, so that a partial list is never taken for a whole one.
class CompletenessStrip final : public QFrame {
    Q_OBJECT
public:
    explicit CompletenessStrip(const Clock& clock = SystemClock::instance(), QWidget* parent = nullptr);
    void setStatus(const WatchStatus& status);
    /// Says that the table is paused, and how many locks have changed behind it; nothing: it is not.
    void setPaused(std::optional<qsizetype> waiting);

private:
    void refresh(); // the age moves on by itself

    const Clock& m_clock;
    WatchStatus m_status;
    Badge* m_badge;
    Badge* m_paused;
    ElidedLabel* m_text;
    QProgressBar* m_progress;
    QTimer* m_timer;
};

/// `812 344 keys scanned, pass 3, 41 s ago`.
[[nodiscard]] QString completenessText(const WatchStatus& status, SteadyTime now);

} // namespace lockscope
