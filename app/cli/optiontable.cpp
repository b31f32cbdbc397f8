// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/optiontable.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope::cli {

const std::vector<CommandFacts>& commandTable()
{
    static const std::vector<CommandFacts> table {
        { "list", "", QT_TRANSLATE_NOOP("lockscope::Cli", "one snapshot of the live locks"), false },
        { "watch", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "follows the locks live: a table on a terminal, else events"), false },
        { "show", "KEY", QT_TRANSLATE_NOOP("lockscope::Cli", "everything known of one lock"), true },
        { "discover", "",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "samples the key space for names that hold locks, and proposes --match"),
            false },
        { "acquire", "KEY [-- COMMAND ARGS…]",
            QT_TRANSLATE_NOOP("lockscope::Cli", "takes a lock; with a command, holds it while that runs"), true },
        { "extend", "KEY", QT_TRANSLATE_NOOP("lockscope::Cli", "prolongs a lock that is held with a token"), true },
        { "release", "KEY", QT_TRANSLATE_NOOP("lockscope::Cli", "ends a lock that is held with a token"), true },
        { "force-release", "KEY | --match GLOB",
            QT_TRANSLATE_NOOP("lockscope::Cli", "ends locks of somebody else's, recorded in the audit log"), true },
        { "families", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "lists the lock libraries, and checks and previews your own families"),
            false },
        { "restore", "AUDIT_ID",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "puts back what an entry of the audit log has ended, if the key is free"),
            true },
        { "audit", "", QT_TRANSLATE_NOOP("lockscope::Cli", "what operators did: lists, verifies, exports"), false },
        { "doctor", "",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "is this deployment safe for locks, and can it be watched; status 5 where something is serious"),
            false },
        { "stress", "",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "puts load on a lock strategy, does harm, and tells whether it held and how fast"),
            false },
        { "connections", "", QT_TRANSLATE_NOOP("lockscope::Cli", "lists the saved connections, for --connection"),
            false },
    };
    return table;
}

// NOLINTNEXTLINE(readability-function-size): a table
const std::vector<OptionFacts>& optionTable()
{
    static const std::vector<OptionFacts> table {
        { "uri", "URI", "",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "the server; else $LOCKSCOPE_URI, else redis://127.0.0.1:6379/0; several form a Redlock") },
        { "connection", "NAME", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "a saved connection instead of --uri: NAME or GROUP/NAME") },
        { "password-file", "FILE", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "reads the password from the file's first line") },
        { "match", "GLOB", "", QT_TRANSLATE_NOOP("lockscope::Cli", "only keys like this are locks; repeatable") },
        { "families-file", "FILE", "",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "declares families of your own; else $LOCKSCOPE_FAMILIES_FILE, else lockscope/families.conf") },
        { "db", "LIST", "list watch discover doctor show acquire extend release force-release restore",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "the databases, like 0,3-5, or all; else the URI's own. What acts on locks takes one number") },
        { "family", "NAME", "",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "only locks of this library; repeatable (acquire, extend, release: plain or redlock)") },
        { "timeout", "MS", "", QT_TRANSLATE_NOOP("lockscope::Cli", "how long to wait for the server (5000)") },
        { "json", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "one JSON document, or one JSON object a line") },
        { "pace", "auto|gentle|full", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "how hard a listing may press the server (auto)") },
        { "listen", "auto|notifications|tracking|poll", "watch",
            QT_TRANSLATE_NOOP("lockscope::Cli", "how changes are heard (auto)") },
        { "budget", "KEYS_PER_S", "list watch discover force-release doctor",
            QT_TRANSLATE_NOOP("lockscope::Cli", "most keys a second that are read only to verify (2000)") },
        { "enable-notifications", "", "",
            QT_TRANSLATE_NOOP("lockscope::Cli", "switches on the keyspace events that watching needs") },
        { "read-only", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "refuses whatever would write, before it is sent") },
        { "environment", "NAME", "",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "production, staging or development; else $LOCKSCOPE_ENVIRONMENT. Production refuses writes without "
                "--arm") },
        { "arm", "", "acquire extend release force-release restore",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "in production: lets this one command write; goes into the audit log") },
        { "quiet", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "no notes, only results and errors") },
        { "verbose", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "logs what happens to standard error") },
        { "duration", "SECONDS", "watch list stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "ends after this time; list: watches so long before it lists") },
        { "stuck", "", "list",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "only locks that may be stuck, the most suspicious first, with the evidence") },
        { "snapshot-at-end", "FILE", "watch",
            QT_TRANSLATE_NOOP("lockscope::Cli", "at the end, writes the live locks as list --json does") },
        { "ttl", "MS", "acquire extend force-release stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "length of the lease (acquire: 30000; Redlock: 8000; stress: 10000)") },
        { "wait", "MS", "acquire stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "how long to try while it is held (acquire: 0, stress: 10000)") },
        { "token", "TOKEN", "acquire extend release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "the token; others see it in the process list: prefer --token-file") },
        { "token-file", "FILE", "acquire extend release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "reads the token from a file, or from standard input with -") },
        { "fence", "", "acquire",
            QT_TRANSLATE_NOOP("lockscope::Cli", "with a fencing token, from a counter beside the lock") },
        { "expect-token", "TOKEN", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "only while this token still holds it") },
        { "any-token", "", "force-release", QT_TRANSLATE_NOOP("lockscope::Cli", "whoever holds it") },
        { "check", "FILE", "families",
            QT_TRANSLATE_NOOP("lockscope::Cli", "says what is wrong in this families file") },
        { "preview", "", "families",
            QT_TRANSLATE_NOOP("lockscope::Cli", "shows which keys of the server the declared families match") },
        { "reason", "TEXT", "force-release restore acquire extend release",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "why; goes into the audit log (acquire, extend, release: only with a reason)") },
        { "act", "NAME", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "release (default), shorten, add-ttl, take-over, hand-back or kill-connection; with --ttl") },
        { "new-token", "TOKEN", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "hand-back: the token that comes back") },
        { "client", "ID", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "kill-connection: which of the clients that may be the holder's") },
        { "partly", "", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "in a cluster: leaves alone what lies in other slots") },
        { "ticket", "TEXT", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "of the incident; goes into the audit log") },
        { "rate", "N", "force-release stress",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "force-release: at most N locks a second, Ctrl+C stops between two; stress: plans so many sections a "
                "second, whatever the answers take") },
        { "report", "FILE", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "writes each lock's result: CSV, or JSON for FILE.json") },
        { "watch-after", "MS", "force-release",
            QT_TRANSLATE_NOOP("lockscope::Cli", "how long to look who gets the lock next (500)") },
        { "dry-run", "", "force-release restore", QT_TRANSLATE_NOOP("lockscope::Cli", "shows what would be done") },
        { "yes", "", "force-release restore", QT_TRANSLATE_NOOP("lockscope::Cli", "does not ask") },
        { "on-other-server", "", "restore",
            QT_TRANSLATE_NOOP("lockscope::Cli", "also where server or database are not those of the entry") },
        { "verify", "", "audit",
            QT_TRANSLATE_NOOP("lockscope::Cli", "checks the chain of entries; status 1 where it is broken") },
        { "since", "TIME", "audit",
            QT_TRANSLATE_NOOP("lockscope::Cli", "from then on: 2h, 7d, 2026-03-01, 2026-03-01T12:00:00Z") },
        { "until", "TIME", "audit", QT_TRANSLATE_NOOP("lockscope::Cli", "before then") },
        { "key", "GLOB", "audit", QT_TRANSLATE_NOOP("lockscope::Cli", "only locks with keys like this") },
        { "user", "NAME", "audit", QT_TRANSLATE_NOOP("lockscope::Cli", "only acts of this account or Redis user") },
        { "action", "NAME", "audit",
            QT_TRANSLATE_NOOP("lockscope::Cli", "only such acts: force_release, restore, write_armed…") },
        { "outcome", "NAME", "audit",
            QT_TRANSLATE_NOOP("lockscope::Cli",
                "only acts that ended so: released, outcome_unknown…; unfinished: without an outcome") },
        { "limit", "N", "audit", QT_TRANSLATE_NOOP("lockscope::Cli", "the newest N") },
        { "export", "FILE", "audit", QT_TRANSLATE_NOOP("lockscope::Cli", "writes them to FILE.csv or FILE.json") },
        { "strategy", "NAME", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "how the clients lock (set-nx)") },
        { "compare", "NAME,...", "stress",
            QT_TRANSLATE_NOOP(
                "lockscope::Cli", "runs several strategies under the same load, in turn, and compares them") },
        { "repeats", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "compare: runs of each strategy (5)") },
        { "clients", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "virtual clients (16)") },
        { "keys", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "locks that they share (4)") },
        { "hold", "MS[..MS]", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "length of the work under the lock (0)") },
        { "sections", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "ends after so many critical sections") },
        { "connections", "N", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "sockets that carry the clients; as many as clients: one for each") },
        { "threads", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "threads that carry the clients") },
        { "renew", "", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "extends the lease at each third of the TTL") },
        { "retry", "MS[..MS]", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "pause between the tries of clients that poll (50..250)") },
        { "readers", "PERCENT", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "read-write: sections that only read (80)") },
        { "permits", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "semaphore: holders at a time (3)") },
        { "fault", "NAME[:P=V,...]", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "does harm: at=5s, for=2s, every=10s, and its own; repeatable") },
        { "stop-at-violation", "", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "ends with the first violation") },
        { "seed", "N", "stress", QT_TRANSLATE_NOOP("lockscope::Cli", "the same seed makes the same schedule") },
        { "out", "FILE", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "writes the report: FILE.json for programs, FILE.html for people") },
        { "history", "FILE", "stress",
            QT_TRANSLATE_NOOP("lockscope::Cli", "writes every operation, one JSON object a line") },
        { "help", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "this text; with a command, its own") },
        { "version", "", "", QT_TRANSLATE_NOOP("lockscope::Cli", "the version") },
    };
    return table;
}

const CommandFacts* findCommand(const QString& name)
{
    const auto& table = commandTable();
    const auto found = std::find_if(
        table.begin(), table.end(), [&](const CommandFacts& facts) { return name == QLatin1StringView(facts.name); });
    return found == table.end() ? nullptr : &*found;
}

bool optionBelongsTo(const OptionFacts& option, const QString& command)
{
    const QString commands = QString::fromLatin1(option.commands);
    return commands.isEmpty() || commands.split(QLatin1Char(' ')).contains(command);
}

bool isCommandOfLaterVersion(const QString& name)
{
    static const QStringList names { QStringLiteral("record"), QStringLiteral("history") };
    return names.contains(name);
}

QString cliText(const char* text) { return QCoreApplication::translate("lockscope::Cli", text); }

} // namespace lockscope::cli
