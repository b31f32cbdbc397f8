// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/servertopology.h"

#include "redis/clustertopology.h"
#include "redis/redistext.h"
#include "redis/sentineltopology.h"

namespace lockscope {

namespace {

/// Servers that are what their URIs say.
class FixedTopology final : public ServerTopology {
public:
    explicit FixedTopology(const QList<ConnectionSpec>& specs)
    {
        TopologyMap map;
        for (const ConnectionSpec& spec : specs)
            map.masters.append(MasterNode { spec, {} });
        setMap(std::move(map));
    }
    void start() override { }
    void stop() override { }
};

Status checkGroup(const QList<ConnectionSpec>& specs)
{
    QList<Endpoint> seen;
    for (const ConnectionSpec& spec : specs) {
        if (spec.topology != Topology::Standalone)
            return fail(ErrorKind::NotSupported,
                RedisText::tr("several URIs are independent masters: each must be a single server, not Sentinel, a "
                              "cluster or the sandbox"));
        if (seen.contains(spec.endpoint()))
            return fail(ErrorKind::Usage,
                RedisText::tr("%1 is given twice: each master of a quorum counts once").arg(spec.endpoint().text()));
        seen += spec.endpoint();
    }
    return {};
}

} // namespace

Result<std::unique_ptr<ServerTopology>> ServerTopology::make(
    const QList<ConnectionSpec>& specs, std::shared_ptr<const CommandGate> gate, TopologyOptions options)
{
    if (specs.isEmpty())
        return fail(ErrorKind::Usage, RedisText::tr("a server to connect to is missing"));
    const ConnectionSpec& first = specs.first();
    if (specs.size() == 1 && first.topology == Topology::Sentinel)
        return std::make_unique<SentinelTopology>(first, std::move(gate), std::move(options));
    if (specs.size() == 1 && first.topology == Topology::Cluster)
        return std::make_unique<ClusterTopology>(first, std::move(gate), std::move(options));
    if (const Status usable = checkGroup(specs); !usable)
        return fail(usable.error());
    return std::make_unique<FixedTopology>(specs);
}

void ServerTopology::setMap(TopologyMap map)
{
    if (map == m_map)
        return;
    m_map = std::move(map);
    Q_EMIT changed();
}

void ServerTopology::setError(const std::optional<Error>& error)
{
    if (error == m_error)
        return;
    m_error = error;
    Q_EMIT errorChanged();
}

ConnectionSpec memberSpec(const ConnectionSpec& from, const Endpoint& endpoint)
{
    ConnectionSpec spec = from;
    spec.topology = Topology::Standalone;
    spec.endpoints = { endpoint };
    spec.sentinelMaster.clear();
    return spec;
}

} // namespace lockscope

#include "moc_servertopology.cpp"
