// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

namespace lockscope {

/// A value, or the reason why there is none. Never throw across a room; return this.
template <typename T> using Result = tl::expected<T, Error>;
/// Done, or why not.
using Status = Result<void>;

/// `return fail(ErrorKind::Usage, tr("…"));`
[[nodiscard]] inline tl::unexpected<Error> fail(
    ErrorKind kind, const QString& detail = {}, const QString& endpoint = {})
{
    return tl::unexpected<Error>(makeError(kind, detail, endpoint));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

} // namespace lockscope
