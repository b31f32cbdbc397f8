// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/screenshot.h"

#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "mainwindow/mainwindow.h"

#include <QPixmap>

namespace lockscope {

namespace {

constexpr qint64 giveUpAfterMs = 120000;
constexpr qint64 giveUpUnconnectedAfterMs = 10000;
/// Locks of a workload that has just started need a moment to appear; an empty server never has any.
constexpr qint64 rowsPatienceMs = 3000;
/// From the selection to the picture: details and countdown bars are painted by then.
constexpr qint64 settleMs = 900;
constexpr Milliseconds selectedLifetime { 5000 };

} // namespace

Screenshot::Screenshot(MainWindow* window, QString file, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_file(std::move(file))
{
    m_running.start();
    m_poll.setInterval(50);
    connect(&m_poll, &QTimer::timeout, this, &Screenshot::check);
    connect(window, &MainWindow::connectionFailed, this, &Screenshot::giveUp);
    m_poll.start();
}

void Screenshot::check()
{
    const qint64 now = m_running.elapsed();
    const WatchStatus& status = m_window->status();
    // Of several masters, those that cannot be reached are a part of the picture.
    const bool isSettled = std::all_of(status.nodes.begin(), status.nodes.end(), [](const NodeStatus& node) {
        return node.completeness.complete || node.link == LinkState::Lost || node.link == LinkState::Closed;
    });
    const bool isPicture = status.membersUp() > 0 && status.memberCount() > 1 && isSettled;
    if (m_completeSinceMs < 0 && (status.completeness.complete || isPicture))
        m_completeSinceMs = now;
    if (m_completeSinceMs < 0) {
        if (now > (status.link == LinkState::Ready ? giveUpAfterMs : giveUpUnconnectedAfterMs))
            giveUp(status.error.value_or(makeError(ErrorKind::Timeout, tr("no complete pass"))));
        return;
    }
    if (m_rowsSinceMs < 0 && selectRow())
        m_rowsSinceMs = now;
    const bool settled = m_rowsSinceMs >= 0 && now - m_rowsSinceMs >= settleMs;
    const bool empty = m_rowsSinceMs < 0 && now - m_completeSinceMs >= rowsPatienceMs;
    if (settled || empty)
        write();
}

// A lock that lives long enough to be read in full, so that the details show something.
bool Screenshot::selectRow()
{
    const LockTableModel* model = m_window->model();
    const SteadyTime now = SystemClock::instance().now();
    for (int row = 0; row < model->rowCount(); ++row) {
        const LockRecord* record = model->recordAt(row);
        if (record->remaining(now) < selectedLifetime)
            continue;
        m_window->view()->selectLock(record->id);
        return true;
    }
    return false;
}

void Screenshot::write()
{
    m_poll.stop();
    if (m_window->grab().save(m_file, "PNG"))
        Q_EMIT written();
    else
        giveUp(makeError(ErrorKind::Storage, m_file));
}

void Screenshot::giveUp(const Error& error)
{
    m_poll.stop();
    Q_EMIT failed(error);
}

} // namespace lockscope
