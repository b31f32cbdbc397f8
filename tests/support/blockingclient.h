// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace lockscope {

/// The plainest Redis client there can be, for tests and benchmarks: one blocking Unix socket, nothing of the product
/// in it. What the product claims is compared with what this one reads.
class BlockingClient {
public:
    /// A reply as a value: `text` of a status, error or bulk, `number` of an integer, `items` of an array.
    struct Answer {
        char type = 0; ///< first byte on the wire; 0 for nil, or if the link is broken
        QByteArray text;
        qint64 number = 0;
        QList<Answer> items;
    };

    explicit BlockingClient(const QString& socketPath);
    ~BlockingClient();
    BlockingClient(const BlockingClient&) = delete;
    BlockingClient& operator=(const BlockingClient&) = delete;

    [[nodiscard]] bool isConnected() const { return m_descriptor >= 0; }
    void reconnect();
    /// Sends one command and waits for its answer.
    Answer run(const QList<QByteArray>& arguments);
    /// Adds a command to the write that flush() makes.
    void queue(const QList<QByteArray>& arguments);
    void flush();
    Answer read();

private:
    [[nodiscard]] QByteArray readLine();
    [[nodiscard]] bool fill();
    void disconnect();

    const QString m_path;
    int m_descriptor = -1;
    QByteArray m_out;
    QByteArray m_in;
    qsizetype m_position = 0;
};

} // namespace lockscope
