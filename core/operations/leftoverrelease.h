// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "redis/connection.h"

#include <optional>

namespace lockscope {

/// Deletes what an acquire may have left on one server, as soon as the link is there, as often as it takes, until the
/// lease would have ended by itself. Only for tokens that nobody else can be using: compare-and-delete of such a token
/// hurts nobody, however often it runs.
class LeftoverRelease final : public QObject {
    Q_OBJECT
public:
    struct Lease {
        QByteArray key;
        QByteArray token;
        SteadyTime until {}; ///< when nothing can be left of it
    };
    /// What the release script answered; nothing where no answer came before the end.
    using Callback = UniqueFunction<void(std::optional<qint64> answer)>;

    /// `connection` and `clock` outlive it. The callback is called exactly once unless the parent ends first.
    LeftoverRelease(Connection& connection, const Clock& clock, Lease lease, Callback callback, QObject* parent);

private:
    void send();
    void onReply(const Result<ReplyView>& reply);
    void finish(std::optional<qint64> answer);

    Connection& m_connection;
    const Clock& m_clock;
    Lease m_lease;
    Callback m_callback;
};

} // namespace lockscope
