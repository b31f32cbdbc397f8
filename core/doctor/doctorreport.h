// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <array>

namespace lockscope {

/// How much a finding matters to locks, the least first.
enum class Severity : quint8 {
    Ok, ///< looked at and good
    Info, ///< worth knowing
    Unknown, ///< could not be looked at; never taken for good
    Warning, ///< locks may be lost, late or unseen under some circumstance
    Serious, ///< locks are unsafe or unusable as it stands
};
inline constexpr int severityCount = int(Severity::Serious) + 1;
/// `ok`, `info`, `unknown`, `warning`, `serious`.
[[nodiscard]] QLatin1StringView severityName(Severity severity);

/// What a check came to, for people; texts are translated, server words in them are escaped. A value.
struct Finding {
    QByteArray check; ///< stable name of the check: `eviction`
    QStringList nodes; ///< that it concerns; empty: the deployment as a whole
    Severity severity = Severity::Ok;
    QString title;
    QString evidence; ///< what was read
    QString why; ///< why it matters for locks
    QString mend; ///< what to do; empty where there is nothing
    QStringList commands; ///< that mend it, to be typed into redis-cli
    QString source; ///< an address to read on, or empty

    friend bool operator==(const Finding&, const Finding&) = default;
};

/// Whether a server lets us do something.
enum class CapabilityState : quint8 { Available, Missing, Unknown };
/// `available`, `missing`, `unknown`.
[[nodiscard]] QLatin1StringView capabilityStateName(CapabilityState state);

struct Capability {
    QByteArray name; ///< stable: `config_get`
    QString title; ///< `CONFIG GET`
    CapabilityState state = CapabilityState::Unknown;
    QString reason; ///< the server's words, or why it is not known; empty where it is available
    QString consequence; ///< what is lost, and what is done instead; empty where it is available
    bool isNeeded = false; ///< watching, or acting where writes are open, is poorer without it

    friend bool operator==(const Capability&, const Capability&) = default;
};

/// What one server is, and what it lets us do.
struct NodeCapabilities {
    QString node;
    QByteArray flavour; ///< `redis`, `valkey`, `dragonfly`, `keydb`…
    QByteArray version;
    QByteArray role;
    Milliseconds took { 0 }; ///< from the first question to the last answer
    QList<Capability> capabilities;

    friend bool operator==(const NodeCapabilities&, const NodeCapabilities&) = default;
};

struct DoctorOptions {
    bool capabilitiesOnly = false; ///< no checks, no sample of keys: about two round trips
};

/// What an examination of a deployment found. A value.
struct DoctorReport {
    QList<Finding> findings; ///< the most serious first
    QList<NodeCapabilities> nodes; ///< of those that could be reached
    Milliseconds took { 0 };
    qint64 takenAtMs = 0; ///< wall clock, at the end

    [[nodiscard]] std::array<int, severityCount> counts() const;
    /// The most serious there is; Ok where there is none.
    [[nodiscard]] Severity worst() const;
    /// Needed capabilities that are missing somewhere, each once.
    [[nodiscard]] QList<Capability> lost() const;
};

/// Puts findings that differ only by the node together, and orders them: by severity, then as they came.
[[nodiscard]] QList<Finding> mergedFindings(const QList<Finding>& findings);

} // namespace lockscope
