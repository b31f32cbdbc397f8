// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"

namespace lockscope {

Q_LOGGING_CATEGORY(logRedis, "lockscope.redis", QtWarningMsg)
Q_LOGGING_CATEGORY(logWatch, "lockscope.watch", QtWarningMsg)
Q_LOGGING_CATEGORY(logOperations, "lockscope.operations", QtWarningMsg)
Q_LOGGING_CATEGORY(logDeployment, "lockscope.deployment", QtWarningMsg)
Q_LOGGING_CATEGORY(logUi, "lockscope.ui", QtWarningMsg)

} // namespace lockscope
