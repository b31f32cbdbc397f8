// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace lockscope {

/// What a keyspace notification says, as far as locks care.
enum class KeyVerb : quint8 {
    Ignored, ///< tells nothing that another event does not (`new`), or comes from our own reads (`keymiss`)
    Deleted,
    Expired,
    Evicted,
    MovedAway, ///< `rename_from`, `move_from`
    Set,
    ExpireSet, ///< `expire`
    Arrived, ///< `rename_to`, `move_to`, `restore`, `copy_to`
    ElementSet, ///< `hset`, `hincrby`, `sadd`, `zadd`, `rpush`…: a part of the key was set
    ElementRemoved, ///< `hdel`, `srem`, `zrem`, `lpop`…
    OtherType, ///< `xadd`…: no lock is kept in this type
    Other, ///< any other: something changed
    Touched, ///< no verb: client tracking named the key; it may be gone, and may lie in another database
};

/// Whether the key was gone at the instant of the event.
[[nodiscard]] inline bool isFinal(KeyVerb verb) { return verb >= KeyVerb::Deleted && verb <= KeyVerb::MovedAway; }

[[nodiscard]] KeyVerb keyVerb(QByteArrayView name);

/// One keyspace notification. The view dies with the message it came from.
struct KeyEvent {
    qint32 database = 0;
    QByteArrayView key;
    KeyVerb verb = KeyVerb::Other;
};

/// Reads `__keyspace@DB__:KEY` with the verb as payload, or `__keyevent@DB__:VERB` with the key; the rest is all behind
/// the first `__:`. Nothing for other channels.
[[nodiscard]] std::optional<KeyEvent> parseKeyspaceMessage(QByteArrayView channel, QByteArrayView payload);

/// The verbs that a lock may undergo, as keyevent channels name them. A server's own list is longer.
[[nodiscard]] QList<QByteArray> lockVerbs();

} // namespace lockscope
