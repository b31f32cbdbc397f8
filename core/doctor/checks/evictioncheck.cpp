// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

constexpr double almostFull = 0.9;

struct Memory {
    QByteArray policy;
    qint64 limit = -1; ///< bytes; 0: none; -1: not told
    qint64 used = -1;
    qint64 evicted = -1; ///< keys since the start
};

QString evidenceOf(const Memory& memory)
{
    const QString limit = memory.limit < 0 ? DoctorText::tr("not told")
        : memory.limit == 0                ? DoctorText::tr("none")
                                           : sizeText(memory.limit);
    QString text = DoctorText::tr("maxmemory-policy %1, maxmemory %2").arg(serverText(memory.policy), limit);
    if (memory.used >= 0)
        text += DoctorText::tr(", %1 used").arg(sizeText(memory.used));
    if (memory.evicted > 0)
        text += DoctorText::tr(", %1 keys evicted since the start").arg(memory.evicted);
    return text;
}

/// Whether the server may throw locks away to make room.
class EvictionCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "eviction"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& node) const override
    {
        if (!node.has(infoCommand()) || !node.info("maxmemory_policy").isEmpty())
            return { infoCommand() };
        return { settingCommand("maxmemory-policy"), settingCommand("maxmemory") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Setting policy = node.setting("maxmemory-policy");
        Memory memory { node.info("maxmemory_policy"), node.infoNumber("maxmemory"), node.infoNumber("used_memory"),
            node.infoNumber("evicted_keys") };
        if (memory.policy.isEmpty() && policy.value) {
            memory.policy = *policy.value;
            memory.limit = node.setting("maxmemory").value.value_or("-1").toLongLong();
        }
        if (memory.policy.isEmpty())
            findings.addUnreadable(DoctorText::tr("Eviction of locks"), settingCommand("maxmemory-policy"),
                policy.error.value_or(makeError(ErrorKind::NotSupported)));
        else if (memory.policy == "noeviction")
            judgeRoom(memory, findings);
        else
            judgeEviction(memory, findings);
    }

private:
    static void judgeEviction(const Memory& memory, FindingList& findings)
    {
        const bool isLimited = memory.limit != 0;
        Finding& finding = findings.add(isLimited ? Severity::Serious : Severity::Warning,
            isLimited ? DoctorText::tr("Locks can be evicted")
                      : DoctorText::tr("Locks would be evicted if memory were limited"),
            evidenceOf(memory));
        finding.why = memory.policy.startsWith("volatile-")
            ? DoctorText::tr(
                "When memory is full this policy throws away keys that have a TTL: exactly what locks are. "
                "The holder goes on believing, and somebody else gets the lock.")
            : DoctorText::tr("When memory is full this policy throws away any key, locks too. The holder goes on "
                             "believing, and somebody else gets the lock.");
        finding.mend = DoctorText::tr("Keep locks on a server that refuses writes when it is full, apart from caches.");
        finding.commands
            = { QStringLiteral("CONFIG SET maxmemory-policy noeviction"), QStringLiteral("CONFIG REWRITE") };
    }
    static void judgeRoom(const Memory& memory, FindingList& findings)
    {
        const bool isFull = memory.limit > 0 && double(memory.used) > almostFull * double(memory.limit);
        Finding& finding = findings.add(isFull ? Severity::Warning : Severity::Ok,
            isFull ? DoctorText::tr("Memory is almost full") : DoctorText::tr("Locks are not evicted"),
            evidenceOf(memory));
        if (!isFull)
            return;
        finding.why = DoctorText::tr("When it is full, new locks are refused (OOM). Releasing goes on working.");
        finding.mend = DoctorText::tr("Free memory, or raise the limit to what the machine has.");
        finding.commands = { QStringLiteral("CONFIG SET maxmemory %1").arg(memory.limit * 2) };
    }
};

} // namespace

std::unique_ptr<Check> makeEvictionCheck() { return std::make_unique<EvictionCheck>(); }

} // namespace lockscope
