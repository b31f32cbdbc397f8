// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lockscope {

/// The release of a lock in a string key as LockFamily::releaseRecipe() wants it: KEYS[1] is deleted if it holds
/// ARGV[1], or whatever it holds if ARGV[2] is "1". Before that comes `wakeUp`, Lua statements that find the value in
/// `shown`: a user who may not do what they do then changes nothing at all. They have to cope with missing further
/// keys: in a cluster the caller leaves out those of other slots.
[[nodiscard]] QByteArray compareAndDeleteScript(QByteArrayView wakeUp = {});

} // namespace lockscope
