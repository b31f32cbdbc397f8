// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "redis/command.h"

#include <atomic>

namespace lockscope {

/// The one door to the server: asked by every Connection and Subscriber before a byte is sent. Read-only lets pass what
/// is on an allow-list of commands that cannot change data, configuration or other clients; scripts, functions and
/// unknown names are refused. Shared by all connections of a deployment; thread-safe.
class CommandGate {
public:
    explicit CommandGate(bool readOnly = false)
        : m_readOnly(readOnly)
    {
    }
    [[nodiscard]] bool isReadOnly() const { return m_readOnly.load(std::memory_order_relaxed); }
    void setReadOnly(bool readOnly) { m_readOnly.store(readOnly, std::memory_order_relaxed); }
    /// Nothing, or an Error of kind ReadOnly that names the command.
    [[nodiscard]] Status check(const Command& command) const;
    /// Whether a command of this name (`Command::name()`) is known to change nothing. What is not is treated as a
    /// write: its lost answer is OutcomeUnknown.
    [[nodiscard]] static bool isKnownRead(const QByteArray& name);

private:
    std::atomic<bool> m_readOnly;
};

} // namespace lockscope
