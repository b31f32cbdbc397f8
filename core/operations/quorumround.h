// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

#include <QTimer>

#include <functional>
#include <vector>

namespace lockscope {

/// More than half of so many masters.
[[nodiscard]] constexpr qsizetype quorumOf(qsizetype masters) { return masters / 2 + 1; }

/// What one master answered in a round.
struct RoundAnswer {
    NodeVote vote = NodeVote::Failed;
    std::optional<Error> error; ///< Failed
    qint64 number = 0; ///< what the judge read
    /// Failed: the command left for this master, and nobody knows whether it ran.
    bool mayHaveRun = false;
};

/// One question to all masters at once. Ends when all have answered or failed, or when its time is over; who has said
/// nothing by then has failed. The handler is called exactly once unless the parent ends first; the round then deletes
/// itself.
class QuorumRound final : public QObject {
    Q_OBJECT
public:
    struct Question {
        std::function<void(Connection&, ReplyHandler)> ask;
        std::function<RoundAnswer(const ReplyView&)> judge;
        Milliseconds timeout { 0 }; ///< for all of it
        /// How long the rest may take once a quorum has said yes; 0: as long as `timeout` says.
        Milliseconds grace { 0 };
    };
    using Handler = UniqueFunction<void(std::vector<RoundAnswer>)>;

    /// The masters outlive the round.
    QuorumRound(QList<Connection*> masters, Question question, Handler handler, QObject* parent);
    /// May call the handler before it returns.
    void start();
    /// Ends it now: who has said nothing has failed.
    void conclude();

private:
    void onReply(size_t master, const Result<ReplyView>& reply);

    QList<Connection*> m_masters;
    Question m_question;
    Handler m_handler;
    std::vector<RoundAnswer> m_answers;
    std::vector<bool> m_answered;
    size_t m_awaited = 0;
    QTimer m_timer;
    QTimer m_grace;
};

} // namespace lockscope
