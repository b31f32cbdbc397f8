// SPDX-License-Identifier: GPL-3.0-or-later
#include "discovery/findlocksdialog.h"

#include "base/bytetext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/plaintip.h"
#include "deployment/deployment.h"
#include "discovery/confidencebar.h"
#include "locks/families/familyregistry.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr QSize dialogSize { 760, 460 };
constexpr int matchRole = Qt::UserRole + 2;
constexpr int longestText = 120;
/// What is at least so likely is checked from the beginning.
constexpr float likely = 0.5F;

enum Column { PatternColumn, FamilyColumn, CountColumn, ConfidenceColumn, NoTtlColumn, columnCount };

} // namespace

FindLocksDialog::FindLocksDialog(Deployment* deployment, QWidget* parent)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_summary(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_message(new MessageStrip(this))
    , m_list(new QTreeWidget(this))
    , m_watch(new QPushButton(tr("&Watch these"), this))
    , m_again(new QPushButton(themedIcon(QStringLiteral("refresh")), tr("&Look again"), this))
    , m_close(new QPushButton(tr("&Close"), this))
{
    build();
    connect(m_list, &QTreeWidget::itemChanged, this, &FindLocksDialog::updateButtons);
    connect(m_watch, &QPushButton::clicked, this, [this] { Q_EMIT watchRequested(checkedMatches()); });
    connect(m_again, &QPushButton::clicked, this, &FindLocksDialog::look);
    connect(m_close, &QPushButton::clicked, this, &FindLocksDialog::reject);
    look();
}

void FindLocksDialog::build()
{
    setWindowTitle(tr("Find my locks"));
    resize(dialogSize);
    auto* explanation = new QLabel(tr("Reads a sample of the keys and proposes the patterns whose keys look like "
                                      "locks. Nothing is changed on the server."),
        this);
    explanation->setWordWrap(true);
    m_summary->setWordWrap(true);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Looking for locks"));
    buildList();
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(m_watch, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_again, QDialogButtonBox::ActionRole);
    buttons->addButton(m_close, QDialogButtonBox::RejectRole);
    m_watch->setDefault(true);
    m_again->setAutoDefault(false);
    m_close->setAutoDefault(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(explanation);
    layout->addWidget(m_progress);
    layout->addWidget(m_message);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_summary);
    layout->addWidget(buttons);
}

void FindLocksDialog::buildList()
{
    m_list->setAccessibleName(tr("Patterns found"));
    m_list->setHeaderLabels({ tr("Pattern"), tr("Family"), tr("Locks seen"), tr("Confidence"), tr("Without TTL") });
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setUniformRowHeights(true);
    m_list->setItemDelegateForColumn(ConfidenceColumn, new ConfidenceBar(m_list));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(PatternColumn, QHeaderView::Stretch);
}

void FindLocksDialog::look()
{
    if (!m_deployment || m_busy)
        return;
    m_list->clear();
    m_message->clear();
    m_summary->setText(tr("Looking at a sample of the keys…"));
    setBusy(true);
    onFinished(m_deployment->discover({}), this, [this](const Result<DiscoveryReport>& report) {
        setBusy(false);
        showReport(report);
    });
}

void FindLocksDialog::showReport(const Result<DiscoveryReport>& report)
{
    if (!report) {
        m_summary->clear();
        if (report.error().kind != ErrorKind::Cancelled)
            m_message->showError(report.error());
        return;
    }
    for (const PatternProposal& proposal : report->proposals)
        addProposal(proposal);
    if (report->proposals.isEmpty())
        m_message->showMessage(Tone::Info, tr("No names that hold locks were found."),
            tr("Look again while locks are held, or connect to another database of this server."));
    const Completeness& whole = report->server.completeness;
    const QString counts
        = tr("%L1 of %L2 keys scanned, %L3 read").arg(whole.keysScanned).arg(whole.keysExpected).arg(report->keysRead);
    m_summary->setText(whole.complete ? tr("Complete: %1").arg(counts) : tr("Only a sample: %1").arg(counts));
    if (m_list->topLevelItemCount() > 0)
        m_list->setCurrentItem(m_list->topLevelItem(0));
    m_list->setFocus();
    updateButtons();
}

void FindLocksDialog::addProposal(const PatternProposal& proposal)
{
    auto* item = new QTreeWidgetItem;
    const QString percent = tr("%L1 %").arg(qRound(proposal.confidence * 100));
    item->setText(PatternColumn, displayText(proposal.match, longestText));
    item->setData(PatternColumn, matchRole, proposal.match);
    item->setCheckState(PatternColumn, proposal.confidence >= likely ? Qt::Checked : Qt::Unchecked);
    item->setText(FamilyColumn, FamilyRegistry::instance().name(proposal.family));
    item->setText(CountColumn, locale().toString(proposal.count));
    item->setText(ConfidenceColumn, percent);
    item->setData(ConfidenceColumn, ConfidenceBar::shareRole, double(proposal.confidence));
    item->setText(NoTtlColumn, locale().toString(proposal.noTtl));
    for (const int column : { CountColumn, NoTtlColumn })
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    QStringList examples;
    for (const QByteArray& key : proposal.examples)
        examples += displayText(key, longestText);
    for (int column = 0; column < columnCount; ++column)
        item->setToolTip(column, plainTip(tr("For example:\n%1").arg(examples.join(QLatin1Char('\n')))));
    item->setData(PatternColumn, Qt::AccessibleTextRole,
        tr("%1, %2, %3 locks seen, confidence %4")
            .arg(item->text(PatternColumn), item->text(FamilyColumn), item->text(CountColumn), percent));
    m_list->addTopLevelItem(item);
}

QList<QByteArray> FindLocksDialog::checkedMatches() const
{
    QList<QByteArray> matches;
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        const QTreeWidgetItem* item = m_list->topLevelItem(row);
        const QByteArray match = item->data(PatternColumn, matchRole).toByteArray();
        if (item->checkState(PatternColumn) == Qt::Checked && !matches.contains(match))
            matches.append(match);
    }
    return matches;
}

void FindLocksDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_progress->setVisible(busy);
    updateButtons();
}

void FindLocksDialog::updateButtons()
{
    m_watch->setEnabled(!m_busy && !checkedMatches().isEmpty());
    m_again->setEnabled(!m_busy && m_deployment);
}

void FindLocksDialog::reject()
{
    if (m_busy && m_deployment)
        m_deployment->cancelDiscovery();
    QDialog::reject();
}

} // namespace lockscope

#include "moc_findlocksdialog.cpp"
