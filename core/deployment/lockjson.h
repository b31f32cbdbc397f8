// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/discovery.h"
#include "locks/lockdelta.h"
#include "operations/lockoperation.h"

#include <QJsonObject>

#include <functional>

namespace lockscope {

// The JSON of the contract (section 3), one place for the CLI, the clipboard and exports. The forms that answer bytes
// are one compact document without a line end and are written in one sweep; the others are the same thing as an object.

/// One lock as it stands now. Field names and meanings are the contract's, and on top `renewal_period_ms` (null: no
/// rhythm was seen), `last_renewal`, `missed_beats`, and `suspicions`, `[{kind, score, evidence}]`, the strongest
/// first; a lock whose deadline has just passed and is being asked about is still `held`, with nothing left.
[[nodiscard]] QJsonObject lockToJson(const LockRecord& record, const WatchStatus& status, const Clock& clock);
/// `{"locks":[…],"server":{…},"taken_at":…}` in pieces of moderate size; the completeness of the picture stands in
/// `server`.
void writeSnapshotJson(const LockSnapshot& snapshot, const std::function<void(const QByteArray&)>& sink);
/// The contract's fields, and on top `source` (`notification`, `tracking`, `verify`, `pass`) and `certain`: false where
/// `event` is a conclusion, for a read found the lock gone or in other hands and nobody said how that came.
[[nodiscard]] QByteArray eventToJson(const LockEvent& event, const WatchStatus& status);
/// What a look found: the lock's fields as far as one read tells them, and on top `exists`, `held`, `value_bytes`,
/// `idle_s`, `rule`, `free_permits`, `waiters_reason`, `first_waiters` (`[{token}]`, the head of an exact queue) and
/// `auxiliary`, the keys that the family keeps beside the lock: `[{key, role, type, ttl_ms}]`.
[[nodiscard]] QByteArray inspectionToJson(const LockInspection& inspection);
/// `{"proposals":[{match, family, confidence, count, no_ttl, purity, share, examples}…],"server":{…},"complete":…,
/// "keys_scanned":…,"keys_expected":…,"keys_read":…,"taken_at":…}`; an example that is no UTF-8 is `{"key_base64":…}`.
[[nodiscard]] QByteArray discoveryToJson(const DiscoveryReport& report);
/// `{"key":…,"family":…,"outcome":…,"token":…,"act":…,"next_holder":{kind, token, after_ms, watched_ms} or null,
/// "error":…}`; other acts than `release` have `old_ttl_ms`, `take-over` its `operator_token` besides; `left` names
/// keys of other cluster slots that were left alone.
[[nodiscard]] QByteArray releaseResultToJson(const ForceReleaseResult& result);
/// `{"error":{"code":…,"message":…,"hint":…}}`
[[nodiscard]] QByteArray errorToJson(const Error& error);

} // namespace lockscope
