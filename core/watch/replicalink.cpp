// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/replicalink.h"

namespace lockscope {

ReplicaLink::ReplicaLink(const ConnectionSpec& spec, const ConnectionOptions& options, const Clock& clock)
    : m_connection(spec, std::make_shared<const CommandGate>(true), options)
    , m_budget(clock, { 0, 0 })
    , m_queue(m_connection, clock, m_budget, [this](const KeyReading& reading, const ChangeHints& /*hints*/) {
        if (m_handler)
            m_handler(reading);
    })
{
}

ReplicaLink::~ReplicaLink() { close(); }

void ReplicaLink::close()
{
    m_queue.blockSignals(true);
    m_queue.clear();
    m_connection.blockSignals(true);
    m_connection.close();
}

} // namespace lockscope
