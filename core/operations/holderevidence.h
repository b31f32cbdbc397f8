// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

namespace lockscope {

/// What the answer of CLIENT LIST tells of a holder, by its token and what that tells (LockInspection::owner): a
/// connection is taken for the holder's where its name contains the token or one of its ids, or the host, or where it
/// comes from the host's address. Connections of Lockscope's own are left out. At most 20 clients are named.
[[nodiscard]] HolderEvidence holderEvidence(
    QByteArrayView clientList, const QByteArray& token, const QList<OwnerHint>& owner);

} // namespace lockscope
