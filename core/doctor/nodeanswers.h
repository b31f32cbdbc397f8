// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "locks/discovery.h"
#include "redis/connectionuri.h"
#include "redis/reply.h"

#include <QHash>

#include <optional>
#include <vector>

namespace lockscope {

/// An answer that outlives its handler, bounded in size.
struct KeptReply {
    ReplyKind kind = ReplyKind::Nil;
    QByteArray bytes; ///< Status, Error, Bulk
    qint64 integer = 0;
    std::vector<KeptReply> items;

    [[nodiscard]] const KeptReply& at(size_t index) const; ///< Nil beyond the end
    [[nodiscard]] qint64 toInteger(qint64 fallback = 0) const; ///< also of a bulk that spells one
};
/// Errors: Protocol, where it is larger than an answer to one of our questions can be.
[[nodiscard]] Result<KeptReply> keepReply(ReplyView reply);

/// What an examination is about, before anything is asked.
struct ExaminationScope {
    Topology topology = Topology::Standalone;
    bool isQuorumGroup = false;
    bool mayWrite = false; ///< the gate is open
    QList<QByteArray> matches; ///< globs of keys that count as locks; empty: all
    QList<FamilyId> families;
    const FamilyRegistry* registry = nullptr; ///< never null; outlives the examination
};

/// One server's clock against ours.
struct ClockReading {
    qint64 offsetUs = 0; ///< its wall clock less ours
    qint64 uncertaintyUs = 0; ///< half of the round trip, and what our own clock does not tell
};

/// A parameter of the server.
struct Setting {
    std::optional<QByteArray> value; ///< none: refused, or a parameter that the server does not have
    std::optional<Error> error; ///< why CONFIG GET was refused
};

using Words = QList<QByteArray>; ///< a command

/// All that one server has answered. Checks read it, and ask for nothing themselves.
class NodeAnswers {
public:
    NodeAnswers(ConnectionSpec spec, const ExaminationScope& scope)
        : m_spec(std::move(spec))
        , m_scope(scope)
    {
    }

    [[nodiscard]] QString name() const { return m_spec.endpoint().text(); }
    [[nodiscard]] const ConnectionSpec& spec() const { return m_spec; }
    [[nodiscard]] const ExaminationScope& scope() const { return m_scope; }

    /// Why it could not be examined at all.
    std::optional<Error> failure;
    std::vector<SteadyTime::duration> roundTrips; ///< of PINGs, one after the other
    std::optional<ClockReading> clock;
    std::optional<Error> clockRefusal; ///< of TIME

    void keep(const Words& command, const Result<KeptReply>& answer) { m_answers.insert(command, answer); }
    [[nodiscard]] bool has(const Words& command) const { return m_answers.contains(command); }
    /// Errors: the server's, or Cancelled where it was never asked.
    [[nodiscard]] const Result<KeptReply>& answer(const Words& command) const;

    /// A field of INFO; empty where it has none.
    [[nodiscard]] QByteArray info(QByteArrayView field) const;
    [[nodiscard]] qint64 infoNumber(QByteArrayView field, qint64 fallback = -1) const;
    [[nodiscard]] std::optional<Error> infoRefusal() const;
    [[nodiscard]] Setting setting(const QByteArray& parameter) const;
    [[nodiscard]] bool isMaster() const { return info("role") != "slave"; }
    [[nodiscard]] bool isCluster() const { return info("redis_mode") == "cluster"; }

private:
    ConnectionSpec m_spec;
    ExaminationScope m_scope;
    QHash<Words, Result<KeptReply>> m_answers;
};

/// Questions that several checks ask.
[[nodiscard]] inline Words infoCommand() { return { "INFO" }; }
[[nodiscard]] inline Words settingCommand(const QByteArray& parameter) { return { "CONFIG", "GET", parameter }; }
/// SCRIPT EXISTS of all fingerprints, in the order of FamilyRegistry::fingerprints().
[[nodiscard]] Words fingerprintCommand(const FamilyRegistry& registry);

/// What one Sentinel says of the quorum.
struct SentinelAnswer {
    QString name; ///< `host:port`
    Result<QByteArray> quorum; ///< CKQUORUM's words; errors: the Sentinel's (NOQUORUM…), or why it did not answer
};

/// Everybody's answers, for what concerns the deployment as a whole.
struct DeploymentAnswers {
    ExaminationScope scope;
    std::vector<NodeAnswers> nodes; ///< also those that could not be reached
    std::optional<Result<DiscoveryReport>> sample; ///< of the keys; none: not taken
    std::vector<SentinelAnswer> sentinels {}; ///< of the URI; none behind other URIs
};

} // namespace lockscope
