// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditwindow.h"

#include "audit/auditdetails.h"
#include "audit/auditlabels.h"
#include "audit/auditmodel.h"
#include "audit/restoredialog.h"
#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "deployment/deployment.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr QSize defaultSize { 1120, 640 };
constexpr std::chrono::milliseconds typingPause { 250 };
constexpr qint64 hourMs = 3'600'000;

} // namespace

AuditWindow::AuditWindow(const QString& auditFile, Settings& settings, QWidget* parent)
    : QDialog(parent)
    , m_book(auditFile)
    , m_settings(settings)
    , m_model(new AuditModel(m_book, this))
    , m_view(new QTableView(this))
    , m_details(new AuditDetails(this))
    , m_message(new MessageStrip(this))
    , m_strip(new EnvironmentStrip(this))
    , m_text(new QLineEdit(this))
    , m_action(new QComboBox(this))
    , m_outcome(new QComboBox(this))
    , m_since(new QComboBox(this))
    , m_typing(new QTimer(this))
    , m_empty(new QLabel(m_view->viewport()))
    , m_count(new QLabel(this))
    , m_verify(new QPushButton(themedIcon(QStringLiteral("check")), tr("&Verify the chain"), this))
    , m_export(new QPushButton(themedIcon(QStringLiteral("copy")), tr("&Export…"), this))
    , m_restore(new QPushButton(themedIcon(QStringLiteral("restore")), tr("&Restore…"), this))
    , m_reload(new QPushButton(themedIcon(QStringLiteral("refresh")), tr("Re&load"), this))
    , m_close(new QPushButton(tr("&Close"), this))
{
    build();
    wire();
    applyFilters();
    m_view->setFocus();
}

AuditWindow::~AuditWindow() { m_settings.setValue(Setting::AuditGeometry, saveGeometry()); }

void AuditWindow::build()
{
    setWindowTitle(tr("Audit log"));
    setWindowFlag(Qt::WindowMaximizeButtonHint);
    resize(defaultSize);
    restoreGeometry(m_settings.bytes(Setting::AuditGeometry));
    buildView();
    m_message->setClosable(true);
    auto* splitter = new QSplitter(this);
    splitter->addWidget(m_view);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({ defaultSize.width() - 320, 320 });
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_strip);
    layout->addWidget(buildFilters());
    layout->addWidget(m_message);
    layout->addWidget(splitter, 1);
    layout->addWidget(buildButtons());
}

QWidget* AuditWindow::buildFilters()
{
    m_text->setPlaceholderText(tr("Key, reason, ticket, user, host or server"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter"));
    m_action->addItem(tr("All acts"));
    for (const QString& name : auditActionNames())
        m_action->addItem(auditActionTitle(name), name);
    m_action->setAccessibleName(tr("Act"));
    m_outcome->addItem(tr("All outcomes"));
    for (const QString& name : auditOutcomeNames())
        m_outcome->addItem(auditOutcomeTitle(name), name);
    m_outcome->setAccessibleName(tr("Outcome"));
    m_since->addItem(tr("Any time"), qint64(0));
    m_since->addItem(tr("Last hour"), hourMs);
    m_since->addItem(tr("Last 24 hours"), 24 * hourMs);
    m_since->addItem(tr("Last 7 days"), 7 * 24 * hourMs);
    m_since->addItem(tr("Last 30 days"), 30 * 24 * hourMs);
    m_since->setAccessibleName(tr("Time"));
    auto* box = new QWidget(this);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_text, 1);
    for (QComboBox* combo : { m_action, m_outcome, m_since })
        layout->addWidget(combo);
    return box;
}

QWidget* AuditWindow::buildButtons()
{
    auto* box = new QWidget(this);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    m_verify->setToolTip(tr("Checks that no entry was changed, removed, moved or put in"));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    for (QPushButton* button : { m_verify, m_export, m_restore, m_reload }) {
        button->setAutoDefault(false);
        layout->addWidget(button);
    }
    m_close->setAutoDefault(false);
    layout->addStretch();
    layout->addWidget(m_count);
    layout->addWidget(m_close);
    return box;
}

void AuditWindow::buildView()
{
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Entries"));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->fontMetrics().height() + 7);
    QHeaderView* header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int character = m_view->fontMetrics().averageCharWidth();
    for (const auto& [column, characters] :
        { std::pair(AuditColumn::Time, 28), std::pair(AuditColumn::Who, 18), std::pair(AuditColumn::Action, 16),
            std::pair(AuditColumn::Key, 26), std::pair(AuditColumn::Token, 11), std::pair(AuditColumn::Outcome, 22),
            std::pair(AuditColumn::Reason, 30), std::pair(AuditColumn::Server, 22) })
        header->resizeSection(int(column), character * characters);
    header->setStretchLastSection(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    auto* layout = new QVBoxLayout(m_view->viewport());
    layout->addWidget(m_empty);
}

void AuditWindow::wire()
{
    m_typing->setSingleShot(true);
    m_typing->setInterval(typingPause);
    connect(m_text, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_typing, &QTimer::timeout, this, &AuditWindow::applyFilters);
    for (QComboBox* combo : { m_action, m_outcome, m_since })
        connect(combo, &QComboBox::currentIndexChanged, this, &AuditWindow::applyFilters);
    connect(m_model, &AuditModel::loadingChanged, this, &AuditWindow::updateState);
    connect(m_model, &AuditModel::rowsInserted, this, &AuditWindow::selectWanted);
    connect(m_model, &AuditModel::modelReset, this, &AuditWindow::updateSelection);
    connect(m_model, &AuditModel::failed, this, [this](const Error& error) { m_message->showError(error); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AuditWindow::updateSelection);
    connect(m_verify, &QPushButton::clicked, this, &AuditWindow::verify);
    connect(m_export, &QPushButton::clicked, this, &AuditWindow::chooseExport);
    connect(m_restore, &QPushButton::clicked, this, &AuditWindow::openRestore);
    connect(m_reload, &QPushButton::clicked, this, &AuditWindow::reload);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    updateSelection();
}

void AuditWindow::setDeployment(Deployment* deployment)
{
    if (m_restoreDialog)
        m_restoreDialog->reject();
    if (m_deployment)
        m_deployment->disconnect(this);
    m_deployment = deployment;
    if (deployment) {
        m_strip->setEnvironment(deployment->writeAccess().environment, deployment->title());
        connect(deployment, &Deployment::writeAccessChanged, this, &AuditWindow::updateSelection);
    } else {
        m_strip->setEnvironment(Environment::Unspecified);
    }
    updateSelection();
}

void AuditWindow::showEntry(qint64 id)
{
    m_wantedId = id;
    m_text->clear();
    m_typing->stop();
    for (QComboBox* combo : { m_action, m_outcome, m_since }) {
        const QSignalBlocker blocker(combo);
        combo->setCurrentIndex(0);
    }
    applyFilters();
}

void AuditWindow::restoreEntry(qint64 id)
{
    m_restoreWanted = true;
    showEntry(id);
}

RestoreDialog* AuditWindow::restoreDialog() const { return m_restoreDialog; }

void AuditWindow::reload()
{
    const AuditEntry* current = m_model->entryAt(m_view->currentIndex().row());
    m_wantedId = current ? current->id : 0;
    applyFilters();
}

AuditQuery AuditWindow::queryNow() const
{
    AuditQuery query;
    query.text = m_text->text().trimmed();
    query.action = m_action->currentData().toString();
    query.outcome = m_outcome->currentData().toString();
    const qint64 since = m_since->currentData().toLongLong();
    if (since > 0)
        query.sinceMs = SystemClock::instance().wallNow().toMSecsSinceEpoch() - since;
    return query;
}

void AuditWindow::applyFilters()
{
    m_model->setQuery(queryNow());
    updateState();
}

void AuditWindow::selectWanted()
{
    const int row = m_wantedId > 0 ? m_model->rowOf(m_wantedId) : -1;
    if (row < 0)
        return;
    m_wantedId = 0;
    m_view->selectRow(row);
    m_view->scrollTo(m_model->index(row, 0));
    if (std::exchange(m_restoreWanted, false) && m_restore->isEnabled())
        openRestore();
}

void AuditWindow::updateState()
{
    const bool isEmpty = m_model->rowCount() == 0;
    const bool isFiltered = !m_text->text().isEmpty() || m_action->currentIndex() > 0 || m_outcome->currentIndex() > 0
        || m_since->currentIndex() > 0;
    m_empty->setVisible(isEmpty);
    if (m_model->isLoading())
        m_empty->setText(tr("Reading…"));
    else if (isFiltered)
        m_empty->setText(tr("No entry passes the filters."));
    else
        m_empty->setText(tr("Nothing was done yet. Every force-release, every restore and every arming of writes\n"
                            "leaves its entry here, before anything is sent to a server."));
    m_count->setText(m_model->total() < 0 ? QString() : tr("%Ln entries", nullptr, int(m_model->total())));
    m_export->setEnabled(!isEmpty);
}

void AuditWindow::updateSelection()
{
    const AuditEntry* entry = m_model->entryAt(m_view->currentIndex().row());
    m_details->showEntry(entry);
    QString refusal = entry ? whyNoRestore(*entry) : tr("Select an entry first");
    if (refusal.isEmpty() && !m_deployment)
        refusal = tr("Not connected");
    m_restore->setEnabled(refusal.isEmpty());
    m_restore->setToolTip(refusal.isEmpty() ? tr("Put the lock back, if its key is free") : refusal);
}

void AuditWindow::verify()
{
    m_verify->setEnabled(false);
    m_message->showMessage(Tone::Info, tr("Checking every entry…"));
    m_book.verify([this](const Result<AuditVerdict>& verdict) { showVerdict(verdict); });
}

void AuditWindow::showVerdict(const Result<AuditVerdict>& verdict)
{
    m_verify->setEnabled(true);
    if (!verdict)
        return m_message->showError(verdict.error());
    if (verdict->whole)
        return m_message->showMessage(Tone::Positive,
            tr("The chain is whole: %Ln entries.", nullptr, int(verdict->entries)),
            verdict->rows == 0 ? QString()
                               : tr("%1 rows; note the last hash elsewhere to prove later that nothing was cut off: %2")
                                     .arg(verdict->rows)
                                     .arg(QString::fromLatin1(verdict->head)));
    m_message->showMessage(Tone::Danger,
        verdict->badRow > 0 ? tr("The chain is broken at row %1.").arg(verdict->badRow) : tr("The chain is broken."),
        tr("Found: %1. The %2 rows before it are as they were written. Keep the file as it is, and ask who had access "
           "to it.")
            .arg(verdict->fault)
            .arg(verdict->rows));
}

void AuditWindow::chooseExport()
{
    auto* dialog = new QFileDialog(this, tr("Export the audit log"), QString(), tr("CSV (*.csv);;JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(
            filter.startsWith(QLatin1StringView("JSON")) ? QStringLiteral("json") : QStringLiteral("csv"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &AuditWindow::exportTo);
    dialog->open();
}

void AuditWindow::exportTo(const QString& file)
{
    m_book.exportTo(file, queryNow(), [this, file](const Result<qint64>& written) {
        if (written)
            m_message->showMessage(Tone::Positive, tr("%Ln entries were written.", nullptr, int(*written)), file);
        else
            m_message->showError(written.error());
    });
}

void AuditWindow::openRestore()
{
    const AuditEntry* entry = m_model->entryAt(m_view->currentIndex().row());
    if (!entry || !m_deployment)
        return;
    m_restoreDialog = new RestoreDialog(m_deployment, *entry, this);
    m_restoreDialog->setAttribute(Qt::WA_DeleteOnClose);
    m_restoreDialog->setModal(true);
    connect(m_restoreDialog, &RestoreDialog::restored, this, &AuditWindow::reload);
    m_restoreDialog->show();
}

} // namespace lockscope
