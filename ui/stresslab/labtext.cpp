// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/labtext.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

QString labText(const char* text) { return QCoreApplication::translate("lockscope::StressLab", text); }

constexpr std::array violationTitles {
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Overlap"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Lost update"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Stale write"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Another's lock deleted"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Another's lock renewed"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Fencing token went back"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Orphan"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Not linearizable"),
};

constexpr std::array violationSentences {
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Both clients were inside critical sections that exclude each other."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The second client's write undid one that it had not read."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "A holder of the past wrote after a newer one, and nothing stopped it."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The second client deleted the lock that the first one held."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The second client prolonged a lock that was not its own any more."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "A fencing token came that is not larger than one given before."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "A lock without a holder did not end with its lease."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "No order of the operations explains the answers of the lock service."),
};

constexpr std::array causeTitles {
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Unknown"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Refusal ignored"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Lease too short"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Client paused"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Clock jumped"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Deleted by another"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Renewed for another"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Server lost data"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "No lease"),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "Granted twice"),
};

constexpr std::array causeSentences {
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The run does not know why."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The server had said no, and the client went on."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The work took longer than the lease."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The client stood still past the end of its lease."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The client trusted a clock that had jumped."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "A deletion that compared no token had ended the lock before."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "A renewal that compared no token kept the wrong lock alive."),
    QT_TRANSLATE_NOOP(
        "lockscope::StressLab", "The server restarted empty, or a replica without the lock took over from it."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The lock was taken without a TTL: nothing ends it."),
    QT_TRANSLATE_NOOP("lockscope::StressLab", "The lock service gave the lock to both."),
};

static_assert(violationTitles.size() == size_t(ViolationKind::NotLinearizable) + 1);
static_assert(violationSentences.size() == violationTitles.size());
static_assert(causeTitles.size() == size_t(ViolationCause::GrantedTwice) + 1);
static_assert(causeSentences.size() == causeTitles.size());

} // namespace

QString violationTitle(ViolationKind kind) { return labText(violationTitles[size_t(kind)]); }

QString violationSentence(ViolationKind kind) { return labText(violationSentences[size_t(kind)]); }

QString causeTitle(ViolationCause cause) { return labText(causeTitles[size_t(cause)]); }

QString causeSentence(ViolationCause cause) { return labText(causeSentences[size_t(cause)]); }

QString runTimeText(qint64 ns)
{
    return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 s")).arg(QLocale().toString(double(ns) / 1e9, 'f', 4));
}

QString lengthText(qint64 ns)
{
    const QLocale locale;
    if (ns < 1'000'000)
        return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 µs"))
            .arg(locale.toString(double(ns) / 1e3, 'f', 0));
    if (ns < 1'000'000'000)
        return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 ms"))
            .arg(locale.toString(double(ns) / 1e6, 'f', ns < 10'000'000 ? 2 : 1));
    return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 s")).arg(locale.toString(double(ns) / 1e9, 'f', 2));
}

QString countText(double value)
{
    const QLocale locale;
    if (value >= 1e7)
        return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 M")).arg(locale.toString(value / 1e6, 'f', 1));
    if (value >= 1e5)
        return labText(QT_TRANSLATE_NOOP("lockscope::StressLab", "%1 k")).arg(locale.toString(value / 1e3, 'f', 0));
    return locale.toString(value, 'f', value < 10 && value > 0 && value != double(qint64(value)) ? 1 : 0);
}

QString oracleText(const OracleCounts& counts)
{
    const auto text = [](const char* one, quint64 count) {
        return QCoreApplication::translate(
            "lockscope::StressLab", one, nullptr, int(std::min<quint64>(count, 1U << 30)));
    };
    QStringList parts;
    const auto add = [&](const char* one, quint64 count) {
        if (count > 0)
            parts.append(text(one, count));
    };
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln overlaps"), counts.overlaps);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln lost updates"), counts.lostUpdates);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln stale writes"), counts.staleWritesLanded);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln deletions of another's lock"), counts.foreignDeletes);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln renewals of another's lock"), counts.foreignRenewals);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln fencing tokens that went back"), counts.fenceRegressions);
    add(QT_TRANSLATE_N_NOOP("lockscope::StressLab", "%Ln orphans"), counts.stuckOrphans);
    return parts.join(QStringLiteral(", "));
}

} // namespace lockscope
