// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace lockscope {

// One category a room. Warnings only by default; QT_LOGGING_RULES="lockscope.*=true" opens them.
// Never log a token, a password or a value: log the key (displayKey) and the kind of thing that happened.
Q_DECLARE_LOGGING_CATEGORY(logRedis)
Q_DECLARE_LOGGING_CATEGORY(logWatch)
Q_DECLARE_LOGGING_CATEGORY(logOperations)
Q_DECLARE_LOGGING_CATEGORY(logDeployment)
Q_DECLARE_LOGGING_CATEGORY(logUi)

} // namespace lockscope
