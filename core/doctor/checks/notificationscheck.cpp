// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "watch/notifyflags.h"

namespace lockscope {

namespace {

/// Whether the server tells of changes of locks.
class NotificationsCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "notifications"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { settingCommand("notify-keyspace-events") };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Setting flags = node.setting("notify-keyspace-events");
        if (!flags.value) {
            Finding& finding = findings.addUnreadable(DoctorText::tr("Keyspace notifications"),
                settingCommand("notify-keyspace-events"), flags.error.value_or(makeError(ErrorKind::NotSupported)));
            finding.why
                = DoctorText::tr("Without them the watch cannot tell how a lock ended; it tracks or polls instead.");
            finding.mend
                = DoctorText::tr("Set notify-keyspace-events in the configuration file, or in the console of the "
                                 "service that runs the server.");
            return;
        }
        const QByteArray classes = neededNotifyClasses(*node.scope().registry, node.scope().families);
        const EventChannels channels = chooseChannels(node.scope().matches, *flags.value);
        const QByteArray needed = withChannels(channels, classes);
        const QByteArray missing = missingNotifyClasses(needed, *flags.value);
        const QString evidence = DoctorText::tr("notify-keyspace-events \"%1\"").arg(serverText(*flags.value));
        if (missing.isEmpty()) {
            findings.add(Severity::Ok, DoctorText::tr("The server tells of every change of a lock"), evidence);
            return;
        }
        Finding& finding = findings.add(Severity::Info, DoctorText::tr("The server does not tell of changes of locks"),
            DoctorText::tr("%1, missing %2").arg(evidence, QString::fromLatin1(missing)));
        finding.why
            = DoctorText::tr("Locks themselves do not need it. A watch then cannot tell released from expired, and "
                             "where it has to poll, short locks are not seen.");
        finding.mend
            = DoctorText::tr("Switch on the classes that locks need. Each write then costs the server a little "
                             "more; the setting is gone after a restart unless it is written to the file.");
        finding.commands = { QStringLiteral("CONFIG SET notify-keyspace-events %1")
                                 .arg(QString::fromLatin1(mergedNotifyFlags(needed, *flags.value))),
            QStringLiteral("CONFIG REWRITE") };
    }
};

} // namespace

std::unique_ptr<Check> makeNotificationsCheck() { return std::make_unique<NotificationsCheck>(); }

} // namespace lockscope
