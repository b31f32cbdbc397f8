// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/uniquefunction.h"
#include "locks/serverreport.h"
#include "redis/connection.h"

namespace lockscope {

/// PING and INFO. Only a lost link, and an INFO that is refused, are errors.
void inspectServer(Connection& connection, const Clock& clock, UniqueFunction<void(Result<ServerReport>)> handler);

} // namespace lockscope
