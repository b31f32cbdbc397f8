// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/quorumverdict.h"

#include "base/errortext.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace lockscope {

namespace {

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

QString nodeName(const Connection& master) { return master.spec().endpoint().text(); }

/// `host:port: cannot connect; host:port: no answer in time`
QString failureList(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers)
{
    QStringList parts;
    for (size_t i = 0; i < answers.size(); ++i) {
        if (answers[i].vote != NodeVote::Failed || !answers[i].error)
            continue;
        Error error = *answers[i].error;
        error.endpoint.clear(); // it stands in front
        parts += nodeName(*masters.at(qsizetype(i))) + QStringLiteral(": ") + errorMessage(error);
    }
    return parts.join(QStringLiteral("; "));
}

/// What the server, or our own gate, refuses whoever asks again.
bool isRefusal(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Authentication:
    case ErrorKind::Permission:
    case ErrorKind::Server:
    case ErrorKind::ReadOnly:
    case ErrorKind::NotArmed:
    case ErrorKind::ServerReadOnly:
    case ErrorKind::OutOfMemory:
    case ErrorKind::NotSupported:
    case ErrorKind::Tls:
        return true;
    default:
        return false;
    }
}

Error noQuorum(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers)
{
    const std::optional<Error>& first = answers.front().error;
    const bool alike = first && isRefusal(first->kind)
        && std::all_of(answers.begin(), answers.end(), [&first](const RoundAnswer& answer) {
               return answer.vote == NodeVote::Failed && answer.error && answer.error->kind == first->kind;
           });
    if (alike)
        return *first;
    return makeError(ErrorKind::NoQuorum,
        operationText(
            QT_TRANSLATE_NOOP("lockscope::Operations", "%1 of %2 masters agreed, %3 are needed; these failed: %4"))
            .arg(votesFor(answers, NodeVote::Yes))
            .arg(masters.size())
            .arg(quorumOf(masters.size()))
            .arg(failureList(masters, answers)));
}

} // namespace

qsizetype votesFor(const std::vector<RoundAnswer>& answers, NodeVote vote)
{
    return std::count_if(
        answers.begin(), answers.end(), [vote](const RoundAnswer& answer) { return answer.vote == vote; });
}

QList<NodeAnswer> nodeAnswers(
    const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers, SteadyTime validUntil)
{
    QList<NodeAnswer> nodes;
    for (size_t i = 0; i < answers.size(); ++i) {
        const RoundAnswer& answer = answers[i];
        nodes.append({ nodeName(*masters.at(qsizetype(i))), answer.vote, answer.error,
            answer.vote == NodeVote::Yes ? validUntil : SteadyTime() });
    }
    return nodes;
}

Error acquireRefusal(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers)
{
    const qsizetype taken = votesFor(answers, NodeVote::Taken);
    const qsizetype failed = votesFor(answers, NodeVote::Failed);
    if (taken < quorumOf(masters.size()) && failed > 0)
        return noQuorum(masters, answers);
    return makeError(ErrorKind::Taken,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "somebody else holds it on %1 of %2 masters"))
            .arg(taken)
            .arg(masters.size()));
}

Error holdRefusal(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers)
{
    const qsizetype taken = votesFor(answers, NodeVote::Taken);
    const qsizetype missing = votesFor(answers, NodeVote::Missing);
    // Those who failed could still have made a quorum of yes.
    if (masters.size() - taken - missing >= quorumOf(masters.size()))
        return noQuorum(masters, answers);
    if (missing >= taken)
        return makeError(ErrorKind::Expired,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "it is gone from %1 of %2 masters"))
                .arg(missing)
                .arg(masters.size()));
    return makeError(ErrorKind::NotHeld,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "another token holds it on %1 of %2 masters"))
            .arg(taken)
            .arg(masters.size()));
}

} // namespace lockscope
