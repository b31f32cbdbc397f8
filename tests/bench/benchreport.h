// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <vector>

/// What the benchmarks share: figures out, one JSON object a line, each goal with what was measured.
namespace lockscope::bench {

/// A figure that has to be reached, or must not be passed.
struct Goal {
    const char* what;
    double measured;
    double goal;
    enum class Kind { AtLeast, AtMost } kind = Kind::AtMost;

    /// Never with `notMeasured`.
    [[nodiscard]] bool isMet() const { return kind == Kind::AtLeast ? measured >= goal : measured <= goal; }
};

inline constexpr double notMeasured = std::numeric_limits<double>::quiet_NaN();

/// Prints {"bench": name, …values, "goals": [{"what", "measured", "goal", "kind", "met"}, …]}; answers whether all
/// goals are met. One that was not measured is null, and missed.
inline bool report(const char* name, QJsonObject values, const std::vector<Goal>& goals = {})
{
    QJsonArray list;
    bool met = true;
    for (const Goal& goal : goals) {
        met = met && goal.isMet();
        list.append(QJsonObject { { QStringLiteral("what"), QString::fromLatin1(goal.what) },
            { QStringLiteral("measured"), goal.measured }, { QStringLiteral("goal"), goal.goal },
            { QStringLiteral("kind"),
                goal.kind == Goal::Kind::AtLeast ? QStringLiteral("at_least") : QStringLiteral("at_most") },
            { QStringLiteral("met"), goal.isMet() } });
    }
    values.insert(QStringLiteral("bench"), QString::fromLatin1(name));
    values.insert(QStringLiteral("goals"), list);
    std::puts(QJsonDocument(values).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return met;
}

inline double percentile(std::vector<double> values, double share)
{
    if (values.empty())
        return notMeasured;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, size_t(share * double(values.size())))];
}

inline double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

/// How long the event loop was kept from a timer that should fire every millisecond: what a user of the window waits.
class WaitMeter final : public QObject {
public:
    WaitMeter()
    {
        m_ticker.setTimerType(Qt::PreciseTimer);
        connect(&m_ticker, &QTimer::timeout, this, &WaitMeter::look);
    }
    void start()
    {
        m_waits.clear();
        m_sinceTick.start();
        m_ticker.start(1);
    }
    /// What is measured since start(), in ms.
    [[nodiscard]] const std::vector<double>& stop()
    {
        look();
        m_ticker.stop();
        return m_waits;
    }

private:
    void look()
    {
        m_waits.push_back(std::max(0.0, double(m_sinceTick.nsecsElapsed()) * 1e-6 - 1));
        m_sinceTick.start();
    }

    QTimer m_ticker;
    QElapsedTimer m_sinceTick;
    std::vector<double> m_waits;
};

inline double elapsedMs(const QElapsedTimer& timer) { return double(timer.nsecsElapsed()) / 1e6; }

/// Resident memory of a process in MB, by its number or `self`; 0 where there is none.
inline double residentMb(const QString& process = QStringLiteral("self"))
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(process));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return double(file.readAll().split(' ').value(1).toLongLong() * 4096) / 1e6;
}

} // namespace lockscope::bench
