// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/windowlist.h"

#include "mainwindow/mainwindow.h"

namespace lockscope {

WindowList::WindowList(Maker maker, QObject* parent)
    : QObject(parent)
    , m_maker(std::move(maker))
{
}

WindowList::~WindowList()
{
    const QList<MainWindow*> left = std::exchange(m_windows, {});
    qDeleteAll(left);
}

MainWindow* WindowList::open()
{
    MainWindow* window = m_maker();
    window->setAttribute(Qt::WA_DeleteOnClose);
    m_windows.append(window);
    connect(window, &QObject::destroyed, this, [this, window] { m_windows.removeOne(window); });
    connect(window, &MainWindow::newWindowRequested, this,
        [this](const std::optional<ConnectionChoice>& choice, const QString& note) {
            MainWindow* further = open();
            if (choice)
                further->connectNoted(*choice, note);
            else
                further->openConnections();
        });
    window->show();
    return window;
}

} // namespace lockscope
