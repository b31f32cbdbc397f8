// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

#include <memory>

namespace lockscope {

// The families that live in one file each, for the registry's list alone: make…Family() is in …family.cpp.
std::unique_ptr<LockFamily> makeRedsyncFamily();

} // namespace lockscope
