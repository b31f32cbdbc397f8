// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/pacedrelease.h"

#include "deployment/safetysettings.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace lockscope {

namespace {

/// Parts a second: a stop takes effect within a tenth of one.
constexpr double partsPerSecond = 10;

} // namespace

PacedRelease::PacedRelease(Deployment& deployment, ForceReleaseRequest request, double perSecond, QObject* parent)
    : QObject(parent)
    , m_deployment(&deployment)
    , m_request(std::move(request))
    , m_perSecond(perSecond)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &PacedRelease::sendPart);
}

Status PacedRelease::checkCount(qsizetype count, int maximum)
{
    if (count <= maximum)
        return {};
    return fail(ErrorKind::Usage,
        QCoreApplication::translate("lockscope::Deployment",
            "%1 locks at once are more than the limit of %2; take fewer, or set maximum-locks-per-act in the section "
            "[safety] of %3")
            .arg(count)
            .arg(maximum)
            .arg(SafetySettings::standardFile()));
}

void PacedRelease::start()
{
    m_running = true;
    m_startedAt = SystemClock::instance().now();
    sendPart();
}

void PacedRelease::sendPart()
{
    if (m_stopping || !m_deployment || done() == total())
        return finish();
    const qsizetype wanted = m_perSecond <= 0 ? total() : qsizetype(std::ceil(m_perSecond / partsPerSecond));
    ForceReleaseRequest part = m_request;
    part.targets = m_request.targets.mid(done(), wanted);
    const qsizetype size = part.targets.size();
    onFinished(m_deployment->forceRelease(part), this,
        [this, size](const Result<QList<ForceReleaseResult>>& results) { onPart(size, results); });
}

void PacedRelease::onPart(qsizetype size, const Result<QList<ForceReleaseResult>>& results)
{
    if (results) {
        m_results += *results;
    } else {
        m_failure = results.error();
        const bool unknown = m_failure->kind == ErrorKind::OutcomeUnknown || m_failure->kind == ErrorKind::Cancelled;
        for (qsizetype i = 0; i < size; ++i) {
            ForceReleaseResult result;
            result.target = m_request.targets.at(done());
            result.outcome = unknown ? ReleaseOutcome::OutcomeUnknown : ReleaseOutcome::Refused;
            result.error = m_failure;
            m_results.append(result);
        }
        m_stopping = true;
    }
    Q_EMIT progressed();
    if (m_stopping || done() == total())
        return finish();
    using Seconds = std::chrono::duration<double>;
    const auto due
        = m_startedAt + std::chrono::duration_cast<SteadyTime::duration>(Seconds(double(done()) / m_perSecond));
    const auto left = std::chrono::ceil<Milliseconds>(due - SystemClock::instance().now());
    m_pause.start(std::max(left, Milliseconds(0)));
}

void PacedRelease::stop()
{
    if (!m_running)
        return;
    m_stopping = true;
    // Between two parts nothing is awaited that would end it.
    if (m_pause.isActive()) {
        m_pause.stop();
        finish();
    }
}

void PacedRelease::finish()
{
    if (!std::exchange(m_running, false))
        return;
    while (done() < total()) {
        ForceReleaseResult result;
        result.target = m_request.targets.at(done());
        result.outcome = ReleaseOutcome::NotSent;
        m_results.append(result);
    }
    Q_EMIT finished();
}

} // namespace lockscope
