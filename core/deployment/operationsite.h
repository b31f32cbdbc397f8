// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperations.h"

#include <QTimer>

#include <memory>
#include <vector>

namespace lockscope {

/// One database of one server as the operations reach it: a connection that is opened with the first of them. What
/// comes before the connection is ready waits for it, up to the timeout; a connection that cannot come up at all fails
/// it at once. Engine thread.
class OperationSite final : public QObject {
    Q_OBJECT
public:
    using Task = UniqueFunction<void(Status)>;

    OperationSite(const ConnectionSpec& spec, std::shared_ptr<const CommandGate> gate, Milliseconds timeout,
        QObject* parent = nullptr);
    ~OperationSite() override;

    /// Calls once: when the connection is ready, or with why it is not.
    void withLink(Task task);
    /// An attempt to connect has failed, and none has succeeded since.
    [[nodiscard]] bool isDown() const;
    [[nodiscard]] Connection& connection() { return m_connection; }
    [[nodiscard]] const Connection& connection() const { return m_connection; }
    [[nodiscard]] LockOperations& operations() { return m_operations; }
    [[nodiscard]] const ConnectionSpec& spec() const { return m_connection.spec(); }

    /// Acquires that wait, and whatever waits for the link, end with Cancelled.
    void cancelPending();
    [[nodiscard]] bool isIdle() const;
    /// Ends everything that is awaited, now.
    void close();

Q_SIGNALS:
    void idle();

private:
    struct Waiting {
        Task task;
        SteadyTime until;
    };

    void settleWaiting(const Status& status);
    void settleOverdue();
    [[nodiscard]] Error notReached() const;
    void onLinkLost(const Error& error);

    Connection m_connection;
    LockOperations m_operations;
    Milliseconds m_timeout;
    std::vector<Waiting> m_waiting; // for the link, the earliest first
    QTimer m_patience;
    bool m_wasReady = false;
};

} // namespace lockscope
