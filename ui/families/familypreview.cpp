// SPDX-License-Identifier: GPL-3.0-or-later
#include "families/familypreview.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/icons.h"
#include "common/plaintip.h"
#include "deployment/deployment.h"
#include "locks/families/declaredfamily.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto typingPause = 900ms;
constexpr int longestText = 200;
constexpr int keyWidth = 260;

enum Column { KeyColumn, FamilyColumn, VerdictColumn, TokenColumn, OwnerColumn, TtlColumn, columnCount };

QString verdictOf(const FamilySighting& sighting, const FamilyRegistry& registry)
{
    if (sighting.recognised)
        return FamilyPreview::tr("matches");
    if (*sighting.objection)
        return QCoreApplication::translate("lockscope::FamilyFile", sighting.objection);
    return sighting.takenBy == FamilyId::None
        ? FamilyPreview::tr("belongs to a lock of another family")
        : FamilyPreview::tr("%1 is surer of it").arg(registry.name(sighting.takenBy));
}

QList<QByteArray> globsOf(const FamilyRegistry& registry)
{
    QList<QByteArray> globs;
    for (const FamilyId id : registry.declaredIds()) {
        for (const NamePattern& pattern : registry.declared(id)->declaration().keys)
            globs.append(pattern.glob());
    }
    return globs;
}

} // namespace

FamilyPreview::FamilyPreview(QWidget* parent)
    : QWidget(parent)
    , m_summary(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_again(new QPushButton(themedIcon(QStringLiteral("refresh")), tr("&Look again"), this))
    , m_list(new QTreeWidget(this))
{
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(90, 6);
    m_progress->setAccessibleName(tr("Looking for matches"));
    m_again->setAutoDefault(false);
    m_summary->setWordWrap(true);
    m_list->setAccessibleName(tr("Keys that the declarations match"));
    m_list->setHeaderLabels({ tr("Key"), tr("Family"), tr("Verdict"), tr("Token"), tr("Owner"), tr("TTL") });
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setUniformRowHeights(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(QHeaderView::Interactive);
    m_list->header()->setSectionResizeMode(KeyColumn, QHeaderView::Stretch);
    m_list->setColumnWidth(KeyColumn, keyWidth);
    for (const auto& [column, width] : { std::pair { int(FamilyColumn), 100 }, { int(VerdictColumn), 270 },
             { int(TokenColumn), 150 }, { int(OwnerColumn), 130 }, { int(TtlColumn), 70 } })
        m_list->setColumnWidth(column, width);
    auto* top = new QHBoxLayout;
    top->addWidget(m_summary, 1);
    top->addWidget(m_progress);
    top->addWidget(m_again);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(top);
    layout->addWidget(m_list, 1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(&m_pause, &QTimer::timeout, this, &FamilyPreview::look);
    connect(m_again, &QPushButton::clicked, this, &FamilyPreview::look);
    setBusy(false);
}

void FamilyPreview::setDeployment(Deployment* deployment)
{
    m_deployment = deployment;
    m_list->clear();
    setBusy(false);
    look();
}

void FamilyPreview::setRegistry(std::shared_ptr<const FamilyRegistry> registry)
{
    m_registry = std::move(registry);
    m_stale = true;
    setBusy(m_busy);
    if (!m_registry) {
        m_pause.stop();
        say(m_list->topLevelItemCount() > 0 ? tr("Of the declarations before the faults:")
                                            : tr("Matches are shown when the faults are mended."));
        return;
    }
    m_pause.start();
}

void FamilyPreview::look()
{
    m_pause.stop();
    if (!m_registry)
        return;
    if (m_registry->declaredIds().isEmpty()) {
        m_list->clear();
        say(tr("No family is declared yet. An example: take away the # at the beginning of its lines."));
        return;
    }
    if (!m_deployment) {
        m_list->clear();
        say(tr("Connect to a server to see which of its keys match."));
        return;
    }
    if (m_busy)
        return; // it looks again when the answer is there
    DiscoveryOptions options;
    options.registry = m_registry;
    options.sightDeclared = true;
    options.matches = globsOf(*m_registry);
    m_stale = false;
    setBusy(true);
    say(tr("Looking at a sample of the keys…"));
    onFinished(m_deployment->discover(options), this,
        [this, registry = m_registry, asked = m_deployment](const Result<DiscoveryReport>& report) {
            if (asked != m_deployment)
                return;
            setBusy(false);
            show(report, *registry);
            if (m_stale && m_registry)
                m_pause.start();
        });
}

void FamilyPreview::show(const Result<DiscoveryReport>& report, const FamilyRegistry& registry)
{
    if (!report) {
        say(report.error().kind == ErrorKind::Cancelled ? tr("Another look has ended this one.")
                                                        : errorMessage(report.error()));
        return;
    }
    m_list->clear();
    qsizetype matching = 0;
    for (const FamilySighting& sighting : report->sightings) {
        addSighting(sighting, registry);
        matching += sighting.recognised ? 1 : 0;
    }
    const Completeness& whole = report->server.completeness;
    const bool complete = whole.complete && report->sightings.size() < mostSightings;
    const QString counts = tr("%L1 of %L2 keys scanned").arg(whole.keysScanned).arg(whole.keysExpected);
    const QString found = tr("%L1 matching").arg(matching);
    say((complete ? tr("Complete: %1, %2") : tr("Only a sample: %1, %2")).arg(found, counts));
}

void FamilyPreview::addSighting(const FamilySighting& sighting, const FamilyRegistry& registry)
{
    auto* item = new QTreeWidgetItem;
    item->setText(KeyColumn, displayText(sighting.key, longestText));
    item->setText(FamilyColumn, registry.name(sighting.family));
    item->setText(VerdictColumn, verdictOf(sighting, registry));
    item->setIcon(VerdictColumn, themedIcon(sighting.recognised ? QStringLiteral("check") : QStringLiteral("warning")));
    QString token = displayText(sighting.token, longestText);
    if (sighting.holders > 1)
        token = tr("%1 and %Ln more", nullptr, int(sighting.holders - 1)).arg(token);
    item->setText(TokenColumn, token);
    item->setText(OwnerColumn, sighting.owner);
    item->setText(TtlColumn, sighting.ttlMs < 0 ? tr("none") : durationText(Milliseconds(sighting.ttlMs)));
    item->setTextAlignment(TtlColumn, Qt::AlignRight | Qt::AlignVCenter);
    for (int column = 0; column < columnCount; ++column)
        item->setToolTip(column, plainTip(item->text(column)));
    m_list->addTopLevelItem(item);
}

void FamilyPreview::setBusy(bool busy)
{
    m_busy = busy;
    m_progress->setVisible(busy);
    m_again->setEnabled(!busy && m_deployment && m_registry);
}

void FamilyPreview::say(const QString& text) { m_summary->setText(text); }

} // namespace lockscope

#include "moc_familypreview.cpp"
