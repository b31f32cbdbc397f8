// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/listenplan.h"

namespace lockscope {

ListenPlan planListening(const ListenFacts& facts)
{
    ListenPlan plan;
    if (facts.setting == NotificationSetting::Unknown || facts.choice == ListenChoice::Poll)
        return plan;
    const bool published = facts.setting == NotificationSetting::Sufficient;
    if (facts.choice != ListenChoice::Tracking)
        // Where CONFIG cannot be read somebody may have switched them on all the same: listening costs nothing.
        plan.notifications = !facts.notificationsDenied && (published || !facts.configReadable);
    if (facts.choice == ListenChoice::Tracking)
        plan.tracking = !facts.trackingDenied;
    else if (facts.choice == ListenChoice::Auto)
        plan.tracking = !facts.trackingDenied && !facts.verbsHeard
            && (facts.trackingOpen || !(facts.enabling || (published && plan.notifications)));
    return plan;
}

} // namespace lockscope
