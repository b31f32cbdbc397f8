// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

namespace lockscope {

// What came of an act, a lock a line, to be kept or handed on. Tokens appear as fingerprints only.

/// RFC 4180, with a header line. Keys that are no plain text are escaped as on screen.
[[nodiscard]] QByteArray releaseReportCsv(const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results);
/// `{"at":…,"reason":…,"ticket":…,"results":[{"key":…,"act":…,"outcome":…,…}…]}`
[[nodiscard]] QByteArray releaseReportJson(
    const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results);

} // namespace lockscope
