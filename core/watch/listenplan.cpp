// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/listenplan.h"

namespace lockscope {

ListenPlan planListening(const ListenFacts& facts)
{
    ListenPlan plan;
    if (facts.choice == ListenChoice::Tracking)
        plan.tracking = !facts.trackingDenied;
    const bool wantsVerbs = facts.choice == ListenChoice::Auto || facts.choice == ListenChoice::Notifications;
    if (!wantsVerbs || facts.setting == NotificationSetting::Unknown)
        return plan;
    const bool published = facts.setting == NotificationSetting::Sufficient;
    // Where CONFIG cannot be read somebody may have switched them on all the same: listening costs nothing.
    plan.notifications = !facts.notificationsDenied && (published || !facts.configReadable);
    if (facts.choice == ListenChoice::Auto)
        plan.tracking = !facts.trackingDenied && !facts.verbsHeard
            && (facts.trackingOpen || !(facts.enabling || (published && plan.notifications)));
    return plan;
}

} // namespace lockscope
