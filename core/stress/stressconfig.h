// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "redis/connectionuri.h"

#include <QMap>

namespace lockscope {

/// From shortest to longest, both included; drawn evenly.
struct DurationRange {
    Milliseconds least { 0 };
    Milliseconds most { 0 };
    friend bool operator==(const DurationRange&, const DurationRange&) = default;
};

/// One fault of a run: what, when, for how long, how often. `name[:parameter=value,…]`.
struct FaultSpec {
    QByteArray name;
    Milliseconds at { 1000 }; ///< after the start of the load
    Milliseconds length { 0 }; ///< 0: what the fault itself takes for usual
    Milliseconds every { 0 }; ///< again after this; 0: once
    QMap<QByteArray, QByteArray> parameters; ///< its own ones

    /// As it is written on the command line.
    [[nodiscard]] QByteArray text() const;
    friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

/// Reads `name[:at=5s,for=2s,every=10s,…]`; durations as `250`, `250ms`, `2s` or `1m`. Errors: Usage, for an unknown
/// fault, an unknown parameter or a bad value.
[[nodiscard]] Result<FaultSpec> parseFault(const QByteArray& text);
/// `250`, `250ms`, `2s`, `1m`, with a sign where one makes sense. Errors: Usage.
[[nodiscard]] Result<Milliseconds> parseDuration(const QByteArray& text);

/// Everything that a stress run is told. A value; the same config and seed make the same schedule.
struct StressConfig {
    QList<ConnectionSpec> servers; ///< one, or the independent masters of a quorum; `sandbox:` starts its own
    QByteArray strategy = "set-nx"; ///< a name of the strategy registry
    int clients = 16; ///< virtual ones, 1 to 100 000
    int keys = 4; ///< 1 to 1 000 000
    Milliseconds ttl { 10'000 };
    DurationRange hold; ///< how long the work under the lock takes
    Milliseconds duration { 10'000 }; ///< the end of the load, if `sections` does not come first
    qint64 sections = 0; ///< 0: no limit
    double rate = 0; ///< sections planned a second, open loop; 0: closed loop
    Milliseconds wait { 10'000 }; ///< how long a client tries for a lock; 0: one attempt
    DurationRange retry { Milliseconds(50), Milliseconds(250) }; ///< pause of those that poll
    int connections = 0; ///< to each server, all threads together; 0: the engine's choice
    int threads = 0; ///< 0: the engine's choice
    bool renew = false; ///< extend the lease at each third of the TTL
    int readers = 80; ///< read-write: percent of the sections that only read
    int permits = 3; ///< semaphore
    bool stopAtViolation = false; ///< the first one ends the load
    QList<FaultSpec> faults;
    /// A proxy before each server, and a replica of each sandbox, even if no fault of `faults` needs them: for those
    /// that are fired by hand.
    bool proxied = false;
    quint64 seed = 0; ///< 0: a fresh one, told in the report
    Milliseconds timeout { 5000 }; ///< of one command
    qint64 historyLimit = 2'000'000; ///< operations kept for the check of linearizability
    QString historyFile; ///< gets every kept operation, one JSON object a line; empty: none
    bool production = false; ///< the servers are marked as production: nothing is started
    bool readOnly = false; ///< the connection may not write: nothing is started
    bool recording = true; ///< false: no oracles; for measuring what they cost

    [[nodiscard]] bool isSandbox() const;
};

/// Whether this fault may take place in such a run. Errors: Usage.
[[nodiscard]] Status checkFault(const StressConfig& config, const FaultSpec& spec);
/// Whether a run can be started with it. Errors: Usage (what is wrong), ReadOnly, NotSupported.
[[nodiscard]] Status checkConfig(const StressConfig& config);

} // namespace lockscope
