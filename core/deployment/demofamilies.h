// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace lockscope {

/// What lock libraries other than the plain pattern leave in Redis: a reentrant lock with a queue of waiters, a
/// read-write lock, a semaphore, and two troubled holders: one that stops renewing, one whose connection goes away.
/// Each is acted by a script of steps that begins anew at its end.
class DemoFamilies final : public QObject {
    Q_OBJECT
public:
    /// `connection` outlives it; `spec` is for the connections that carry the name of a holder.
    DemoFamilies(Connection& connection, const ConnectionSpec& spec, QObject* parent);
    void start();

private:
    struct Step {
        Milliseconds after { 0 }; ///< the one before
        std::function<void()> act;
    };
    struct Play {
        std::vector<Step> steps;
        size_t next = 0;
    };
    void addReentrant();
    void addReadWrite();
    void addSemaphore();
    void addStopped();
    void addDisconnected();
    void add(std::vector<Step> steps);
    void go(size_t play);
    void send(const QList<QByteArray>& words);

    Connection& m_connection;
    const ConnectionSpec m_spec;
    std::vector<Play> m_plays;
    Connection* m_holder = nullptr; ///< the one that goes away
};

} // namespace lockscope
