// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/errortext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

QString translated(const char* text) { return QCoreApplication::translate("lockscope::ErrorText", text); }

} // namespace

QString errorTitle(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Usage:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "wrong usage"));
    case ErrorKind::Resolve:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "host not found"));
    case ErrorKind::Connect:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "cannot connect"));
    case ErrorKind::Tls:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "TLS failed"));
    case ErrorKind::Authentication:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "not authenticated"));
    case ErrorKind::Permission:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "permission denied"));
    case ErrorKind::Timeout:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "no answer in time"));
    case ErrorKind::ConnectionLost:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "connection lost"));
    case ErrorKind::Protocol:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "not a Redis reply"));
    case ErrorKind::Server:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server refused"));
    case ErrorKind::ReadOnly:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "this connection is read-only"));
    case ErrorKind::NotArmed:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "writes to production are not armed"));
    case ErrorKind::ServerReadOnly:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server takes no writes"));
    case ErrorKind::Loading:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server is not ready"));
    case ErrorKind::Busy:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server is busy"));
    case ErrorKind::OutOfMemory:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server is out of memory"));
    case ErrorKind::NotSupported:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "not supported"));
    case ErrorKind::NotHeld:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the lock is not held with that token"));
    case ErrorKind::NoSuchKey:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "there is no such key"));
    case ErrorKind::Taken:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the lock is taken"));
    case ErrorKind::Expired:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the lease is over"));
    case ErrorKind::NoQuorum:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "no quorum"));
    case ErrorKind::OutcomeUnknown:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "outcome unknown"));
    case ErrorKind::Cancelled:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "cancelled"));
    case ErrorKind::Storage:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "cannot write the file"));
    case ErrorKind::Unreadable:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "cannot read the file"));
    case ErrorKind::Internal:
        break;
    }
    return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "internal fault"));
}

QString errorMessage(const Error& error)
{
    QString text = errorTitle(error.kind);
    if (!error.endpoint.isEmpty())
        text += QStringLiteral(" [") + error.endpoint + QLatin1Char(']');
    if (!error.detail.isEmpty())
        text += QStringLiteral(": ") + error.detail;
    return text;
}

// NOLINTNEXTLINE(readability-function-size): one line a kind
QString errorHint(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Usage:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "see --help"));
    case ErrorKind::Resolve:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "check the host name in the URI and the name service"));
    case ErrorKind::Connect:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText",
            "check that the server runs, listens on this address, and that no firewall is in between"));
    case ErrorKind::Tls:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText",
            "check the certificate, cacert= and the host name; a plain port needs redis:// instead of rediss://"));
    case ErrorKind::Authentication:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "give user and password in the URI, in $REDISCLI_AUTH or with --password-file"));
    case ErrorKind::Permission:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText",
            "ask for the missing ACL rule; the README lists what an observer and an operator need"));
    case ErrorKind::Timeout:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "the server may be blocked or stopped; try a longer --timeout"));
    case ErrorKind::ConnectionLost:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "nothing was changed; try again when the connection is back"));
    case ErrorKind::Protocol:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "check that host and port are those of a Redis server"));
    case ErrorKind::Server:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "the text above is the server's own"));
    case ErrorKind::ReadOnly:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "nothing was sent; start without --read-only to write"));
    case ErrorKind::NotArmed:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "nothing was sent; arm the writes first: --arm, or Arm writes in the window"));
    case ErrorKind::ServerReadOnly:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "connect to the master, or wait for its replicas"));
    case ErrorKind::Loading:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "wait until the server has loaded its data or found its master"));
    case ErrorKind::Busy:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "a script blocks the server; SCRIPT KILL ends one that wrote nothing"));
    case ErrorKind::OutOfMemory:
        return translated(
            QT_TRANSLATE_NOOP("lockscope::ErrorText", "locks can still be released; acquiring needs free memory"));
    case ErrorKind::NotSupported:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "see the README for what this version can do"));
    case ErrorKind::NotHeld:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "look who holds it now before you act"));
    case ErrorKind::NoSuchKey:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "nobody holds it: it was released, has expired, or has another name or database"));
    case ErrorKind::Taken:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "wait with --wait, or ask the holder"));
    case ErrorKind::Expired:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "somebody else may hold the lock by now; choose a longer TTL, or renew earlier"));
    case ErrorKind::NoQuorum:
        return translated(QT_TRANSLATE_NOOP(
            "lockscope::ErrorText", "bring the masters back that failed; more than half of them must answer"));
    case ErrorKind::OutcomeUnknown:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText",
            "the command may have run; look at the lock before you decide, it was not sent again"));
    case ErrorKind::Cancelled:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "start it again if you still need it"));
    case ErrorKind::Storage:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "check free space and permissions"));
    case ErrorKind::Unreadable:
        return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "check its name and its permissions"));
    case ErrorKind::Internal:
        break;
    }
    return translated(QT_TRANSLATE_NOOP("lockscope::ErrorText", "please report it with the log"));
}

} // namespace lockscope
