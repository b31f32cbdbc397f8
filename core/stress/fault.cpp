// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/fault.h"

#include "stress/faults/faultlist.h"

#include <algorithm>

namespace lockscope {

Milliseconds FaultOccurrence::duration(const char* parameter, Milliseconds fallback) const
{
    const QByteArray text = spec.parameters.value(parameter);
    return text.isEmpty() ? fallback : parseDuration(text).value_or(fallback);
}

int FaultOccurrence::count(const char* parameter, int fallback) const
{
    const QByteArray text = spec.parameters.value(parameter);
    return text.isEmpty() ? fallback : text.toInt();
}

void Fault::end(FaultContext&, const FaultOccurrence&) const { }

const std::vector<std::unique_ptr<Fault>>& faults()
{
    static const std::vector<std::unique_ptr<Fault>> all = [] {
        std::vector<std::unique_ptr<Fault>> made;
        for (const auto make : { makePauseClientFault, makeCrashClientFault, makeClockJumpFault,
                 makeKillConnectionFault, makeLatencyFault, makePartitionFault, makeDropAnswersFault, makeCutFault,
                 makeServerPauseFault, makeKillMasterFault, makeRestartEmptyFault, makeFailoverFault })
            made.push_back(make());
        return made;
    }();
    return all;
}

const Fault* findFault(QByteArrayView name)
{
    const auto& all = faults();
    const auto found = std::find_if(all.begin(), all.end(),
        [&](const std::unique_ptr<Fault>& fault) { return name == QByteArrayView(fault->facts().name); });
    return found == all.end() ? nullptr : found->get();
}

} // namespace lockscope
