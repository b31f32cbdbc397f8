// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

constexpr qint64 usualLimitMs = 5000;

/// When the server begins to say BUSY instead of letting everybody wait for a script.
class ScriptLimitCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "script_limit"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override { return { newName(), oldName() }; }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        // Redis 7 and Valkey have the new name, Redis 6 the old one.
        const Setting current = node.setting("busy-reply-threshold");
        const Setting former = node.setting("lua-time-limit");
        const std::optional<QByteArray> value = current.value ? current.value : former.value;
        const QString parameter
            = current.value ? QStringLiteral("busy-reply-threshold") : QStringLiteral("lua-time-limit");
        if (!value) {
            findings.addUnreadable(DoctorText::tr("The limit for slow scripts"), newName(),
                current.error.value_or(makeError(ErrorKind::NotSupported)));
            return;
        }
        const qint64 limit = value->toLongLong();
        const QString evidence = parameter + QLatin1Char(' ') + serverText(*value);
        if (limit > 0 && limit <= usualLimitMs) {
            findings.add(Severity::Ok, DoctorText::tr("A script that hangs can be killed"), evidence);
            return;
        }
        Finding& finding = findings.add(limit <= 0 ? Severity::Warning : Severity::Info,
            limit <= 0 ? DoctorText::tr("A script that hangs cannot be killed")
                       : DoctorText::tr("A script may hang for long before it can be killed"),
            evidence);
        finding.why
            = DoctorText::tr("Until the limit is over, the server answers nobody, and SCRIPT KILL is not heard: "
                             "locks expire meanwhile.");
        finding.mend = DoctorText::tr("Set the usual limit of five seconds, or less.");
        finding.commands = { QStringLiteral("CONFIG SET %1 5000").arg(parameter) };
    }

private:
    static Words newName() { return settingCommand("busy-reply-threshold"); }
    static Words oldName() { return settingCommand("lua-time-limit"); }
};

} // namespace

std::unique_ptr<Check> makeScriptLimitCheck() { return std::make_unique<ScriptLimitCheck>(); }

} // namespace lockscope
