// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

#include "cli/commands.h"
#include "cli/optiontable.h"
#include "cli/terminalprompt.h"

#include <QLoggingCategory>

namespace lockscope::cli {

namespace {

Result<int> dispatch(Session& session)
{
    using Run = Result<int> (*)(Session&);
    static constexpr std::pair<const char*, Run> table[] = { { "list", runList }, { "watch", runWatch },
        { "show", runShow }, { "discover", runDiscover }, { "acquire", runAcquire }, { "extend", runExtend },
        { "release", runRelease }, { "force-release", runForceRelease }, { "families", runFamilies },
        { "restore", runRestore }, { "audit", runAudit }, { "stress", runStress }, { "doctor", runDoctor },
        { "connections", runConnections } };
    for (const auto& [name, run] : table) {
        if (session.invocation().command == QLatin1StringView(name))
            return run(session);
    }
    return fail(ErrorKind::Internal);
}

/// A password that the window keeps is not found here: that must not look like a wrong one.
Error withKeychainNote(Error error, const Invocation& invocation)
{
    const bool isWanted = error.kind == ErrorKind::Authentication && error.serverCode != "DENIED";
    if (!isWanted || invocation.keychainConnection.isEmpty())
        return error;
    error.detail += QStringLiteral("; ")
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                      "the password of %1 is kept in the desktop's secret service, which lockscope-cli does not read: "
                      "let the connection get it from a command (secret-tool, pass), which serves the window too"))
              .arg(invocation.keychainConnection);
    return error;
}

/// The server wants a password and there is somebody to ask.
bool askForPassword(Session& session, const Error& error)
{
    ConnectionSpec& spec = session.invocation().deployment.specs.first();
    // A user without a password was tried with an empty one, which the server calls wrong.
    const bool wanted = error.serverCode == "NOAUTH" || error.serverCode == "WRONGPASS";
    if (!wanted || !spec.password.isEmpty() || !TerminalPrompt::isPossible())
        return false;
    TerminalPrompt prompt;
    const std::optional<QByteArray> password
        = prompt.ask(session, cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "Password for %1: ")).arg(spec.redactedUri()),
            TerminalPrompt::Echo::Off);
    if (!password || password->isEmpty())
        return false;
    spec.password = Secret(*password);
    return true;
}

int runCommand(const Invocation& invocation, const Streams& streams)
{
    if (invocation.verbose)
        QLoggingCategory::setFilterRules(QStringLiteral("lockscope.*=true"));
    Session session(invocation, streams);
    // What is declared there counts for nothing then: also a script has to hear it.
    if (invocation.command != QLatin1StringView("families")) {
        for (const QString& fault : invocation.families->faultTexts())
            session.complain(fault);
    }
    Result<int> status = dispatch(session);
    if (!status && askForPassword(session, status.error()))
        status = dispatch(session);
    // Ctrl-C at the question is an interruption, not a wrong password.
    if (!status && session.interrupted() && status.error().kind == ErrorKind::Authentication)
        return session.exitStatus(0);
    if (status && session.outputError())
        return session.report(*session.outputError());
    return status ? *status : session.report(withKeychainNote(status.error(), session.invocation()));
}

} // namespace

int run(const QStringList& arguments, const Streams& streams)
{
    const Result<ParsedCommandLine> parsed = parseCommandLine(arguments);
    if (!parsed) {
        streams.err->write(errorText(parsed.error(), {}, wantsJson(arguments)));
        return exitStatus(parsed.error().kind);
    }
    switch (parsed->kind) {
    case ParsedCommandLine::Kind::Help:
        streams.out->write(helpText(parsed->invocation.command).toUtf8());
        return 0;
    case ParsedCommandLine::Kind::Version:
        streams.out->write("lockscope-cli " LOCKSCOPE_VERSION "\n");
        return 0;
    case ParsedCommandLine::Kind::Run:
        break;
    }
    return runCommand(parsed->invocation, streams);
}

} // namespace lockscope::cli
