// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

#include <algorithm>

namespace lockscope {

namespace {

enum class Door : quint8 { Unknown, Open, Closed }; ///< whether the default user comes in without a password

/// Of `bind`; the `-` in front of an address only says that it may be missing.
bool isLoopback(QByteArray address)
{
    if (address.startsWith('-'))
        address.remove(0, 1);
    return address.startsWith("127.") || address == "::1" || address == "localhost";
}

/// Whether connections from other machines are accepted; nothing where that was not told.
std::optional<bool> listensWidely(const NodeAnswers& node)
{
    const Setting bind = node.setting("bind");
    if (!bind.value)
        return {};
    const QList<QByteArray> addresses = bind.value->simplified().split(' ');
    const bool somewhere
        = node.setting("port").value.value_or("6379") != "0" || node.setting("tls-port").value.value_or("0") != "0";
    return somewhere && !std::all_of(addresses.cbegin(), addresses.cend(), isLoopback);
}

/// ACL GETUSER answers names and values in turn; of the values only the flags are looked at.
Door doorBy(const KeptReply& user)
{
    bool isOn = false;
    bool needsNone = false;
    for (size_t i = 0; i + 1 < user.items.size(); i += 2) {
        if (user.at(i).bytes != "flags")
            continue;
        for (const KeptReply& flag : user.at(i + 1).items) {
            isOn = isOn || flag.bytes == "on";
            needsNone = needsNone || flag.bytes == "nopass";
        }
    }
    return isOn && needsNone ? Door::Open : Door::Closed;
}

/// Who can reach the server, and whether somebody can without a password.
class ExposureCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "exposure"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { settingCommand("protected-mode"), settingCommand("bind"), settingCommand("port"),
            settingCommand("tls-port"), defaultUser() };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const bool cameWithout = node.spec().user.isEmpty() && node.spec().password.isEmpty();
        const Result<KeptReply>& user = node.answer(defaultUser());
        const Door door = cameWithout ? Door::Open : user ? doorBy(*user) : Door::Unknown;
        const QString evidence = evidenceOf(node, cameWithout);
        if (door == Door::Unknown)
            findings.addUnreadable(
                DoctorText::tr("Whether the default user needs a password"), defaultUser(), user.error());
        else if (door == Door::Closed)
            findings.add(Severity::Ok, DoctorText::tr("The default user does not come in without a password"),
                DoctorText::tr("ACL GETUSER default"));
        else
            judgeOpenDoor(node, evidence, findings);
    }

private:
    static Words defaultUser() { return { "ACL", "GETUSER", "default" }; }
    static QString evidenceOf(const NodeAnswers& node, bool cameWithout)
    {
        QStringList parts { cameWithout ? DoctorText::tr("this connection needed no password")
                                        : DoctorText::tr("ACL GETUSER default has the flag nopass") };
        for (const char* parameter : { "protected-mode", "bind" }) {
            const Setting setting = node.setting(parameter);
            parts.append(QLatin1StringView(parameter) + QLatin1Char(' ')
                + (setting.value ? serverText(*setting.value) : DoctorText::tr("not told")));
        }
        return parts.join(QStringLiteral(", "));
    }
    static void judgeOpenDoor(const NodeAnswers& node, const QString& evidence, FindingList& findings)
    {
        const std::optional<bool> wide = listensWidely(node);
        const std::optional<QByteArray> mode = node.setting("protected-mode").value;
        const bool isLocal = (mode && *mode == "yes") || (wide && !*wide);
        const bool isWideOpen = mode && *mode == "no" && wide && *wide;
        Finding& finding = findings.add(isLocal ? Severity::Info
                : isWideOpen                    ? Severity::Serious
                                                : Severity::Warning,
            isLocal ? DoctorText::tr("Everybody on the server's machine comes in without a password")
                    : DoctorText::tr("Everybody who reaches the server comes in without a password"),
            evidence);
        finding.why = DoctorText::tr("Who comes in can take and delete every lock, and change the configuration.");
        finding.mend
            = DoctorText::tr("Give the default user a password or switch it off, and give each program a user of "
                             "its own.");
        finding.commands = { QStringLiteral("ACL SETUSER default resetpass >PASSWORD") };
        if (!isLocal)
            finding.commands.append(QStringLiteral("CONFIG SET protected-mode yes"));
        finding.commands.append(QStringLiteral("CONFIG REWRITE"));
        finding.source = QStringLiteral("https://redis.io/docs/latest/operate/oss_and_stack/management/security/");
    }
};

} // namespace

std::unique_ptr<Check> makeExposureCheck() { return std::make_unique<ExposureCheck>(); }

} // namespace lockscope
