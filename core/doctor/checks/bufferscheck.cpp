// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

/// Below this a burst of some ten thousand events cuts a subscriber off.
constexpr qint64 leastHardLimit = 8'000'000;

struct Limits {
    qint64 hard = -1; ///< bytes; 0: none
    qint64 soft = -1;
    qint64 seconds = -1;
};

/// `… pubsub 33554432 8388608 60`
std::optional<Limits> pubsubLimits(const QByteArray& text)
{
    const QList<QByteArray> words = text.simplified().split(' ');
    const qsizetype at = words.indexOf("pubsub");
    if (at < 0 || at + 3 >= words.size())
        return {};
    return Limits { words.at(at + 1).toLongLong(), words.at(at + 2).toLongLong(), words.at(at + 3).toLongLong() };
}

/// How much a subscriber may fall behind before it is cut off.
class BuffersCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "pubsub_buffers"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& /*node*/) const override
    {
        return { settingCommand("client-output-buffer-limit"), infoCommand() };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Setting setting = node.setting("client-output-buffer-limit");
        const std::optional<Limits> limits = setting.value ? pubsubLimits(*setting.value) : std::nullopt;
        if (!limits) {
            findings.addUnreadable(DoctorText::tr("Limits for subscribers"),
                settingCommand("client-output-buffer-limit"),
                setting.error.value_or(makeError(ErrorKind::NotSupported)));
            return;
        }
        QString evidence = DoctorText::tr("pubsub: hard %1, soft %2 for %3 s")
                               .arg(limitText(limits->hard), limitText(limits->soft))
                               .arg(limits->seconds);
        const qint64 cut = node.infoNumber("client_output_buffer_limit_disconnections", 0);
        if (cut > 0)
            evidence += DoctorText::tr(", %1 clients cut off since the start").arg(cut);
        judgeLimits(*limits, cut, evidence, findings);
    }

private:
    static QString limitText(qint64 bytes) { return bytes == 0 ? DoctorText::tr("none") : sizeText(bytes); }
    static void judgeLimits(const Limits& limits, qint64 cut, const QString& evidence, FindingList& findings)
    {
        const bool isTight = limits.hard > 0 && limits.hard < leastHardLimit;
        const bool isEndless = limits.hard == 0 && limits.soft == 0;
        if (!isTight && !isEndless && cut == 0) {
            findings.add(Severity::Ok, DoctorText::tr("Subscribers may fall behind for a while"), evidence);
            return;
        }
        Finding& finding = findings.add(isEndless ? Severity::Info : Severity::Warning,
            isTight         ? DoctorText::tr("Subscribers are cut off early")
                : isEndless ? DoctorText::tr("Subscribers that stop reading are never cut off")
                            : DoctorText::tr("Clients were cut off because they read too slowly"),
            evidence);
        finding.why = isEndless
            ? DoctorText::tr("One that hangs fills the server's memory, and then locks are refused or evicted.")
            : DoctorText::tr(
                "Who is cut off hears nothing of what happened meanwhile: waiters that a message should wake, "
                "and every watch, miss releases.");
        finding.mend = DoctorText::tr("Set limits that bear a burst.");
        finding.commands = { QStringLiteral("CONFIG SET client-output-buffer-limit \"pubsub 33554432 8388608 60\"") };
    }
};

} // namespace

std::unique_ptr<Check> makeBuffersCheck() { return std::make_unique<BuffersCheck>(); }

} // namespace lockscope
