// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "stress/faultproxy.h"
#include "stress/stressreport.h"

#include <QCoreApplication>

namespace lockscope {

/// What a fault may lay its hands on. In the director's thread.
class FaultContext {
public:
    virtual ~FaultContext() = default;
    [[nodiscard]] virtual const StressConfig& config() const = 0;
    [[nodiscard]] virtual int nodeCount() const = 0;
    /// Null where the server is not ours.
    [[nodiscard]] virtual SandboxServer* sandbox(int node) = 0;
    /// Null unless a fault of the run needs it.
    [[nodiscard]] virtual FaultProxy* proxy(int node) = 0;
    /// For commands of the fault itself; past the proxy.
    [[nodiscard]] virtual Connection& control(int node) = 0;
    virtual void pauseClient(quint32 client, qint64 lengthNs) = 0;
    virtual void crashClient(quint32 client, qint64 downNs) = 0;
    virtual void jumpClocks(qint64 byNs) = 0;
    virtual void killConnections(quint32 chooser) = 0;
    /// What the master writes from now on does not reach its replica; or it does again.
    virtual void holdReplication(int node, bool held) = 0;
    /// Kills the master, promotes its replica, and leads the clients to it.
    virtual void failOver(int node) = 0;
};

/// One taking place of a fault.
struct FaultOccurrence {
    const FaultSpec& spec;
    int fault = 0; ///< which of the run's faults
    quint64 number = 0; ///< how often it took place before
    qint64 lengthNs = 0;
    FaultMark& mark; ///< for the victim
    bool isStopping = false; ///< end(): the run stops, before the fault has had its time

    [[nodiscard]] Milliseconds duration(const char* parameter, Milliseconds fallback) const;
    [[nodiscard]] int count(const char* parameter, int fallback) const;
};

struct FaultParameter {
    const char* name;
    bool isDuration; ///< else a whole number, or one of `words`
    const char* words = ""; ///< blank-separated
};

/// What people read of a fault.
struct FaultFacts {
    const char* name; ///< as on the command line
    const char* summary; ///< translatable, context lockscope::Stress
    bool needsSandbox = false; ///< touches the server
    bool needsProxy = false;
    bool needsReplica = false;
    Milliseconds usualLength { 0 }; ///< 0: to the end of the run
    bool isInstant = false; ///< has no length
    std::vector<FaultParameter> parameters {};
};

/// A kind of fault, without state: begin() does harm, end() undoes it. end() also comes when the run is stopped.
class Fault {
public:
    explicit Fault(FaultFacts facts)
        : m_facts(std::move(facts))
    {
    }
    virtual ~Fault() = default;
    Fault(const Fault&) = delete;
    Fault& operator=(const Fault&) = delete;
    [[nodiscard]] const FaultFacts& facts() const { return m_facts; }
    virtual void begin(FaultContext& context, const FaultOccurrence& occurrence) const = 0;
    virtual void end(FaultContext& context, const FaultOccurrence& occurrence) const;

private:
    const FaultFacts m_facts;
};

/// All faults; they live as long as the program.
[[nodiscard]] const std::vector<std::unique_ptr<Fault>>& faults();
/// Null if there is none of that name.
[[nodiscard]] const Fault* findFault(QByteArrayView name);

} // namespace lockscope
