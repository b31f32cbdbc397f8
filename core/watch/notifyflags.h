// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"

namespace lockscope {

/// Where the server publishes an event: `__keyspace@DB__:KEY` (flag `K`), which a pattern narrows to the keys wanted,
/// or
/// `__keyevent@DB__:VERB` (flag `E`), heard by exact channels.
enum class EventChannels : quint8 { Keyspace, Keyevent };

/// The channels to listen on with these globs where the server has these flags set. Where it publishes on both, those
/// that cost it less: it compares each pattern with every event, about 0.1 us of its time; delivering on an exact
/// channel takes about 0.25 us an event, however many channels there are. What is published already goes before what
/// would have to be switched on.
[[nodiscard]] EventChannels chooseChannels(const QList<QByteArray>& globs, QByteArrayView configured);

/// The classes of notify-keyspace-events that locks of these families need; none given: of all families. `g`, `x` and
/// `e` always, `$`, `h`, `s`, `z`, `l` by the types that the families use. withChannels() puts `K` or `E` before them.
[[nodiscard]] QByteArray neededNotifyClasses(const FamilyRegistry& registry, const QList<FamilyId>& families);
[[nodiscard]] QByteArray withChannels(EventChannels channels, QByteArrayView classes);
/// Which of the needed classes the server does not publish; `A` stands for all the others but `K` and `E`. Empty:
/// sufficient.
[[nodiscard]] QByteArray missingNotifyClasses(QByteArrayView needed, QByteArrayView configured);
/// What to set so that the missing ones are published and nothing that somebody else relies on is dropped.
[[nodiscard]] QByteArray mergedNotifyFlags(QByteArrayView needed, QByteArrayView configured);

} // namespace lockscope
