// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/uniquefunction.h"
#include "locks/valuepage.h"
#include "redis/connection.h"

namespace lockscope {

/// First the size, then, if that is wanted, one page, by commands that a read-only connection may send. A page asks for
/// fewer elements where they are large. Not atomic.
void readValue(Connection& connection, const ValueRequest& request, UniqueFunction<void(Result<ValuePage>)> handler);

} // namespace lockscope
