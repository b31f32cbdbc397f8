// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/actanswer.h"

#include "base/bytetext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

/// Why a script of a family's declined, by the word that it answered.
QString declinedText(QByteArrayView word, qint64 count)
{
    if (word == QByteArrayView("shared"))
        return operationText(QT_TRANSLATE_NOOP("lockscope::Operations",
                                 "%1 holders share the lease of this key: setting it would end the others, too"))
            .arg(count);
    if (word == QByteArrayView("reader"))
        return operationText(QT_TRANSLATE_NOOP("lockscope::Operations",
            "this holder is a reader: in its place you would keep out writers only, and other readers would get in"));
    if (word == QByteArrayView("split"))
        return operationText(QT_TRANSLATE_NOOP(
            "lockscope::Operations", "the key that says when the lock ends lies in another slot of the cluster"));
    return {};
}

} // namespace

void refuseAct(ForceReleaseResult& result, ErrorKind kind, const QString& detail)
{
    result.outcome = ReleaseOutcome::Refused;
    result.error = makeError(kind, detail);
}

void readActOutcome(ForceReleaseResult& result, const ReplyView& reply)
{
    const QByteArrayView word = reply.at(0).bytes();
    result.token = reply.at(1).toByteArray();
    if (word == QByteArrayView("released")) {
        result.outcome = ReleaseOutcome::Released;
    } else if (word == QByteArrayView("done") || word == QByteArrayView("unneeded")) {
        result.outcome = word == QByteArrayView("done") ? ReleaseOutcome::Done : ReleaseOutcome::Unneeded;
        result.oldTtlMs = reply.at(2).toInteger(-1);
    } else if (word == QByteArrayView("gone")) {
        result.outcome = ReleaseOutcome::AlreadyGone;
    } else if (word == QByteArrayView("changed")) {
        result.outcome = ReleaseOutcome::HolderChanged;
    } else if (const QString why = declinedText(word, reply.at(1).toInteger()); !why.isEmpty()) {
        refuseAct(result, ErrorKind::NotSupported, why);
        result.token.clear();
    } else if (word == QByteArrayView("type")) {
        refuseAct(result, ErrorKind::Server,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "the key is a %1, which this lock family never leaves"))
                .arg(QString::fromUtf8(result.token)));
        result.error->serverCode = "WRONGTYPE";
        result.token.clear();
    } else {
        result.error = makeError(ErrorKind::OutcomeUnknown,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "the script was answered with something unknown")));
    }
}

void setActFailure(ForceReleaseResult& result, const Error& error)
{
    const bool unknown = error.kind == ErrorKind::OutcomeUnknown;
    result.outcome = unknown ? ReleaseOutcome::OutcomeUnknown : ReleaseOutcome::Refused;
    result.error = error;
}

Status checkActTarget(const ForceReleaseTarget& target, const ActRecipe& recipe)
{
    const auto wrong = [](const char* text) { return fail(ErrorKind::Usage, operationText(text)); };
    const bool kills = target.act == LockAct::KillConnection;
    if (!kills && !recipe.isPossible())
        return fail(ErrorKind::NotSupported, QCoreApplication::translate("lockscope::Recipes", recipe.obstacle));
    if (target.act != LockAct::Release && target.anyToken)
        return wrong(QT_TRANSLATE_NOOP("lockscope::Operations", "this act needs the token that holds the lock"));
    if (kills && (target.clientId <= 0 || target.clientAddress.isEmpty()))
        return wrong(QT_TRANSLATE_NOOP("lockscope::Operations", "closing a connection needs its id and address"));
    const bool endless = target.act == LockAct::HandBack && target.ttlMs == -1;
    if (needsTtl(target.act) && !endless && target.ttlMs < 1)
        return wrong(QT_TRANSLATE_NOOP("lockscope::Operations", "the TTL must be at least 1 ms"));
    const bool swaps = target.act == LockAct::TakeOver || target.act == LockAct::HandBack;
    if (swaps && (target.newToken.isEmpty() || target.newToken == target.expectedToken))
        return wrong(QT_TRANSLATE_NOOP("lockscope::Operations", "taking over needs another token than the holder's"));
    return {};
}

Error splitError(const QList<QByteArray>& others)
{
    QStringList names;
    for (const QByteArray& key : others)
        names.append(displayText(key, 80));
    Error error = makeError(ErrorKind::NotSupported,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations",
                          "in this cluster these keys of the lock lie in other slots, so one script cannot do it all: "
                          "%1. It can be done "
                          "for the lock's own key alone; what these keep then stays, and who waits there is not woken"))
            .arg(names.join(QStringLiteral(", "))));
    error.serverCode = "CROSSSLOT";
    return error;
}

} // namespace lockscope
