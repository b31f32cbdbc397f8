// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/motion.h"

namespace lockscope {

namespace {

bool reducedNow = false;

} // namespace

bool isMotionReduced() { return reducedNow; }

void setMotionReduced(bool reduced) { reducedNow = reduced; }

} // namespace lockscope
