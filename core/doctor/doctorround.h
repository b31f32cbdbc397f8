// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "doctor/doctorreport.h"
#include "doctor/nodeexamination.h"
#include "doctor/sentinelinquiry.h"
#include "redis/topologymap.h"
#include "watch/discoveryround.h"

#include <functional>

namespace lockscope {

/// One examination of a whole deployment: every master at the same time, a sample of the keys at the pace of the watch,
/// then the checks. Reads only; one use. Engine thread.
class DoctorRound final : public QObject {
    Q_OBJECT
public:
    using Handler = UniqueFunction<void(Result<DoctorReport>)>;

    DoctorRound(TopologyMap map, std::shared_ptr<const CommandGate> gate, const DoctorOptions& options,
        WatchOptions watch, QObject* parent = nullptr);
    ~DoctorRound() override;

    /// Before start(): the map was told by the Sentinels of this URI, which are asked, too.
    void setSentinels(const ConnectionSpec& spec);

    /// `handler` is called once, from the event loop; never if this object is destroyed before. Errors: why no server
    /// could be reached.
    void start(Handler handler);
    [[nodiscard]] int partsDone() const { return m_done; }
    [[nodiscard]] int parts() const { return int(m_nodes.size()) + (m_sample ? 1 : 0) + (m_inquiry ? 1 : 0); }

Q_SIGNALS:
    void progressed(int done, int parts);

private:
    [[nodiscard]] ExaminationScope scope() const;
    void partEnded();
    void conclude();

    const TopologyMap m_map;
    const std::shared_ptr<const CommandGate> m_gate;
    const DoctorOptions m_options;
    const WatchOptions m_watch;
    Handler m_handler;
    std::vector<std::unique_ptr<NodeExamination>> m_nodes;
    std::unique_ptr<SentinelInquiry> m_inquiry;
    std::unique_ptr<DiscoveryRound> m_sample;
    std::optional<Result<DiscoveryReport>> m_sampled;
    SteadyTime m_startedAt {};
    int m_done = 0;
};

} // namespace lockscope
