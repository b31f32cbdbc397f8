// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDebug>

namespace lockscope {

/// Bytes that must never reach a log, a file or a screen. Streaming one prints `<redacted>`: redaction by type, not by
/// text.
class Secret {
public:
    Secret() = default;
    explicit Secret(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    [[nodiscard]] bool isEmpty() const { return m_bytes.isEmpty(); }
    /// The only way to the bytes; call it where they go onto the wire, nowhere else.
    [[nodiscard]] const QByteArray& reveal() const { return m_bytes; }
    friend bool operator==(const Secret&, const Secret&) = default;

private:
    QByteArray m_bytes;
};

inline QDebug operator<<(QDebug debug, const Secret& secret)
{
    return debug << (secret.isEmpty() ? "<none>" : "<redacted>");
}

} // namespace lockscope
