// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "doctor/vulnerabilities.h"
#include "redis/serverfacts.h"

#include <algorithm>

namespace lockscope {

namespace {

/// The version, and the published security faults that concern it.
class VersionCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "version"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { infoCommand(), settingCommand("tls-port") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Result<KeptReply>& info = node.answer(infoCommand());
        if (!info) {
            findings.addUnreadable(DoctorText::tr("Known security faults"), infoCommand(), info.error());
            return;
        }
        const ServerName server = serverNameOf(info->bytes);
        const std::optional<ServerVersion> version = parseServerVersion(server.version);
        const QString shown = serverText(QByteArray(server.flavour + ' ' + server.version));
        if (!version || (server.flavour != "redis" && server.flavour != "valkey")) {
            Finding& finding = findings.add(Severity::Unknown, DoctorText::tr("Known security faults"),
                DoctorText::tr("%1: Lockscope has no list of faults for it").arg(shown));
            finding.mend = DoctorText::tr("Look at the advisories of whoever makes it.");
            return;
        }
        QList<VulnerabilityMatch> matches = vulnerabilitiesOf(server.flavour, *version);
        if (node.setting("tls-port").value.value_or("") == "0")
            matches.removeIf([](const VulnerabilityMatch& match) { return match.vulnerability->onlyWithTls; });
        if (matches.isEmpty())
            findings.add(Severity::Ok, DoctorText::tr("No known security fault concerns this version"),
                DoctorText::tr("%1; the list goes from %2 to %3")
                    .arg(shown, QLatin1StringView(knownVulnerabilities().first().name),
                        QLatin1StringView(knownVulnerabilities().last().name)));
        else
            tell(shown, matches, findings);
    }

private:
    static void tell(const QString& server, const QList<VulnerabilityMatch>& matches, FindingList& findings)
    {
        QStringList faults;
        QStringList effects;
        std::optional<ServerVersion> target;
        for (const VulnerabilityMatch& match : matches) {
            faults.append(QLatin1StringView(match.vulnerability->name));
            const QString effect = DoctorText::tr(match.vulnerability->effect);
            if (!effects.contains(effect))
                effects.append(effect);
            if (match.mended && (!target || *target < *match.mended))
                target = match.mended;
        }
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("This version has known security faults"),
            DoctorText::tr("%1: %2").arg(server, faults.join(QStringLiteral(", "))));
        finding.why = DoctorText::tr("%1. Locks are released by scripts, so that EVAL cannot simply be forbidden.")
                          .arg(effects.join(QStringLiteral("; ")));
        finding.mend = target
            ? DoctorText::tr("Update to %1 or later of this branch. A distribution or a service may have mended them "
                             "without changing "
                             "the version: look into the change log of its package.")
                  .arg(QString::fromLatin1(versionText(*target)))
            : DoctorText::tr(
                "No release of this branch has the fixes: change to a newer one. A distribution or a service may have "
                "mended them without changing the version: look into the change log of its package.");
        finding.source = QLatin1StringView(matches.last().vulnerability->source);
    }
};

} // namespace

std::unique_ptr<Check> makeVersionCheck() { return std::make_unique<VersionCheck>(); }

} // namespace lockscope
