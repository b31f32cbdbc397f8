// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

QString withFsync(const Setting& fsync)
{
    return fsync.value ? DoctorText::tr("appendonly yes, appendfsync %1").arg(serverText(*fsync.value))
                       : DoctorText::tr("appendonly yes, appendfsync not told");
}

/// Whether a restart forgets locks.
class PersistenceCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "persistence"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { infoCommand(), settingCommand("appendonly"), settingCommand("appendfsync"), settingCommand("save"),
            settingCommand("stop-writes-on-bgsave-error") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        judgeRestart(node, findings);
        judgeFailingSave(node, findings);
    }

private:
    static void judgeRestart(const NodeAnswers& node, FindingList& findings)
    {
        QByteArray aof = node.info("aof_enabled");
        const Setting appendOnly = node.setting("appendonly");
        if (aof.isEmpty() && appendOnly.value)
            aof = *appendOnly.value == "yes" ? "1" : "0";
        if (aof.isEmpty())
            findings.addUnreadable(DoctorText::tr("What a restart forgets"), settingCommand("appendonly"),
                appendOnly.error.value_or(makeError(ErrorKind::NotSupported)));
        else if (aof == "1")
            judgeAppendOnly(node, findings);
        else
            judgeNoAppendOnly(node, findings);
    }
    static void judgeAppendOnly(const NodeAnswers& node, FindingList& findings)
    {
        const Setting fsync = node.setting("appendfsync");
        const bool isAlways = fsync.value && *fsync.value == "always";
        const bool isDangerous = node.scope().isQuorumGroup && !isAlways;
        if (!fsync.value && node.scope().isQuorumGroup && fsync.error) {
            findings.addUnreadable(
                DoctorText::tr("What a restart forgets"), settingCommand("appendfsync"), *fsync.error);
            return;
        }
        Finding& finding = findings.add(isDangerous ? Severity::Warning : Severity::Ok,
            isDangerous ? DoctorText::tr("A loss of power may forget the newest locks of a quorum")
                        : DoctorText::tr("Locks survive a restart"),
            withFsync(fsync));
        if (!isDangerous)
            return;
        finding.why = DoctorText::tr("A master that comes back without a lock that it had granted lets a second client "
                                     "reach a quorum while the first still holds it.");
        finding.mend
            = DoctorText::tr("Write every lock to the disk before it is granted, or keep a crashed master away "
                             "for longer than the longest TTL before it starts again.");
        finding.commands = { QStringLiteral("CONFIG SET appendfsync always"), QStringLiteral("CONFIG REWRITE") };
        finding.source = QStringLiteral("https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/");
    }
    static void judgeNoAppendOnly(const NodeAnswers& node, FindingList& findings)
    {
        const Setting save = node.setting("save");
        const bool hasSnapshots = save.value && !save.value->isEmpty();
        Finding& finding = findings.add(node.scope().isQuorumGroup ? Severity::Serious : Severity::Warning,
            DoctorText::tr("A restart forgets locks"),
            hasSnapshots ? DoctorText::tr("appendonly no, save %1: only what the last snapshot has comes back")
                               .arg(serverText(*save.value))
                : save.value ? DoctorText::tr("appendonly no, no snapshots: the server comes back empty")
                             : DoctorText::tr("appendonly no, snapshots not told"));
        finding.why = node.scope().isQuorumGroup
            ? DoctorText::tr("A master that comes back without a lock that it had granted lets a second client reach a "
                             "quorum while the first still holds it.")
            : DoctorText::tr("After a crash the lock is free at once, while its holder still works: two holders.");
        finding.mend = DoctorText::tr(
            "Switch the append-only file on, or keep a crashed server away for longer than the longest "
            "TTL before it starts again.");
        finding.commands = { QStringLiteral("CONFIG SET appendonly yes"),
            node.scope().isQuorumGroup ? QStringLiteral("CONFIG SET appendfsync always")
                                       : QStringLiteral("CONFIG SET appendfsync everysec"),
            QStringLiteral("CONFIG REWRITE") };
        finding.source = QStringLiteral("https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/");
    }
    static void judgeFailingSave(const NodeAnswers& node, FindingList& findings)
    {
        const bool aofFails = node.info("aof_enabled") == "1" && node.info("aof_last_write_status") == "err";
        const Setting stop = node.setting("stop-writes-on-bgsave-error");
        // Without a schedule of snapshots a failed one holds up nobody.
        const bool isScheduled = node.setting("save").value.value_or("scheduled") != "";
        const bool snapshotFails
            = node.info("rdb_last_bgsave_status") == "err" && isScheduled && stop.value.value_or("yes") == "yes";
        if (!aofFails && !snapshotFails)
            return;
        Finding& finding
            = findings.add(Severity::Serious, DoctorText::tr("The server refuses writes because saving fails"),
                aofFails ? QStringLiteral("aof_last_write_status:err") : QStringLiteral("rdb_last_bgsave_status:err"));
        finding.why = DoctorText::tr("No lock can be taken, extended or released until saving works again (MISCONF).");
        finding.mend = DoctorText::tr("Look into the server's log: usually the disk is full or not writable.");
    }
};

} // namespace

std::unique_ptr<Check> makePersistenceCheck() { return std::make_unique<PersistenceCheck>(); }

} // namespace lockscope
