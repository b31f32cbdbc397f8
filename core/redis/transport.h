// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "redis/connectionuri.h"

#include <QIODevice>
#include <QObject>

#include <memory>

namespace lockscope {

/// A stream of bytes to one server over one of Qt's sockets. Made for one attempt, opened once, then thrown away.
class Transport : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Starts to connect; `opened` or `closed` follows.
    virtual void open() = 0;
    /// Ends the link at once, without a signal.
    virtual void abort() = 0;
    /// Hands everything written so far to the system, as far as it takes it.
    virtual void flush() = 0;

    /// Up to `size` bytes of what has arrived; 0 when nothing has.
    [[nodiscard]] qint64 read(char* bytes, qint64 size)
    {
        return device().isOpen() ? qMax(qint64(0), device().read(bytes, size)) : 0;
    }
    void write(QByteArrayView bytes) { device().write(bytes.data(), bytes.size()); }
    /// Bytes written that the system has not taken yet.
    [[nodiscard]] virtual qint64 unsentBytes() const = 0;

    /// The transport that the link kind asks for.
    [[nodiscard]] static std::unique_ptr<Transport> make(const ConnectionSpec& spec);

    /// Bytes that a socket keeps for us before the sender is slowed down.
    static constexpr qint64 readBufferSize = 1024 * 1024;

Q_SIGNALS:
    void securing(); ///< connected, the TLS handshake begins
    void opened();
    void readable();
    void closed(const lockscope::Error& error); ///< could not be opened, or ended; what has arrived can still be read

protected:
    [[nodiscard]] virtual QIODevice& device() = 0;
};

} // namespace lockscope
