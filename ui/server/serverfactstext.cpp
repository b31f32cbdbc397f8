// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/serverfactstext.h"

#include "base/durationtext.h"
#include "common/locktext.h"
#include "locks/families/familyregistry.h"
#include "locks/scantext.h"

#include <QCoreApplication>
#include <QLocale>
#include <QMap>

namespace lockscope {

namespace {

QString text(const char* source) { return QCoreApplication::translate("lockscope::ServerPage", source); }

QString unknown() { return QString(QChar(0x2013)); }

QString bytesText(double bytes) { return QLocale().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeSIFormat); }

QString countText(qint64 count) { return count < 0 ? unknown() : QLocale().toString(count); }

} // namespace

QString serverNameText(const WatchStatus& status, const std::optional<ServerReport>& report)
{
    const QByteArray flavour = report ? report->flavour : status.serverFlavour;
    const QByteArray version = report ? report->version : status.serverVersion;
    if (version.isEmpty())
        return unknown();
    QString result = QString::fromUtf8(flavour) + QLatin1Char(' ') + QString::fromUtf8(version);
    if (report && report->uptimeSeconds >= 0)
        result += QStringLiteral(", ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "running for %1"))
                  .arg(durationText(std::chrono::seconds(report->uptimeSeconds)));
    return result;
}

QString serverRoleText(const WatchStatus& status, const std::optional<ServerReport>& report)
{
    const QByteArray role = report && !report->role.isEmpty() ? report->role : status.serverRole;
    if (role.isEmpty())
        return unknown();
    QString result = QString::fromUtf8(role);
    if (report && !report->mode.isEmpty())
        result += QStringLiteral(", ") + QString::fromUtf8(report->mode);
    if (report && report->replicas >= 0 && role == "master")
        result += QStringLiteral(", ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "replicas: %1")).arg(report->replicas);
    return result;
}

QString memoryPolicyText(const ServerReport& report)
{
    if (report.memoryPolicy.isEmpty())
        return unknown();
    const QString policy = QString::fromUtf8(report.memoryPolicy);
    if (report.memoryPolicy == "noeviction")
        return policy + QStringLiteral(": ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "locks are not evicted"));
    if (report.memoryLimitBytes == 0)
        return policy + QStringLiteral(": ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "without a limit nothing is evicted"));
    return policy + QStringLiteral(": ")
        + text(
            QT_TRANSLATE_NOOP("lockscope::ServerPage", "locks can be evicted before their time when memory is short"));
}

QString memoryText(const ServerReport& report)
{
    if (report.memoryUsedBytes < 0)
        return unknown();
    QString result = report.memoryLimitBytes > 0
        ? text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "%1 of %2"))
              .arg(bytesText(double(report.memoryUsedBytes)), bytesText(double(report.memoryLimitBytes)))
        : text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "%1, no limit"))
              .arg(bytesText(double(report.memoryUsedBytes)));
    if (report.evictedKeys > 0)
        result += QStringLiteral(", ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "keys evicted: %1")).arg(countText(report.evictedKeys));
    return result;
}

QString clientsText(const ServerReport& report)
{
    if (report.clients < 0)
        return unknown();
    QString result = countText(report.clients);
    if (report.blockedClients > 0)
        result += QStringLiteral(", ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "blocked: %1")).arg(countText(report.blockedClients));
    if (report.commandsPerSecond >= 0)
        result += QStringLiteral(", ")
            + text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "together %1 commands/s"))
                  .arg(countText(report.commandsPerSecond));
    return result;
}

QString listeningText(const WatchStatus& status)
{
    const QString flags = status.notifyFlags.isEmpty()
        ? QString()
        : text(QT_TRANSLATE_NOOP("lockscope::ServerPage", " (flags %1)")).arg(QString::fromUtf8(status.notifyFlags));
    switch (status.listening) {
    case ListenMode::Notifications:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "keyspace notifications")) + flags;
    case ListenMode::Tracking:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "client tracking")) + flags;
    case ListenMode::Polling:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "passes only: holds shorter than %1 can be missed"))
                   .arg(durationText(status.pollInterval))
            + flags;
    case ListenMode::None:
        break;
    }
    return unknown();
}

QString clientEvidenceText(ClientEvidence evidence)
{
    switch (evidence) {
    case ClientEvidence::Available:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "listed every few seconds, to find holders"));
    case ClientEvidence::Refused:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "the server does not permit CLIENT LIST"));
    case ClientEvidence::TooMany:
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "too many to list them without holding them up"));
    case ClientEvidence::Unknown:
        break;
    }
    return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "not looked at yet"));
}

QString pictureText(const WatchStatus& status, SteadyTime now)
{
    const Completeness& whole = status.completeness;
    const QLocale locale;
    if (whole.complete && whole.completedAt)
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "whole: %1 locks, the last pass ended %2 ago"))
            .arg(locale.toString(qulonglong(status.locks)),
                durationText(std::chrono::duration_cast<Milliseconds>(now - *whole.completedAt)));
    return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "partial: %1 locks so far"))
        .arg(locale.toString(qulonglong(status.locks)));
}

QString passText(const WatchStatus& status)
{
    const Completeness& whole = status.completeness;
    const QLocale locale;
    if (whole.pass == 0)
        return unknown();
    const QString keys
        = text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "%1 of %2 keys"))
              .arg(locale.toString(qulonglong(whole.keysScanned)), locale.toString(qulonglong(whole.keysExpected)));
    if (whole.passRunning)
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "pass %1 is running: %2")).arg(whole.pass).arg(keys);
    return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "pass %1: %2 in %3"))
        .arg(whole.pass)
        .arg(keys, durationText(whole.passTime));
}

QString scanSourceText(const WatchStatus& status)
{
    if (!status.scan.wanted)
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "on the master"));
    return scanTexts(status).join(QLatin1Char('\n'));
}

QString gapText(const WatchStatus& status)
{
    if (!status.gapOpen)
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "none open"));
    return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "open since %1")).arg(wallTimeText(status.gapSinceMs));
}

QString budgetText(const WatchStatus& status)
{
    if (status.budgetKeysPerSecond <= 0)
        return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "no limit at present"));
    return text(QT_TRANSLATE_NOOP("lockscope::ServerPage", "%1 keys/s and %2/s for reading again"))
        .arg(QLocale().toString(qint64(status.budgetKeysPerSecond)), bytesText(status.budgetBytesPerSecond));
}

QStringList fingerprintLines(const WatchStatus& status)
{
    QMap<QString, QStringList> versions; // by family
    for (const FoundFingerprint& found : status.fingerprints) {
        const QString script = QString::fromUtf8(found.script);
        QStringList& scripts = versions[QString(FamilyRegistry::instance().name(found.family)) + QStringLiteral(" (")
            + QString::fromUtf8(found.version) + QLatin1Char(')')];
        if (!scripts.contains(script))
            scripts += script;
    }
    QStringList lines;
    for (auto it = versions.cbegin(); it != versions.cend(); ++it)
        lines += it.key() + QStringLiteral(": ") + it.value().join(QStringLiteral(", "));
    return lines;
}

} // namespace lockscope
