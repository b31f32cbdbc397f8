// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectionchoice.h"

#include <QList>
#include <QObject>

#include <functional>

namespace lockscope {

class MainWindow;

/// All main windows of the program, each with a deployment of its own. A window that is closed goes, and leaves the
/// others as they are.
class WindowList final : public QObject {
    Q_OBJECT
public:
    /// Makes a window that nobody owns yet.
    using Maker = std::function<MainWindow*()>;

    explicit WindowList(Maker maker, QObject* parent = nullptr);
    ~WindowList() override; ///< ends those that are left

    /// A further window, shown, that is connected to nothing.
    MainWindow* open();
    /// The oldest first.
    [[nodiscard]] QList<MainWindow*> windows() const { return m_windows; }

private:
    Maker m_maker;
    QList<MainWindow*> m_windows;
};

} // namespace lockscope
