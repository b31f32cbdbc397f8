// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/strategy.h"

#include <memory>
#include <vector>

namespace lockscope {

/// One call of the lock service and how it ended; times in ns since the start of the load.
struct LockOperation {
    enum class Outcome : quint8 { Ok, Refused, Unknown };
    static constexpr qint64 never = std::numeric_limits<qint64>::max();

    qint64 invoked = 0;
    qint64 returned = never; ///< `never` for Unknown
    quint32 client = 0;
    quint32 section = 0; ///< together with the client: the grant that it is about
    quint32 key = 0;
    LockPhase phase = LockPhase::Acquire;
    Outcome outcome = Outcome::Ok;
    LockMode mode = LockMode::Exclusive;
    [[nodiscard]] quint64 grant() const { return quint64(client) << 32U | section; }
};

/// The history of one thread: appended to without copying what is there. One thread at a time.
class OperationLog {
public:
    explicit OperationLog(qint64 limit)
        : m_limit(size_t(limit))
    {
    }
    void append(const LockOperation& operation)
    {
        if (m_count >= m_limit) {
            m_complete = false;
            return;
        }
        if (m_count % chunkSize == 0)
            m_chunks.push_back(std::make_unique<LockOperation[]>(chunkSize));
        m_chunks.back()[m_count++ % chunkSize] = operation;
    }
    [[nodiscard]] size_t size() const { return m_count; }
    [[nodiscard]] bool isComplete() const { return m_complete; } ///< nothing was left out
    void appendTo(std::vector<LockOperation>& all) const
    {
        for (size_t i = 0; i < m_count; i += chunkSize)
            all.insert(all.end(), m_chunks[i / chunkSize].get(),
                m_chunks[i / chunkSize].get() + std::min(chunkSize, m_count - i));
    }

private:
    static constexpr size_t chunkSize = 16 * 1024;
    const size_t m_limit;
    size_t m_count = 0;
    bool m_complete = true;
    std::vector<std::unique_ptr<LockOperation[]>> m_chunks;
};

} // namespace lockscope
