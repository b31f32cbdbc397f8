// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// What is known when it is decided how to listen. A value.
struct ListenFacts {
    ListenChoice choice = ListenChoice::Auto;
    NotificationSetting setting = NotificationSetting::Unknown; ///< Unknown: the server has not been asked yet
    bool configReadable = true;
    bool enabling = false; ///< they are being switched on
    bool notificationsDenied = false; ///< the ACL permits none of the channels
    bool trackingDenied = false; ///< by the ACL or by the server
    bool verbsHeard = false; ///< notifications are subscribed, and cover all that locks need
    bool trackingOpen = false; ///< and goes on until notifications have taken over
};

/// Which connections to listen on. Both where notifications may come all the same, but nobody knows.
struct ListenPlan {
    bool notifications = false;
    bool tracking = false;
    friend bool operator==(const ListenPlan&, const ListenPlan&) = default;
};

[[nodiscard]] ListenPlan planListening(const ListenFacts& facts);

} // namespace lockscope
