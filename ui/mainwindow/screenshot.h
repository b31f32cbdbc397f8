// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lockscope {

class MainWindow;

/// Writes the window as PNG once a complete pass is on screen; gives up after a while.
class Screenshot final : public QObject {
    Q_OBJECT
public:
    /// `window` outlives this object and is shown by the caller.
    Screenshot(MainWindow* window, QString file, QObject* parent = nullptr);

Q_SIGNALS:
    void written();
    void failed(const lockscope::Error& error);

private:
    void check();
    bool selectRow();
    void write();
    void giveUp(const Error& error);

    MainWindow* m_window;
    QString m_file;
    QElapsedTimer m_running;
    QTimer m_poll;
    qint64 m_completeSinceMs = -1;
    qint64 m_rowsSinceMs = -1;
};

} // namespace lockscope
