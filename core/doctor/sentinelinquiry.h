// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/nodeanswers.h"
#include "redis/connection.h"

#include <QObject>

#include <memory>

namespace lockscope {

/// Asks every Sentinel of a URI, at the same time, whether a failover could be agreed on (SENTINEL CKQUORUM). Reads
/// only; one use. Engine thread.
class SentinelInquiry final : public QObject {
    Q_OBJECT
public:
    SentinelInquiry(
        ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, Milliseconds timeout, QObject* parent = nullptr);
    ~SentinelInquiry() override;

    /// Emits finished() once, from the event loop.
    void start();
    /// Meaningful after finished(): in the order of the URI.
    [[nodiscard]] const std::vector<SentinelAnswer>& answers() const { return m_answers; }

Q_SIGNALS:
    void finished();

private:
    void ask(size_t index, const ConnectionSpec& spec);
    void handleLost(size_t index, const Error& error);
    void note(size_t index, Result<QByteArray> quorum);

    const ConnectionSpec m_spec;
    const std::shared_ptr<const CommandGate> m_gate;
    const Milliseconds m_timeout;
    std::vector<SentinelAnswer> m_answers;
    std::vector<bool> m_isNoted;
    size_t m_awaited = 0;
    std::vector<std::unique_ptr<Connection>> m_connections; // go first: what is still awaited then ends
};

} // namespace lockscope
