// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/probeadvice.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "deployment/connectionbook.h"
#include "redis/certificatefault.h"
#include "redis/sshdestination.h"

namespace lockscope {

namespace {

using Kind = ProbeStep::Kind;

constexpr int longestWord = 64;

/// As it is typed into a terminal.
QString sshCommand(const ConnectionSpec& spec)
{
    const Result<SshDestination> destination = parseSshDestination(spec.endpoint().via);
    if (!destination)
        return QStringLiteral("ssh");
    const QString port = destination->port == 0 ? QString() : QStringLiteral("-p %1 ").arg(destination->port);
    const QString user = destination->user.isEmpty() ? QString() : QString(destination->user + QLatin1Char('@'));
    return QStringLiteral("ssh ") + port + user + destination->host;
}

QString sshAdvice(const Error& error, const ConnectionSpec& spec)
{
    if (error.kind == ErrorKind::NotSupported)
        return ConnectionText::tr("Install ssh on this machine, and try again.");
    if (error.kind == ErrorKind::Resolve)
        return ConnectionText::tr("Check the name of the host that ssh goes to, or its entry in ~/.ssh/config.");
    if (error.detail.contains(QLatin1StringView("Host key verification failed")))
        return ConnectionText::tr("The host's key is not known here, or has changed. Run %1 in a terminal, compare the "
                                  "fingerprint with the one that its administrator tells, and accept no other.")
            .arg(sshCommand(spec));
    if (error.kind == ErrorKind::Ssh)
        return ConnectionText::tr("%1 must get in without a question: load the key into the agent (ssh-add), or name "
                                  "it in ~/.ssh/config, and have it allowed over there.")
            .arg(sshCommand(spec));
    return ConnectionText::tr("Run %1 in a terminal. If it gets in, the server is not reached from there: check its "
                              "address as that host sees it, and that its sshd allows forwarding.")
        .arg(sshCommand(spec));
}

QString tlsAdvice(const Error& error, const TlsOptions& options)
{
    for (const QString& file : { options.caCertificateFile, options.certificateFile, options.keyFile }) {
        if (!file.isEmpty() && error.detail.startsWith(file))
            return ConnectionText::tr(
                "Check that the file is there, that you may read it, and that it holds PEM text.");
    }
    const std::optional<CertificateFault> fault = certificateFaultIn(error.detail);
    if (!fault)
        return ConnectionText::tr(
            "Does this port speak TLS at all? If so, it may want a client certificate and its key, "
            "or refuse the one that it was given.");
    switch (*fault) {
    case CertificateFault::Authority:
        return ConnectionText::tr("Name the CA certificate that the server's operator gives you.");
    case CertificateFault::Name:
        return ConnectionText::tr(
            "Write the host as the certificate has it, or put that name into Server name (SNI). If it is the name of a "
            "stranger, somebody may stand in between.");
    case CertificateFault::Time:
        return ConnectionText::tr("Have the certificate renewed, and check the clock of this machine.");
    case CertificateFault::Other:
        break;
    }
    return ConnectionText::tr("Have the certificate mended, or name another CA certificate.");
}

QString passwordAdvice(const Error& error, const ConnectionSpec& spec, ProbePart part)
{
    if (error.serverCode == "DENIED")
        return ConnectionText::tr("The server lets in only what comes from its own machine (protected mode): set a "
                                  "password there, or go through SSH.");
    if (part == ProbePart::SentinelMaster)
        return ConnectionText::tr("User and password of this connection are those of the master, not of the Sentinels: "
                                  "check them there.");
    if (part == ProbePart::Sentinel)
        return ConnectionText::tr("The Sentinel wants a password of its own, and there is one for this connection: "
                                  "give Sentinels and master the same, or let the Sentinels go without.");
    if (spec.password.isEmpty())
        return ConnectionText::tr("It was tried without a password: choose where the password comes from, or type it.");
    if (spec.user.isEmpty())
        return ConnectionText::tr(
            "The password of the default user is another one. If yours belongs to a user, name that user too.");
    return ConnectionText::tr("There is no user %1, or it is switched off, or its password is another one; the server "
                              "does not say which. ACL GETUSER %1 tells an administrator.")
        .arg(displayText(spec.user.toUtf8(), longestWord));
}

QString databaseAdvice(const Error& error)
{
    if (error.detail.contains(QLatin1StringView("cluster mode")))
        return ConnectionText::tr("This server is a node of a cluster: choose Cluster as the kind.");
    if (error.detail.contains(QLatin1StringView("out of range")))
        return ConnectionText::tr("The server has fewer databases (16, unless it was told otherwise): choose a smaller "
                                  "number.");
    return {};
}

QString connectAdvice(const Error& error, const ConnectionSpec& spec, ProbePart part)
{
    if (spec.link == LinkKind::Unix)
        return ConnectionText::tr("Check the path, that the server runs, and that you may read and write its socket.");
    if (part == ProbePart::SentinelMaster || part == ProbePart::ClusterMaster)
        return ConnectionText::tr("This address is told by the servers themselves and must be reachable from here. If "
                                  "it is known only over there, go through SSH, or have them announce another one.");
    if (error.kind == ErrorKind::Timeout)
        return ConnectionText::tr("Nothing answers there at all: is the address right, or does a firewall swallow it?");
    return ConnectionText::tr(
        "Check that the server runs, that it listens on this address and port, and that no firewall is in between.");
}

} // namespace

QString refusedCommand(const Error& error)
{
    // User ops has no permissions to run the 'config|get' command
    static const QLatin1StringView before("run the '");
    const qsizetype begin = error.detail.indexOf(before);
    const qsizetype end = begin < 0 ? -1 : error.detail.indexOf(QLatin1Char('\''), begin + before.size());
    if (error.kind != ErrorKind::Permission || end < 0)
        return {};
    return displayText(error.detail.mid(begin + before.size(), end - begin - before.size()).toUtf8(), longestWord);
}

QString grantAdvice(const ConnectionSpec& spec, const QStringList& commands)
{
    const QString user = spec.user.isEmpty() ? QStringLiteral("default") : spec.user;
    return ConnectionText::tr("Have it granted: ACL SETUSER %1 +%2. The README lists what an observer and an operator "
                              "need.")
        .arg(displayText(user.toUtf8(), longestWord), commands.join(QLatin1StringView(" +")));
}

QString standInAdvice(ProbePart part)
{
    switch (part) {
    case ProbePart::QuorumMaster:
        return ConnectionText::tr("More than half of the masters must answer for a lock to be taken.");
    case ProbePart::Sentinel:
        return ConnectionText::tr("Another Sentinel can stand in for it.");
    case ProbePart::ClusterNode:
        return ConnectionText::tr(
            "Other nodes tell about the cluster too; if this one is gone for good, take it out of the list.");
    case ProbePart::ClusterMaster:
        return ConnectionText::tr("The locks in its slots cannot be seen until then.");
    case ProbePart::Only:
    case ProbePart::SentinelMaster:
        break;
    }
    return {};
}

QString probeAdvice(ProbeStep::Kind step, const Error& error, const ConnectionSpec& spec, ProbePart part)
{
    const bool isThroughSsh = !spec.endpoint().via.isEmpty();
    if (error.kind == ErrorKind::Ssh || (isThroughSsh && step == Kind::Connect))
        return sshAdvice(error, spec);
    if (error.kind == ErrorKind::Tls)
        return tlsAdvice(error, spec.tls);
    if (error.kind == ErrorKind::Authentication)
        return passwordAdvice(error, spec, part);
    if (const QString command = refusedCommand(error); !command.isEmpty())
        return grantAdvice(spec, { command });
    if (error.kind == ErrorKind::Resolve)
        return ConnectionText::tr("Check the host's name. One that only another machine knows is reached through SSH.");
    if (const QString advice = databaseAdvice(error); !advice.isEmpty())
        return advice;
    const bool maySpeakTls = error.kind == ErrorKind::ConnectionLost && spec.link == LinkKind::Tcp;
    if (error.kind == ErrorKind::Protocol || maySpeakTls)
        return ConnectionText::tr(
            "Is this a Redis port? A port that wants TLS ends a plain connection: switch TLS on.");
    if (step == Kind::Connect)
        return connectAdvice(error, spec, part);
    if (error.kind == ErrorKind::Timeout)
        return ConnectionText::tr("It is connected and says nothing: the server is blocked (a slow script, a stopped "
                                  "process), or this is no Redis port.");
    return errorHint(error);
}

} // namespace lockscope
