// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "cli/rawargument.h"
#include "deployment/familyfilewatcher.h"
#include "deployment/livedeployment.h"
#include "history/auditentry.h"
#include "stress/stressconfig.h"

#include <QStringList>

#include <optional>

namespace lockscope::cli {

/// What the command line says, checked as far as that goes without a server.
struct Invocation {
    QString command;
    QStringList arguments; ///< after the command: the key
    QStringList child; ///< acquire: what follows `--`

    // Shared options
    std::shared_ptr<FamilyFileWatcher> families; ///< loaded
    DeploymentOptions deployment;
    QString keychainConnection; ///< saved, and its password is where we do not read it; empty: none such
    bool json = false;
    bool quiet = false;
    bool verbose = false;

    // Options of single commands
    std::optional<Milliseconds> ttl;
    Milliseconds wait { 0 };
    std::optional<QByteArray> token;
    bool fence = false;
    std::optional<QByteArray> expectToken;
    bool anyToken = false;
    QString reason;
    QString ticket;
    LockAct act = LockAct::Release;
    std::optional<QByteArray> newToken;
    qint64 clientId = 0; ///< 0: not given
    bool partly = false;
    double rate = 0; ///< locks a second; 0: as fast as it goes
    QString reportFile;
    Milliseconds watchAfter { 500 };
    bool dryRun = false;
    bool yes = false;
    std::optional<Milliseconds> duration;
    bool stuck = false;
    QString snapshotFile;
    QString checkFile;
    bool preview = false;
    bool arm = false; ///< production: this command may write
    qint64 auditId = 0; ///< restore
    bool onOtherServer = false;
    AuditQuery auditQuery; ///< audit
    bool verify = false;
    QString exportFile;
    StressConfig stress; ///< stress: without the servers
    QList<QByteArray> compared; ///< stress: the strategies of --compare; none: one run
    int repeats = 5; ///< stress: of a comparison
    QString outFile; ///< stress: .json or .html

    [[nodiscard]] QByteArray key() const { return argumentBytes(arguments.value(0)); }
};

/// Scripts take and release locks of their own without end; an act that somebody gives a reason for is recorded.
[[nodiscard]] inline std::optional<QString> auditReason(const Invocation& invocation)
{
    return invocation.reason.isEmpty() ? std::nullopt : std::optional(invocation.reason);
}

/// What parsing came to.
struct ParsedCommandLine {
    enum class Kind : quint8 { Run, Help, Version };
    Kind kind = Kind::Run;
    Invocation invocation; ///< Help: with the command that help is wanted for, if any
};

/// Loads the families file, and reads arguments, `$LOCKSCOPE_URI`, `$REDISCLI_AUTH`, `$LOCKSCOPE_AUDIT_FILE`,
/// `$LOCKSCOPE_ENVIRONMENT`, and the files that options name. Errors: Usage, NotSupported (commands and options of
/// later versions), Storage.
[[nodiscard]] Result<ParsedCommandLine> parseCommandLine(const QStringList& arguments);
/// Whether the arguments ask for JSON, also where they cannot be parsed: the error then comes as JSON.
[[nodiscard]] bool wantsJson(const QStringList& arguments);
/// The text of `--help`, for one command or for all.
[[nodiscard]] QString helpText(const QString& command);

} // namespace lockscope::cli
