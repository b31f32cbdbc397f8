// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/completenessstrip.h"

#include "base/durationtext.h"
#include "common/badge.h"
#include "common/elidedlabel.h"
#include "common/locktext.h"
#include "common/plaintip.h"
#include "locks/listentext.h"
#include "locks/scantext.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QProgressBar>
#include <QTimer>

namespace lockscope {

namespace {

constexpr int progressSteps = 1000;

// Grouped with thin spaces, which no locale mistakes for a decimal mark.
QString countText(quint64 count)
{
    QString digits = QString::number(count);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, QChar(0x2009));
    return digits;
}

QString scannedText(const Completeness& completeness)
{
    if (completeness.keysExpected > completeness.keysScanned)
        return CompletenessStrip::tr("%1 of about %2 keys scanned")
            .arg(countText(completeness.keysScanned), countText(completeness.keysExpected));
    return CompletenessStrip::tr("%1 keys scanned").arg(countText(completeness.keysScanned));
}

} // namespace

QString completenessText(const WatchStatus& status, SteadyTime now)
{
    const Completeness& completeness = status.completeness;
    if (completeness.pass == 0)
        return CompletenessStrip::tr("nothing has been read yet");
    QStringList parts { scannedText(completeness), CompletenessStrip::tr("pass %1").arg(completeness.pass) };
    if (completeness.completedAt) {
        const auto age = std::chrono::duration_cast<Milliseconds>(now - *completeness.completedAt);
        parts += completeness.passRunning ? CompletenessStrip::tr("last complete %1 ago").arg(durationText(age))
                                          : CompletenessStrip::tr("%1 ago").arg(durationText(age));
    }
    if (!status.scan.replica.isEmpty())
        parts += status.memberCount() > 1 ? CompletenessStrip::tr("on replicas")
                                          : CompletenessStrip::tr("on replica %1").arg(status.scan.replica);
    else if (!status.scan.whyMaster.isEmpty())
        parts += CompletenessStrip::tr("on the master, not on a replica");
    if (status.listening == ListenMode::Tracking && !status.gapOpen)
        parts += CompletenessStrip::tr("since then by client tracking, without verbs");
    if (status.gapOpen)
        parts += CompletenessStrip::tr("changes since %1 may be missing").arg(wallTimeText(status.gapSinceMs));
    return parts.join(QStringLiteral(", "));
}

CompletenessStrip::CompletenessStrip(const Clock& clock, QWidget* parent)
    : QFrame(parent)
    , m_clock(clock)
    , m_badge(new Badge(this))
    , m_paused(new Badge(this))
    , m_text(new ElidedLabel(this))
    , m_progress(new QProgressBar(this))
    , m_timer(new QTimer(this))
{
    m_text->setMuted(true);
    m_progress->setRange(0, progressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(8);
    m_progress->setMaximumWidth(220);
    m_progress->setAccessibleName(tr("Progress of the pass over the key space"));
    m_progress->hide();
    m_paused->setToolTip(
        tr("The table holds still. Locks that changed meanwhile, each counted once; Space in the table shows them."));
    m_paused->hide();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 6);
    layout->setSpacing(8);
    layout->addWidget(m_paused);
    layout->addWidget(m_badge);
    layout->addWidget(m_text);
    layout->addWidget(m_progress, 1);
    layout->addStretch(1);
    connect(m_timer, &QTimer::timeout, this, &CompletenessStrip::refresh);
    m_timer->start(std::chrono::seconds(1));
    refresh();
}

void CompletenessStrip::setStatus(const WatchStatus& status)
{
    m_status = status;
    refresh();
}

void CompletenessStrip::setPaused(std::optional<qsizetype> waiting)
{
    m_paused->setVisible(waiting.has_value());
    if (waiting)
        m_paused->setState(
            Tone::Warning, QStringLiteral("pause"), tr("Paused · %Ln changes waiting", nullptr, int(*waiting)));
}

void CompletenessStrip::refresh()
{
    const Completeness& completeness = m_status.completeness;
    if (completeness.complete && m_status.link != LinkState::Ready)
        m_badge->setState(Tone::Warning, QStringLiteral("state-stale"), tr("Outdated"));
    else if (completeness.complete)
        m_badge->setState(Tone::Positive, QStringLiteral("check"), tr("Complete"));
    else if (completeness.passRunning)
        m_badge->setState(Tone::Warning, QStringLiteral("state-due"), tr("Partial, reading"));
    else
        m_badge->setState(Tone::Warning, QStringLiteral("warning"), tr("Partial"));
    m_text->setText(completenessText(m_status, m_clock.now()));
    setToolTip(plainTip((scanTexts(m_status) + blindSpotTexts(m_status)).join(QLatin1Char('\n'))));
    const bool running = completeness.passRunning && m_status.link == LinkState::Ready;
    m_progress->setVisible(running);
    if (!running)
        return;
    // Without an estimate the bar shows that something happens, not how far it is.
    m_progress->setRange(0, completeness.keysExpected > 0 ? progressSteps : 0);
    if (completeness.keysExpected > 0)
        m_progress->setValue(
            int(qMin<quint64>(progressSteps, completeness.keysScanned * progressSteps / completeness.keysExpected)));
}

} // namespace lockscope
