// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctorreport.h"

#include <algorithm>

namespace lockscope {

QLatin1StringView severityName(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return QLatin1StringView("ok");
    case Severity::Info:
        return QLatin1StringView("info");
    case Severity::Warning:
        return QLatin1StringView("warning");
    case Severity::Serious:
        return QLatin1StringView("serious");
    case Severity::Unknown:
        break;
    }
    return QLatin1StringView("unknown");
}

QLatin1StringView capabilityStateName(CapabilityState state)
{
    switch (state) {
    case CapabilityState::Available:
        return QLatin1StringView("available");
    case CapabilityState::Missing:
        return QLatin1StringView("missing");
    case CapabilityState::Unknown:
        break;
    }
    return QLatin1StringView("unknown");
}

std::array<int, severityCount> DoctorReport::counts() const
{
    std::array<int, severityCount> counts {};
    for (const Finding& finding : findings)
        ++counts[size_t(finding.severity)];
    return counts;
}

Severity DoctorReport::worst() const
{
    Severity worst = Severity::Ok;
    for (const Finding& finding : findings)
        worst = std::max(worst, finding.severity);
    return worst;
}

QList<Capability> DoctorReport::lost() const
{
    QList<Capability> lost;
    for (const NodeCapabilities& node : nodes) {
        for (const Capability& capability : node.capabilities) {
            const bool known = std::any_of(lost.cbegin(), lost.cend(),
                [&capability](const Capability& other) { return other.name == capability.name; });
            if (capability.state == CapabilityState::Missing && capability.isNeeded && !known)
                lost.append(capability);
        }
    }
    return lost;
}

QList<Finding> mergedFindings(const QList<Finding>& findings)
{
    QList<Finding> merged;
    for (const Finding& finding : findings) {
        const auto same = std::find_if(merged.begin(), merged.end(), [&finding](Finding other) {
            other.nodes = finding.nodes;
            return other == finding;
        });
        if (same == merged.end())
            merged.append(finding);
        else
            same->nodes += finding.nodes;
    }
    std::stable_sort(merged.begin(), merged.end(),
        [](const Finding& first, const Finding& second) { return first.severity > second.severity; });
    return merged;
}

} // namespace lockscope
