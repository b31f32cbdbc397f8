// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/stressreport.h"

#include <algorithm>

namespace lockscope {

QLatin1StringView violationName(ViolationKind kind)
{
    switch (kind) {
    case ViolationKind::Overlap:
        return QLatin1StringView("overlap");
    case ViolationKind::LostUpdate:
        return QLatin1StringView("lost_update");
    case ViolationKind::StaleWrite:
        return QLatin1StringView("stale_write");
    case ViolationKind::ForeignDelete:
        return QLatin1StringView("foreign_delete");
    case ViolationKind::ForeignRenewal:
        return QLatin1StringView("foreign_renewal");
    case ViolationKind::FenceRegression:
        return QLatin1StringView("fence_regression");
    case ViolationKind::Orphan:
        return QLatin1StringView("orphan");
    case ViolationKind::NotLinearizable:
        return QLatin1StringView("not_linearizable");
    }
    return {};
}

QLatin1StringView causeName(ViolationCause cause)
{
    switch (cause) {
    case ViolationCause::Unknown:
        return QLatin1StringView("unknown");
    case ViolationCause::RefusalIgnored:
        return QLatin1StringView("refusal_ignored");
    case ViolationCause::LeaseTooShort:
        return QLatin1StringView("lease_too_short");
    case ViolationCause::ClientPaused:
        return QLatin1StringView("client_paused");
    case ViolationCause::ClockJumped:
        return QLatin1StringView("clock_jumped");
    case ViolationCause::DeletedByAnother:
        return QLatin1StringView("deleted_by_another");
    case ViolationCause::RenewedForAnother:
        return QLatin1StringView("renewed_for_another");
    case ViolationCause::ServerLostData:
        return QLatin1StringView("server_lost_data");
    case ViolationCause::NoLease:
        return QLatin1StringView("no_lease");
    case ViolationCause::GrantedTwice:
        return QLatin1StringView("granted_twice");
    }
    return {};
}

LatencySummary LatencySummary::of(const Histogram& histogram)
{
    return { histogram.count(), histogram.valueAt(0.5), histogram.valueAt(0.9), histogram.valueAt(0.99),
        histogram.valueAt(0.999), histogram.max() };
}

void StressCounters::add(const StressCounters& other)
{
    sections += other.sections;
    attempts += other.attempts;
    refused += other.refused;
    timeouts += other.timeouts;
    lost += other.lost;
    errors += other.errors;
    indeterminate += other.indeterminate;
    renewals += other.renewals;
    planned += other.planned;
    crashes += other.crashes;
    overruns += other.overruns;
    overrunTotal += other.overrunTotal;
    overrunWorst = std::max(overrunWorst, other.overrunWorst);
}

double StressReport::sectionsPerSecond() const
{
    return elapsed > 0 ? double(counters.sections) * 1e9 / double(elapsed) : 0;
}

LaneStretch violationStretch(const Violation& violation)
{
    constexpr qint64 leastMargin = 5'000'000;
    constexpr qint64 mostMargin = 200'000'000;
    LaneStretch stretch { violation.from, std::max(violation.from, violation.until) };
    for (const ViolationParty* party : { &violation.first, &violation.second }) {
        if (party->client < 0)
            continue;
        if (party->entered > 0)
            stretch.from = std::min(stretch.from, party->entered);
        stretch.until = std::max(stretch.until, party->left);
    }
    const qint64 margin = std::clamp((stretch.until - stretch.from) / 2, leastMargin, mostMargin);
    return { std::max<qint64>(0, stretch.from - margin), stretch.until + margin };
}

} // namespace lockscope
