// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/verifyqueue.h"

namespace lockscope {

/// A connection to a replica that cannot write, and a queue that reads keys there. close() before it goes.
class ReplicaLink final : public QObject {
public:
    using ReadingHandler = UniqueFunction<void(const KeyReading&)>;

    ReplicaLink(const ConnectionSpec& spec, const ConnectionOptions& options, const Clock& clock);
    ~ReplicaLink() override;

    /// Nobody who waits for an answer is called any more.
    void close();
    [[nodiscard]] Connection& connection() { return m_connection; }
    [[nodiscard]] VerifyQueue& queue() { return m_queue; }
    /// Gets every reading of queue() from now on.
    void setReadingHandler(ReadingHandler handler) { m_handler = std::move(handler); }

private:
    Connection m_connection;
    LoadBudget m_budget; ///< without a limit: the scanner's pauses leave the replica its time
    ReadingHandler m_handler;
    VerifyQueue m_queue;
};

} // namespace lockscope
