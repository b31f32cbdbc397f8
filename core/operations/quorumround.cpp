// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/quorumround.h"

#include <QPointer>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

QuorumRound::QuorumRound(QList<Connection*> masters, Question question, Handler handler, QObject* parent)
    : QObject(parent)
    , m_masters(std::move(masters))
    , m_question(std::move(question))
    , m_handler(std::move(handler))
    , m_answers(size_t(m_masters.size()))
    , m_answered(size_t(m_masters.size()), false)
{
    for (QTimer* timer : { &m_timer, &m_grace }) {
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
        connect(timer, &QTimer::timeout, this, &QuorumRound::conclude);
    }
}

void QuorumRound::start()
{
    m_awaited = m_answers.size() + 1; // one more until everybody was asked
    m_timer.start(std::clamp<Milliseconds>(m_question.timeout, 1ms, 24h));
    const QPointer self(this);
    for (size_t i = 0; i < m_answers.size(); ++i) {
        m_question.ask(*m_masters.at(qsizetype(i)), [self, i](const Result<ReplyView>& reply) {
            if (self)
                self->onReply(i, reply);
        });
    }
    if (--m_awaited == 0)
        conclude();
}

void QuorumRound::onReply(size_t master, const Result<ReplyView>& reply)
{
    // Too late: it counts as a failure already.
    if (!m_handler)
        return;
    RoundAnswer& answer = m_answers[master];
    if (reply) {
        answer = m_question.judge(*reply);
    } else {
        answer.error = reply.error();
        answer.mayHaveRun = reply.error().kind == ErrorKind::OutcomeUnknown;
    }
    m_answered[master] = true;
    const auto yes = std::count_if(m_answers.begin(), m_answers.end(),
        [](const RoundAnswer& candidate) { return candidate.vote == NodeVote::Yes; });
    if (m_question.grace > 0ms && yes >= quorumOf(m_masters.size()) && !m_grace.isActive())
        m_grace.start(m_question.grace);
    if (--m_awaited == 0)
        conclude();
}

void QuorumRound::conclude()
{
    if (!m_handler)
        return;
    m_timer.stop();
    m_grace.stop();
    for (size_t i = 0; i < m_answers.size(); ++i) {
        if (m_answered[i])
            continue;
        m_answers[i].mayHaveRun = true;
        m_answers[i].error = makeError(ErrorKind::Timeout, {}, m_masters.at(qsizetype(i))->spec().endpoint().text());
    }
    deleteLater();
    Handler handler = std::move(m_handler);
    handler(std::move(m_answers));
}

} // namespace lockscope
