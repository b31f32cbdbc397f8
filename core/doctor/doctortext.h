// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

namespace lockscope {

/// Carries tr() for the texts of this room that people read.
struct DoctorText {
    Q_DECLARE_TR_FUNCTIONS(lockscope::Doctor)
};

} // namespace lockscope
