// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/scantext.h"

#include <QCoreApplication>
#include <QLocale>

namespace lockscope {

namespace {

QString lagText(const ScanSource& scan)
{
    const QString bytes = QLocale::c().formattedDataSize(scan.lagBytes.value_or(0), 1, QLocale::DataSizeSIFormat);
    if (!scan.lagSeconds)
        return QCoreApplication::translate("lockscope::Scan", "%1 behind").arg(bytes);
    return QCoreApplication::translate("lockscope::Scan", "%1 behind, last sign of life %2 s ago")
        .arg(bytes)
        .arg(*scan.lagSeconds);
}

} // namespace

QString scanText(const ScanSource& scan)
{
    if (!scan.wanted)
        return {};
    if (!scan.replica.isEmpty())
        return QCoreApplication::translate("lockscope::Scan", "scanned on the replica %1 (%2)")
            .arg(scan.replica, lagText(scan));
    if (scan.whyMaster.isEmpty())
        return QCoreApplication::translate("lockscope::Scan", "to be scanned on a replica");
    return QCoreApplication::translate("lockscope::Scan", "scanned on the MASTER: %1").arg(scan.whyMaster);
}

QString scanSummary(const WatchStatus& status)
{
    if (status.memberCount() <= 1)
        return scanText(status.scan);
    qsizetype wanted = 0;
    qsizetype onReplicas = 0;
    for (const NodeStatus& node : status.nodes) {
        wanted += node.isMember && node.scan.wanted ? 1 : 0;
        onReplicas += node.isMember && !node.scan.replica.isEmpty() ? 1 : 0;
    }
    if (wanted > 0 && !status.scan.whyMaster.isEmpty())
        return QCoreApplication::translate("lockscope::Scan", "%1 of %2 scanned on the MASTER: %3")
            .arg(wanted - onReplicas)
            .arg(wanted)
            .arg(status.scan.whyMaster);
    if (onReplicas > 0)
        return QCoreApplication::translate("lockscope::Scan", "scanned on %1 replicas (at worst %2)")
            .arg(onReplicas)
            .arg(lagText(status.scan));
    return {};
}

QStringList scanTexts(const WatchStatus& status)
{
    QStringList lines;
    bool onReplica = false;
    for (const NodeStatus& node : status.nodes) {
        const QString text = node.isMember ? scanText(node.scan) : QString();
        if (text.isEmpty())
            continue;
        onReplica = onReplica || !node.scan.replica.isEmpty();
        lines += status.memberCount() > 1 ? node.name + QStringLiteral(": ") + text : text;
    }
    if (onReplica)
        lines += QCoreApplication::translate("lockscope::Scan",
            "Each lock found there is read on its master before it is shown. What a replica has not got yet is known "
            "by what the master announces, or found by a later pass.");
    return lines;
}

} // namespace lockscope
