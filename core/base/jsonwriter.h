// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <algorithm>
#include <optional>

namespace lockscope {

/// Writes compact JSON as it goes: a list of a hundred thousand locks is written in one sweep, with no document in
/// memory. The caller keeps begin and end in balance.
class JsonWriter {
public:
    JsonWriter() = default;
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    /// What was written since the last call; the writer goes on behind it.
    [[nodiscard]] QByteArray take();
    [[nodiscard]] qsizetype size() const { return m_size; } ///< bytes that take() would answer

    void beginObject() { open('{'); }
    void endObject() { close('}'); }
    void beginArray() { open('['); }
    void endArray() { close(']'); }
    /// A name of our own, plain ASCII.
    void name(QByteArrayView name);

    void string(QByteArrayView utf8); ///< must be valid UTF-8; control characters are escaped
    void string(const QString& text) { string(QByteArrayView(text.toUtf8())); }
    void string(QLatin1StringView text) { string(QByteArrayView(text.data(), text.size())); } ///< ASCII
    void integer(qint64 value);
    void number(double value); ///< finite
    void boolean(bool value) { literal(value ? "true" : "false"); }
    void null() { literal("null"); }
    void integerOrNull(std::optional<qint64> value);
    void stringOrNull(const QString& text); ///< empty: null
    /// RFC 3339 in UTC with milliseconds, from milliseconds since the epoch.
    void time(qint64 epochMs);
    /// `NAME` with the bytes as text, or `NAME_base64` where they are no UTF-8.
    void bytes(QByteArrayView fieldName, QByteArrayView bytes);

private:
    void separate();
    void open(char bracket);
    void close(char bracket);
    void literal(QByteArrayView text);
    void append(QByteArrayView bytes)
    {
        if (m_size + bytes.size() > m_buffer.size())
            grow(m_size + bytes.size());
        std::copy(bytes.begin(), bytes.end(), m_buffer.data() + m_size);
        m_size += bytes.size();
    }
    void grow(qsizetype needed);
    void append(char byte) { append(QByteArrayView(&byte, 1)); }
    void appendPadded(int value, int width);

    // Grown ahead of its use: most pieces are a few bytes, and QByteArray::append costs a call each.
    QByteArray m_buffer;
    qsizetype m_size = 0; // of what is written in it
    bool m_first = true; // nothing stands before the next element in its container
};

} // namespace lockscope
