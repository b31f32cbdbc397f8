// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/capabilities.h"

#include "doctor/check.h"
#include "doctor/doctortext.h"
#include "doctor/rights.h"
#include "redis/serverfacts.h"
#include "watch/notifyflags.h"

namespace lockscope {

namespace {

Words commandInfo() { return { "COMMAND", "INFO", "eval", "publish", "dump", "restore", "set" }; }
Words trackingCommand() { return { "CLIENT", "TRACKING", "OFF" }; }
Words clientListCommand() { return { "CLIENT", "LIST", "TYPE", "master" }; } // never long
Words scanCommand() { return { "SCAN", "0", "COUNT", "1" }; }
Words evalCommand() { return { "EVAL", "return 1", "0" }; }
Words publishCommand() { return { "PUBLISH", "lockscope-doctor", "m" }; }
Words dumpCommand() { return { "DUMP", "lock:lockscope-doctor" }; }
Words restoreCommand() { return { "RESTORE", "lock:lockscope-doctor", "1", "v" }; }
Words setCommand() { return { "SET", "lock:lockscope-doctor", "v", "NX", "PX", "1" }; }
Words configSetCommand() { return { "CONFIG", "SET", "notify-keyspace-events", "" }; }

struct Verdict {
    CapabilityState state = CapabilityState::Unknown;
    QString reason;
};

/// Of a command that was sent.
Verdict tried(const NodeAnswers& node, const Words& command)
{
    const Result<KeptReply>& answer = node.answer(command);
    if (answer)
        return { CapabilityState::Available, {} };
    switch (answer.error().kind) {
    case ErrorKind::Permission:
    case ErrorKind::Server:
    case ErrorKind::NotSupported:
        return { CapabilityState::Missing, refusalText(answer.error()) };
    default:
        return { CapabilityState::Unknown, refusalText(answer.error()) };
    }
}

/// Of a command that is not sent, for it would change something: by what the server says of it.
Verdict judged(const NodeAnswers& node, const Words& command)
{
    const Result<KeptReply>& dry = node.answer(dryRun(node, command));
    if (dry && dry->bytes == "OK")
        return { CapabilityState::Available, {} };
    if (dry)
        return { CapabilityState::Missing, serverText(dry->bytes) };
    const Words asked = commandInfo();
    const qsizetype index = asked.indexOf(command.first().toLower());
    if (const Result<KeptReply>& info = node.answer(asked); info && index >= 2) {
        if (info->at(size_t(index - 2)).items.empty())
            return { CapabilityState::Missing, DoctorText::tr("the server has no command of this name") };
        // Servers without users let everybody do what they have.
        if (const Result<KeptReply>& who = node.answer(whoAmICommand()); !who && who.error().kind == ErrorKind::Server)
            return { CapabilityState::Available, {} };
    }
    return { CapabilityState::Unknown,
        DoctorText::tr("only trying would tell: ACL DRYRUN is not available (%1)").arg(refusalText(dry.error())) };
}

Verdict notificationsOf(const NodeAnswers& node)
{
    const Setting flags = node.setting("notify-keyspace-events");
    if (!flags.value)
        return { CapabilityState::Unknown,
            flags.error ? refusalText(*flags.error) : DoctorText::tr("the server does not have this setting") };
    const QByteArray needed = withChannels(chooseChannels(node.scope().matches, *flags.value),
        neededNotifyClasses(*node.scope().registry, node.scope().families));
    const QByteArray missing = missingNotifyClasses(needed, *flags.value);
    if (missing.isEmpty())
        return { CapabilityState::Available, {} };
    return { CapabilityState::Missing,
        DoctorText::tr("notify-keyspace-events \"%1\" lacks %2")
            .arg(serverText(*flags.value), QString::fromLatin1(missing)) };
}

/// The list as it grows.
class Capabilities {
public:
    void add(const char* name, const QString& title, const Verdict& verdict, const QString& consequence,
        bool isNeeded = false)
    {
        const bool isThere = verdict.state == CapabilityState::Available;
        m_list.append({ name, title, verdict.state, verdict.reason, isThere ? QString() : consequence, isNeeded });
    }
    [[nodiscard]] QList<Capability> take() { return std::move(m_list); }

private:
    QList<Capability> m_list;
};

QString nextEar(const Verdict& tracking)
{
    return tracking.state == CapabilityState::Available
        ? DoctorText::tr("changes are heard by CLIENT TRACKING: how a lock ended is concluded, not told")
        : DoctorText::tr(
            "where CLIENT TRACKING is refused, too, passes follow each other: short locks may not be seen");
}

void addListening(Capabilities& list, const NodeAnswers& node)
{
    const Verdict tracking = tried(node, trackingCommand());
    const Verdict configGet = tried(node, settingCommand("notify-keyspace-events"));
    const Verdict configSet
        = configGet.state == CapabilityState::Missing ? configGet : judged(node, configSetCommand());
    list.add("config_get", QStringLiteral("CONFIG GET"), configGet,
        DoctorText::tr("whether notifications are on is not known before one comes, and the doctor can check less; %1")
            .arg(nextEar(tracking)),
        true);
    list.add("config_set", QStringLiteral("CONFIG SET"), configSet,
        DoctorText::tr("notifications cannot be switched on from here"));
    const Verdict notifications = notificationsOf(node);
    list.add("notifications", DoctorText::tr("keyspace notifications"), notifications, nextEar(tracking));
    list.add("tracking", QStringLiteral("CLIENT TRACKING"), tracking,
        DoctorText::tr("where notifications are not to be had, passes follow each other: short locks may not be seen"),
        notifications.state != CapabilityState::Available);
}

void addReading(Capabilities& list, const NodeAnswers& node)
{
    list.add("info", QStringLiteral("INFO"), tried(node, infoCommand()),
        DoctorText::tr("version, role, memory and replicas are not known"), true);
    list.add("scan", QStringLiteral("SCAN"), tried(node, scanCommand()),
        DoctorText::tr("locks cannot be found: only single keys can be looked at"), true);
    list.add("time", QStringLiteral("TIME"),
        node.clock ? Verdict { CapabilityState::Available, {} }
                   : Verdict { node.clockRefusal ? CapabilityState::Missing : CapabilityState::Unknown,
                       node.clockRefusal ? refusalText(*node.clockRefusal) : QString() },
        DoctorText::tr("the server's clock is taken for ours: deadlines that are times of day may be shown wrong"));
    list.add("client_list", QStringLiteral("CLIENT LIST"), tried(node, clientListCommand()),
        DoctorText::tr("whether the connection of a holder is still there is not known"), true);
    list.add("script_exists", QStringLiteral("SCRIPT EXISTS"), tried(node, fingerprintCommand(*node.scope().registry)),
        DoctorText::tr("lock libraries are recognised by their keys alone"));
    list.add("slowlog", QStringLiteral("SLOWLOG"), tried(node, { "SLOWLOG", "LEN" }),
        DoctorText::tr("slow scripts cannot be found"));
    if (node.isCluster())
        list.add("cluster", QStringLiteral("CLUSTER INFO"), tried(node, { "CLUSTER", "INFO" }),
            DoctorText::tr("the state of the cluster is not known"));
}

void addActing(Capabilities& list, const NodeAnswers& node)
{
    const Verdict eval = node.scope().mayWrite ? tried(node, evalCommand()) : judged(node, evalCommand());
    list.add("eval", QStringLiteral("EVAL"), eval,
        DoctorText::tr(
            "locks cannot be extended, released or force-released: that takes a script that compares the token"),
        node.scope().mayWrite);
    list.add("set", QStringLiteral("SET"), judged(node, setCommand()), DoctorText::tr("locks cannot be taken"),
        node.scope().mayWrite);
    list.add("publish", QStringLiteral("PUBLISH"), judged(node, publishCommand()),
        DoctorText::tr(
            "waiters that a message wakes are not woken: locks of those libraries cannot be force-released"));
    list.add("dump", QStringLiteral("DUMP"), judged(node, dumpCommand()),
        DoctorText::tr("the audit log cannot keep what a force-release deletes, so that it cannot be put back"));
    list.add("restore", QStringLiteral("RESTORE"), judged(node, restoreCommand()),
        DoctorText::tr("what was force-released cannot be put back"));
    list.add("acl", QStringLiteral("ACL WHOAMI"), tried(node, whoAmICommand()),
        DoctorText::tr("the audit log names no user, and what is not permitted is only known when it is tried"));
    const Words dry = dryRun(node, setCommand());
    list.add("acl_dryrun", QStringLiteral("ACL DRYRUN"),
        dry.isEmpty() ? Verdict { CapabilityState::Unknown, DoctorText::tr("the user is not known") }
                      : tried(node, dry),
        DoctorText::tr("what is not permitted is only known when it is tried: nothing is greyed beforehand"));
}

} // namespace

QList<Words> capabilityNeeds(const NodeAnswers& node)
{
    QList<Words> wanted { infoCommand(), settingCommand("notify-keyspace-events"), trackingCommand(),
        clientListCommand(), scanCommand(), fingerprintCommand(*node.scope().registry), { "SLOWLOG", "LEN" },
        whoAmICommand(), commandInfo() };
    if (node.scope().mayWrite)
        wanted.append(evalCommand());
    if (node.isCluster())
        wanted.append(Words { "CLUSTER", "INFO" });
    if (!node.answer(whoAmICommand()))
        return wanted;
    for (const Words& command :
        { evalCommand(), setCommand(), publishCommand(), dumpCommand(), restoreCommand(), configSetCommand() })
        wanted.append(dryRun(node, command));
    return wanted;
}

NodeCapabilities capabilitiesOf(const NodeAnswers& node)
{
    NodeCapabilities result;
    result.node = node.name();
    if (const Result<KeptReply>& info = node.answer(infoCommand())) {
        const ServerName server = serverNameOf(info->bytes);
        result.flavour = server.flavour;
        result.version = server.version;
        result.role = node.info("role");
    }
    Capabilities list;
    addReading(list, node);
    addListening(list, node);
    addActing(list, node);
    result.capabilities = list.take();
    return result;
}

} // namespace lockscope
