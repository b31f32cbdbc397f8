// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/nodeanswers.h"
#include "redis/connection.h"

#include <QObject>

namespace lockscope {

/// Asks one server all that the checks want to know, on a connection of its own: first how long an answer takes, and
/// its clock, then everything else in a few pipelined rounds. Reads only; one use. Engine thread.
class NodeExamination final : public QObject {
    Q_OBJECT
public:
    /// What is still wanted; asked after each round, until it names nothing new.
    using Needs = QList<Words> (*)(const NodeAnswers&);

    /// `pings`: how many round trips are measured, 1 or more.
    NodeExamination(NodeAnswers answers, std::shared_ptr<const CommandGate> gate, Milliseconds timeout, Needs needs,
        int pings, QObject* parent = nullptr);
    ~NodeExamination() override;

    /// Emits finished() once, from the event loop.
    void start();
    /// Meaningful after finished(); `failure` says why where the server could not be reached.
    [[nodiscard]] NodeAnswers& answers() { return m_answers; }
    [[nodiscard]] Milliseconds took() const { return m_took; }

Q_SIGNALS:
    void finished();

private:
    void onReady();
    void measure();
    void readClock();
    void noteClock(SteadyTime sentAt, const Result<ReplyView>& reply);
    void askRound();
    void onAnswer();
    void finish();

    NodeAnswers m_answers;
    const Needs m_needs;
    int m_pingsLeft;
    SteadyTime m_startedAt {};
    Milliseconds m_took { 0 };
    int m_awaited = 0;
    bool m_isFinished = false;
    Connection m_connection; // goes first: what is still awaited then ends
};

} // namespace lockscope
