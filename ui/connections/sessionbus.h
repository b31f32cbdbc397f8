// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"

#include <QString>

#include <chrono>

class QObject;

namespace lockscope {

/// What the session bus knows of the desktop's secret service and QtKeychain does not tell: whether there is one,
/// whether it still answers, and whether what it holds is locked. Nothing here blocks or starts a service. Handlers are
/// called exactly once, on the GUI thread, unless the guard is gone by then; `patience` is how long the answer may
/// take.

/// Whether any secret service (Secret Service, KWallet) is on the bus.
void askWhetherServiceRuns(std::chrono::milliseconds patience, QObject* guard, UniqueFunction<void(bool runs)> handler);
/// False only of a service that is there and says nothing: nobody there is for others to tell.
void askWhetherServiceAnswers(
    std::chrono::milliseconds patience, QObject* guard, UniqueFunction<void(bool answers)> handler);

/// How many secrets there are under a name, readable or not.
struct SecretCount {
    qsizetype open = 0;
    qsizetype locked = 0;
};
/// Those that QtKeychain keeps for `program` under `id`; none where nobody answers.
void countSecrets(const QString& program, const QString& id, std::chrono::milliseconds patience, QObject* guard,
    UniqueFunction<void(SecretCount)> handler);

/// GLib, on which QtKeychain talks to the service, ends the whole process when the session bus goes away: not ours,
/// which may hold locks. Once before the first use.
void outliveSessionBus();
/// libsecret, through which QtKeychain talks, stays with the service that it once met, and fails for good when that has
/// been restarted. Before each use; what is under way is not disturbed.
void meetServiceAnew();
/// Whether QtKeychain can reach a Secret Service at all.
[[nodiscard]] bool hasSecretLibrary();

} // namespace lockscope
