// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <initializer_list>
#include <span>

namespace lockscope {

/// One command as bytes on the wire, made once. What it may do to the server is not declared by the caller but looked
/// up by its name (CommandGate), so that nobody can call a write a read.
class Command {
public:
    Command() = default;
    Command(std::initializer_list<QByteArrayView> arguments);
    explicit Command(const QList<QByteArray>& arguments);
    /// Makes it another command in the memory that it has: for who sends hundreds of thousands a second.
    void assign(std::span<const QByteArrayView> arguments);

    /// Upper-case name, with the subcommand for containers: `GET`, `CONFIG GET`, `CLIENT TRACKING`.
    [[nodiscard]] const QByteArray& name() const { return m_name; }
    /// The encoded RESP array.
    [[nodiscard]] const QByteArray& wire() const { return m_wire; }

private:
    template <typename Arguments> void encode(const Arguments& arguments);

    QByteArray m_name;
    QByteArray m_wire;
};

} // namespace lockscope
