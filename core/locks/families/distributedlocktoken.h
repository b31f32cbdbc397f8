// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

/// `MACHINE_PID_GUID`, as DistributedLock (.NET) writes it: the GUID as 32 hexadecimal digits in lower case.
[[nodiscard]] bool isDistributedLockToken(QByteArrayView bytes);
/// Machine and process of such a token.
[[nodiscard]] QList<OwnerHint> distributedLockOwnerHints(const QByteArray& token);

/// A fresh token in this form: `lockscope-WHO_PID_GUID`.
[[nodiscard]] QByteArray distributedLockOperatorToken(QByteArray who);

} // namespace lockscope
