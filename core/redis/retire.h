// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

namespace lockscope {

/// Ends a Connection or Subscriber also from within one of its own handlers or signals, where it must not be deleted
/// yet: whoever waits for an answer gets it now, and the object goes with the event loop.
template <typename Link> void retire(std::unique_ptr<Link>& link)
{
    if (!link)
        return;
    link->blockSignals(true);
    link->close();
    link.release()->deleteLater();
}

} // namespace lockscope
