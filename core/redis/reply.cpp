// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/reply.h"

namespace lockscope {

qint64 ReplyView::toInteger(qint64 fallback) const
{
    if (kind() == ReplyKind::Integer)
        return m_token->integer;
    if (kind() != ReplyKind::Bulk)
        return fallback;
    bool ok = false;
    const qint64 value = bytes().toLongLong(&ok);
    return ok ? value : fallback;
}

ReplyView ReplyView::at(qsizetype index) const
{
    for (const ReplyView child : *this) {
        if (index-- == 0)
            return child;
    }
    return {};
}

} // namespace lockscope
