// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/check.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

#include <QLocale>

namespace lockscope {

Finding& FindingList::add(Severity severity, const QString& title, const QString& evidence)
{
    Finding finding;
    finding.check = m_check;
    finding.nodes = m_nodes;
    finding.severity = severity;
    finding.title = title;
    finding.evidence = evidence;
    m_all.append(finding);
    return m_all.last();
}

Finding& FindingList::addUnreadable(const QString& title, const Words& command, const Error& error)
{
    Finding& finding = add(Severity::Unknown, title,
        DoctorText::tr("could not be checked: %1: %2").arg(commandText(command), refusalText(error)));
    finding.why = DoctorText::tr("What cannot be read is not known to be good.");
    if (error.kind == ErrorKind::Permission)
        finding.mend = DoctorText::tr("Allow this user the command, or look for yourself as an administrator.");
    else
        finding.mend
            = DoctorText::tr("Look for yourself on the server, or in the console of the service that runs it.");
    return finding;
}

QList<Words> Check::needs(const NodeAnswers& /*node*/) const { return {}; }

// The lists are handles, given by value to those that do judge.
// NOLINTBEGIN(performance-unnecessary-value-param)
void Check::judge(const NodeAnswers& /*node*/, FindingList /*findings*/) const { }

void Check::judgeAll(const DeploymentAnswers& /*all*/, FindingList /*findings*/) const { }
// NOLINTEND(performance-unnecessary-value-param)

const std::vector<std::unique_ptr<Check>>& allChecks()
{
    static const std::vector<std::unique_ptr<Check>> checks = [] {
        std::vector<std::unique_ptr<Check>> all;
        for (auto* make : { makeReachabilityCheck, makeEvictionCheck, makePersistenceCheck, makeReplicationCheck,
                 makeQuorumCheck, makeClusterCheck, makeSentinelCheck, makeClockCheck, makeTtlCheck, makeLibrariesCheck,
                 makeExposureCheck, makeVersionCheck, makeNotificationsCheck, makeBuffersCheck, makeLatencyCheck,
                 makeScriptLimitCheck, makeRightsCheck })
            all.push_back(make());
        return all;
    }();
    return checks;
}

QString sizeText(qint64 bytes) { return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

QString serverText(QByteArrayView bytes) { return displayText(bytes, 200); }

QString commandText(const Words& command)
{
    QByteArray text;
    for (const QByteArray& word : command)
        text += (text.isEmpty() ? "" : " ") + word;
    return displayText(text, 60);
}

QString refusalText(const Error& error)
{
    if (error.serverCode.isEmpty())
        return errorTitle(error.kind);
    return displayText(error.detail.toUtf8(), 160);
}

} // namespace lockscope
