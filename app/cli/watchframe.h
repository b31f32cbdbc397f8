// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/lockmirror.h"

#include <QSize>

namespace lockscope::cli {

/// The lines of one screen of `watch`: connection, completeness and rates on top, then the locks that end soonest.
[[nodiscard]] QList<QByteArray> watchFrame(
    const LockMirror& mirror, const QString& title, const QSize& size, SteadyTime now);

} // namespace lockscope::cli
