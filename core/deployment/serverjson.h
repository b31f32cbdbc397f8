// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonwriter.h"
#include "locks/watchstatus.h"

namespace lockscope {

// Parts of the JSON of lockjson.h.

/// One instant in both clocks, so that all times of a document agree.
struct JsonInstant {
    SteadyTime steady;
    qint64 wallMs = 0;

    [[nodiscard]] qint64 wallOf(SteadyTime time) const
    {
        return wallMs + std::chrono::duration_cast<Milliseconds>(time - steady).count();
    }
};

void writeFamily(JsonWriter& json, FamilyId family);
/// Null where it is not known.
void writeToken(JsonWriter& json, const char* name, bool known, const QByteArray& token);
/// Nothing for what never ends; never more than the contract's largest.
[[nodiscard]] std::optional<qint64> ttlOrNull(qint64 ttlMs);
void writeOptionalTime(JsonWriter& json, const char* name, std::optional<qint64> epochMs);
/// The field `server`: what was asked, how complete the picture is, and how each node fares.
void writeServer(JsonWriter& json, const WatchStatus& status, const JsonInstant& now);

} // namespace lockscope
