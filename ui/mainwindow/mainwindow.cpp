// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "activity/activitypanel.h"
#include "audit/auditwindow.h"
#include "base/bytetext.h"
#include "base/errortext.h"
#include "common/environmentstrip.h"
#include "common/locktext.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "connections/completenessstrip.h"
#include "connections/connectionstrip.h"
#include "connections/credentialsstrip.h"
#include "connections/notificationquestion.h"
#include "deployment/deployment.h"
#include "discovery/findlocksdialog.h"
#include "families/familiesdialog.h"
#include "lockdetails/lockdetailspanel.h"
#include "locktable/filterbar.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "mainwindow/emptytext.h"
#include "mainwindow/loadmeter.h"
#include "mainwindow/statuspanel.h"
#include "operations/acquiredialog.h"
#include "operations/armdialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "operations/heldlocks.h"
#include "operations/releasereview.h"
#include "server/serverpage.h"

#include <QCloseEvent>
#include <QDateTime>
#include <QDockWidget>
#include <QMenu>
#include <QStatusBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lockscope {

namespace {

constexpr std::chrono::milliseconds frameTime { 16 };
constexpr QSize defaultSize { 1280, 800 };
constexpr int maximumNoticeKey = 120;
constexpr int settingsVersion = 1; // of the docks' layout

} // namespace

MainWindow::MainWindow(DeploymentFactory factory, Settings& settings, const Options& options, QWidget* parent)
    : QMainWindow(parent)
    , m_factory(std::move(factory))
    , m_settings(settings)
    , m_options(options)
    , m_savedViews(m_settings)
    , m_registry(new ActionRegistry(this))
    , m_model(new LockTableModel(SystemClock::instance(), this))
    , m_view(new LockTableView(m_model, this))
    , m_activity(new ActivityModel(ActivityModel::defaultCapacity, this))
    , m_forceRelease(new ForceReleaseController(this))
    , m_heldLocks(new HeldLocks(this))
    , m_statusPanel(new StatusPanel(statusBar()))
    , m_frame(new QTimer(this))
{
    m_status.link = LinkState::Closed;
    buildLockMenu();
    buildCentre();
    buildFindButton();
    buildDocks();
    buildGroups();
    buildHoldings();
    buildViews();
    buildThemeActions();
    buildMenus();
    buildToolBar();
    buildSafety();
    buildStrips();
    wireActions();
    wireTable();
    wireMarks();
    wireStrips();
    wirePages();
    m_frame->setSingleShot(true);
    m_frame->setInterval(frameTime);
    connect(m_frame, &QTimer::timeout, this, &MainWindow::pull);
    restoreSettings();
    m_registry->action(ActionId::LockFamilies)->setEnabled(false);
    updateTitle();
    updateSelection();
    updateEmptyText();
    setTabOrder(m_filterBar->focusProxy(), m_view);
    m_view->setFocus();
}

MainWindow::~MainWindow()
{
    delete m_serverPage; // it holds on to the rates
    m_forceRelease->setDeployment(nullptr);
    m_heldLocks->setDeployment(nullptr);
    m_details->setDeployment(nullptr);
    if (m_auditWindow)
        m_auditWindow->setDeployment(nullptr);
}

void MainWindow::connectTo(const ConnectionChoice& choice)
{
    m_choice = choice;
    m_choice.readOnly = choice.readOnly || m_options.alwaysReadOnly;
    const QList<ConnectionSpec> masters = QList<ConnectionSpec> { m_choice.spec } + m_choice.furtherMasters;
    m_connection->setInsecure(
        std::any_of(masters.begin(), masters.end(), [](const ConnectionSpec& spec) { return spec.tls.insecure; }));
    m_credentials->hide();
    m_question->hide();
    m_notice->clear();
    if (m_familyFile)
        showFamilyFaults();
    m_undo->clear();
    Result<std::unique_ptr<Deployment>> made = m_factory(m_choice);
    if (!made) {
        adopt(nullptr);
        showFailure(made.error());
        return;
    }
    if (m_options.rememberConnections)
        m_settings.addRecentUri(m_choice.spec);
    if (m_options.rememberConnections)
        m_settings.setEnvironmentOf(m_choice.spec, m_choice.environment);
    adopt(std::move(*made));
    m_deployment->start();
    if (const int rate = m_statusPanel->loadMeter()->budget(); rate != defaultVerifyRate)
        m_deployment->setVerifyRate(rate);
}

void MainWindow::setVerifyRate(int keysPerSecond)
{
    m_settings.setValue(Setting::VerifyRate, keysPerSecond);
    if (m_deployment)
        m_deployment->setVerifyRate(keysPerSecond);
}

void MainWindow::buildCentre()
{
    auto* centre = new QWidget(this);
    m_message = new MessageStrip(centre);
    m_notice = new MessageStrip(centre);
    m_notice->setClosable(true);
    m_undo = new MessageStrip(centre);
    m_undo->setClosable(true);
    buildLost(centre);
    m_question = new NotificationQuestion(centre);
    m_credentials = new CredentialsStrip(centre);
    m_filterBar = new FilterBar(m_view, centre);
    m_filterBar->setContentsMargins(8, 4, 8, 4);
    m_view->setAccessibleName(tr("Locks"));
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (QWidget* widget :
        std::initializer_list<QWidget*> { m_message, m_credentials, m_question, m_lost, m_notice, m_undo, m_filterBar })
        layout->addWidget(widget);
    layout->addWidget(m_view, 1);
    setCentralWidget(centre);
}

void MainWindow::buildDocks()
{
    m_activityPanel = new ActivityPanel(
        m_activity, m_registry->action(ActionId::PauseActivity), m_registry->action(ActionId::SelectedActivity), this);
    m_details = new LockDetailsPanel(
        { m_registry->action(ActionId::Acquire), m_registry->action(ActionId::ForceRelease),
            m_registry->action(ActionId::Look), m_registry->action(ActionId::CopyToken),
            m_registry->action(ActionId::ShowValue), m_registry->action(ActionId::ShowHolder), m_copyMenu },
        this);
    const auto makeDock = [this](const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(name);
        dock->setWidget(content);
        addDockWidget(area, dock);
        return dock;
    };
    m_detailsDock = makeDock(QStringLiteral("detailsDock"), tr("Lock details"), m_details, Qt::RightDockWidgetArea);
    m_activityDock
        = makeDock(QStringLiteral("activityDock"), tr("Activity"), m_activityPanel, Qt::BottomDockWidgetArea);
    // The details use the whole height: they have more lines than the stream is worth.
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
}

void MainWindow::wireTable()
{
    connect(m_view, &LockTableView::currentLockChanged, this, &MainWindow::showCurrentLock);
    connect(m_view, &LockTableView::selectionCountChanged, this, &MainWindow::updateSelection);
    connect(m_view, &LockTableView::selectedLocksChanged, this, &MainWindow::updateSelection);
    connect(m_view, &LockTableView::lockActivated, this, [this] {
        m_detailsDock->show();
        m_details->look();
    });
    connect(m_view, &LockTableView::lockMenuRequested, this,
        [this](const QPoint& position) { m_lockMenu->popup(position); });
    connect(m_view, &LockTableView::visibleLocksChanged, this, &MainWindow::tellVisibleLocks);
    connect(m_filterBar, &FilterBar::filterChanged, m_model, &LockTableModel::setFilter);
    for (auto signal : { &LockTableModel::countsChanged, &LockTableModel::structureChanged })
        connect(m_model, signal, this, [this] {
            showCounts();
            updateEmptyText();
        });
    connect(m_model, &LockTableModel::arrangingChanged, this, [this](bool arranging) {
        m_filterBar->setArranging(arranging);
        updateEmptyText();
    });
    connect(m_view, &LockTableView::selectionRefused, this, [this](int limit) {
        m_notice->showMessage(Tone::Info, tr("At most %Ln locks can be selected at a time.", nullptr, limit),
            tr("Narrow the list with the filter first."));
    });
    connect(m_view, &LockTableView::pausedChanged, m_statusPanel, &StatusPanel::setPaused);
    LoadMeter* meter = m_statusPanel->loadMeter();
    const int remembered = m_settings.value(Setting::VerifyRate).toInt();
    const int rate = m_options.verifyRate > 0 ? m_options.verifyRate : remembered;
    meter->setBudget(rate > 0 ? rate : defaultVerifyRate);
    connect(meter, &LoadMeter::budgetChosen, this, &MainWindow::setVerifyRate);
    connect(m_activityPanel, &ActivityPanel::keyActivated, this, &MainWindow::selectKey);
}

void MainWindow::wireStrips()
{
    connect(m_registry->action(ActionId::EnableNotifications), &QAction::triggered, this,
        [this] { m_question->ask(m_status); });
    connect(m_question, &NotificationQuestion::answered, this, [this](bool enable) {
        if (m_deployment)
            m_deployment->answerNotificationQuestion(enable);
    });
    connect(m_credentials, &CredentialsStrip::given, this, [this](const QString& user, const Secret& password) {
        ConnectionChoice choice = m_choice;
        choice.spec.user = user;
        choice.spec.password = password;
        for (ConnectionSpec& master : choice.furtherMasters) {
            if (master.password.isEmpty())
                master.password = password;
        }
        connectTo(choice);
    });
    connect(m_forceRelease, &ForceReleaseController::refusalChanged, this, &MainWindow::updateSelection);
    connect(m_forceRelease, &ForceReleaseController::finishedUnattended, this,
        [this](const QList<ForceReleaseResult>& results) {
            m_notice->showMessage(
                Tone::Info, tr("Force-release: %1").arg(releaseSummary(results)), releaseResultLines(results));
        });
    connect(m_forceRelease, &ForceReleaseController::failedUnattended, this,
        [this](const Error& error, const QString& locks) {
            m_notice->showMessage(
                Tone::Danger, tr("Force-release of %1: %2").arg(locks, errorMessage(error)), errorHint(error));
        });
}

void MainWindow::adopt(std::unique_ptr<Deployment> deployment)
{
    m_frame->stop();
    if (m_acquireDialog)
        m_acquireDialog->deleteLater();
    if (m_findDialog)
        m_findDialog->deleteLater();
    if (m_armDialog)
        m_armDialog->deleteLater();
    if (m_auditWindow)
        m_auditWindow->setDeployment(deployment.get());
    m_forceRelease->setDeployment(deployment.get());
    m_heldLocks->setDeployment(deployment.get());
    m_details->setDeployment(deployment.get());
    m_activity->clear();
    m_activityPanel->setSelectedLock(std::nullopt);
    m_view->setPaused(false);
    LockDelta nothing;
    nothing.reset = true;
    m_model->apply(std::move(nothing));
    m_deployment = std::move(deployment);
    m_rates.clear();
    tellPages();
    tellDoctor();
    WatchStatus status;
    status.link = m_deployment ? LinkState::Connecting : LinkState::Closed;
    status.readOnly = m_deployment ? m_deployment->isReadOnly() : m_choice.readOnly;
    if (m_deployment) {
        connect(m_deployment.get(), &Deployment::deltaReady, this, [this] {
            if (!m_frame->isActive())
                m_frame->start();
        });
        connect(m_deployment.get(), &Deployment::failed, this, &MainWindow::showFailure);
        connect(m_deployment.get(), &Deployment::writeAccessChanged, this, [this] {
            m_status.readOnly = m_deployment->isReadOnly();
            applyStatus(m_status);
        });
    }
    applyStatus(status);
    if (m_familiesDialog)
        m_familiesDialog->setDeployment(m_deployment.get());
}

void MainWindow::pull()
{
    if (!m_deployment)
        return;
    std::optional<LockDelta> delta = m_deployment->takeDelta();
    if (!delta)
        return;
    m_activity->append(delta->events);
    m_details->appendEvents(delta->events);
    const WatchStatus status = delta->status;
    m_model->apply(std::move(*delta));
    if (const std::optional<LockRecord>& shown = m_details->lock())
        m_details->updateLock(m_model->record(shown->id), status);
    applyStatus(status);
    Q_EMIT statusShown();
}

void MainWindow::applyStatus(const WatchStatus& status)
{
    m_status = status;
    m_connection->setTarget(m_deployment ? m_deployment->title() : m_choice.spec.redactedUri(),
        m_choice.readOnly || status.readOnly, m_deployment && m_deployment->isSandbox());
    m_connection->setStatus(status);
    m_view->setColumnWanted(LockColumn::Database, status.databases.size() > 1);
    m_completeness->setStatus(status);
    m_question->setStatus(status);
    m_statusPanel->setStatus(status);
    m_forceRelease->setStatus(status);
    m_rates.note(status, QDateTime::currentMSecsSinceEpoch());
    setStatusOfPages();
    showCounts();
    m_registry->action(ActionId::EnableNotifications)->setEnabled(status.canAskForNotifications());
    showPause();
    showWriteAccess();
    showTrouble(status);
    updateSelection();
    updateEmptyText();
    updateTitle();
}

void MainWindow::showTrouble(const WatchStatus& status)
{
    const QString why = status.error ? errorMessage(*status.error) : QString();
    if (status.link == LinkState::Lost) {
        const QString since = status.gapSinceMs > 0 ? wallTimeText(status.gapSinceMs) : QString();
        m_message->showMessage(Tone::Danger,
            !status.wasReached() ? tr("The server cannot be reached. Trying again by itself.")
                : since.isEmpty()
                ? tr("The connection is lost. Trying again by itself.")
                : tr("The connection is lost since %1. Rows show what was known then. Trying again by itself.")
                      .arg(since),
            why);
    } else if (status.link == LinkState::Ready && status.memberCount() > 1
        && status.membersUp() < status.memberCount()) {
        showMissingMasters(status);
    } else if (status.gapOpen && status.link == LinkState::Ready) {
        m_message->showMessage(Tone::Warning,
            tr("Changes since %1 may be missing; everything is being read anew.").arg(wallTimeText(status.gapSinceMs)));
    } else if (status.error && status.error->kind == ErrorKind::Authentication && m_credentials->isVisible()) {
        m_message->clear(); // the question for the password says it already
    } else if (status.error) {
        m_message->showError(*status.error);
    } else {
        m_message->clear();
    }
}

void MainWindow::showMissingMasters(const WatchStatus& status)
{
    QStringList missing;
    QStringList reasons;
    for (const NodeStatus& node : status.nodes) {
        if (!node.isMember || node.isUp())
            continue;
        missing += node.name;
        if (node.error)
            reasons += errorMessage(*node.error);
    }
    const bool isConnecting = std::all_of(status.nodes.begin(), status.nodes.end(),
        [](const NodeStatus& node) { return !node.isMember || node.isUp() || node.link == LinkState::Connecting; });
    if (isConnecting) {
        m_message->clear();
        return;
    }
    const bool isEnough = status.quorum == 0 || status.membersUp() >= status.quorum;
    m_message->showMessage(isEnough ? Tone::Warning : Tone::Danger,
        isEnough ? tr("%1 of %2 masters up; not reached: %3. Trying again by itself.")
                       .arg(status.membersUp())
                       .arg(status.memberCount())
                       .arg(missing.join(QStringLiteral(", ")))
                 : tr("Only %1 of %2 masters up, %3 make a quorum; not reached: %4. Trying again by itself.")
                       .arg(status.membersUp())
                       .arg(status.memberCount())
                       .arg(status.quorum)
                       .arg(missing.join(QStringLiteral(", "))),
        reasons.join(QLatin1Char('\n')));
}

void MainWindow::showFailure(const Error& error)
{
    m_status.link = LinkState::Closed;
    m_status.error = error;
    applyStatus(m_status);
    if (error.kind == ErrorKind::Authentication) {
        m_message->clear();
        m_credentials->ask(error, m_choice.spec.user);
    }
    Q_EMIT connectionFailed(error);
}

void MainWindow::showCurrentLock()
{
    const QModelIndex current = m_view->currentIndex();
    // What the row shows, even where its lock has just ended: what is copied must be what is aimed at.
    const LockRecord* record = current.isValid() ? m_model->recordAt(current.row()) : nullptr;
    if (record) {
        m_details->showLock(*record, m_status);
        if (m_model->isGhost(current.row()))
            m_details->updateLock(nullptr, m_status);
        m_activityPanel->setSelectedLock(ActivityFilter { record->key, record->database, record->node });
        tellVisibleLocks();
    }
    updateSelection();
}

void MainWindow::updateSelection()
{
    const bool shown = m_details->lock().has_value();
    const QString refusal = m_forceRelease->refusal();
    const bool linked = m_status.link == LinkState::Ready;
    for (const ActionId id : { ActionId::Why, ActionId::CopyKey, ActionId::CopyJson, ActionId::CopyRedisCli })
        m_registry->action(id)->setEnabled(shown);
    m_registry->action(ActionId::CopyToken)->setEnabled(shown && m_details->lock()->hasToken);
    m_registry->action(ActionId::ShowHolder)->setEnabled(shown && m_details->lock()->hasToken);
    m_registry->action(ActionId::Look)->setEnabled(shown && linked);
    m_registry->action(ActionId::ShowValue)->setEnabled(shown && linked);
    m_registry->action(ActionId::Refresh)->setEnabled(linked);
    m_registry->action(ActionId::FindLocks)->setEnabled(linked);
    QAction* release = m_registry->action(ActionId::ForceRelease);
    release->setEnabled(refusal.isEmpty() && m_view->hasLiveSelection());
    QAction* acquire = m_registry->action(ActionId::Acquire);
    acquire->setEnabled(refusal.isEmpty());
    // Why a button is grey must be findable: the reason takes the place of the explanation.
    release->setToolTip(!refusal.isEmpty() ? refusal
            : release->isEnabled()         ? tr("End the selected locks, after a look at who holds them (%1)")
                                         .arg(release->shortcut().toString(QKeySequence::NativeText))
                                   : tr("Select a lock first"));
    acquire->setToolTip(refusal.isEmpty()
            ? tr("Take a lock yourself (%1)").arg(acquire->shortcut().toString(QKeySequence::NativeText))
            : refusal);
}

void MainWindow::updateEmptyText()
{
    EmptyReason reason = EmptyReason::NoLocks;
    if (m_model->totalCount() > 0 && m_model->isArranging())
        reason = EmptyReason::Arranging;
    else if (m_model->totalCount() > 0 && !m_filterBar->text().trimmed().isEmpty())
        reason = EmptyReason::Filtered;
    const EmptyText text = emptyText(m_status, reason, m_deployment && m_deployment->isSandbox());
    m_view->setEmptyText(text.title, text.detail);
    m_findButton->setVisible(reason == EmptyReason::NoLocks && m_model->totalCount() == 0
        && m_status.link == LinkState::Ready && m_status.completeness.complete);
}

void MainWindow::updateTitle()
{
    QString title = tr("Lockscope");
    if (m_deployment)
        title = m_deployment->title() + QStringLiteral(" \u2013 ") + title;
    if (const QString word = environmentWord(m_choice.environment); !word.isEmpty())
        title.prepend(QLatin1Char('[') + word + QStringLiteral("] "));
    if (m_choice.readOnly)
        title += QStringLiteral(" [") + tr("read-only") + QLatin1Char(']');
    if (title != windowTitle())
        setWindowTitle(title);
}

void MainWindow::openAcquire()
{
    if (!m_deployment)
        return;
    if (m_acquireDialog && m_acquireDialog->isVisible()) {
        m_acquireDialog->raise();
        m_acquireDialog->activateWindow();
        return;
    }
    const std::optional<LockRecord>& shown = m_details->lock();
    const bool typable = shown && isUtf8(shown->key);
    m_acquireDialog = new AcquireDialog(m_deployment.get(), m_heldLocks, typable ? shown->key : QByteArray(), this);
    m_acquireDialog->setAttribute(Qt::WA_DeleteOnClose);
    m_acquireDialog->show();
}

// In the lower part of the table, below what the table itself says while it is empty.
void MainWindow::buildFindButton()
{
    m_findButton = new QToolButton(m_view->viewport());
    m_findButton->setDefaultAction(m_registry->action(ActionId::FindLocks));
    m_findButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_findButton->setFocusPolicy(Qt::TabFocus);
    m_findButton->hide();
    auto* layout = new QVBoxLayout(m_view->viewport());
    layout->addStretch(3);
    layout->addWidget(m_findButton, 0, Qt::AlignHCenter);
    layout->addStretch(1);
}

void MainWindow::openFindLocks()
{
    if (!m_deployment)
        return;
    if (!m_findDialog) {
        m_findDialog = new FindLocksDialog(m_deployment.get(), this);
        m_findDialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_findDialog, &FindLocksDialog::watchRequested, this, &MainWindow::watchOnly);
    }
    m_findDialog->show();
    m_findDialog->raise();
    m_findDialog->activateWindow();
}

void MainWindow::watchOnly(const QList<QByteArray>& matches)
{
    afterHeldLocks([this, matches] {
        ConnectionChoice choice = m_choice;
        choice.matches = matches;
        connectTo(choice);
    });
}

void MainWindow::openForceRelease() { m_forceRelease->open(m_view->selectedLocks()); }

void MainWindow::selectKey(const QByteArray& key, qint32 database, quint16 node)
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const LockRecord* record = m_model->recordAt(row);
        if (record->key == key && record->database == database && record->node == node) {
            m_view->selectLock(record->id);
            return;
        }
    }
    m_notice->showMessage(Tone::Info, tr("%1 is not in the table.").arg(displayText(key, maximumNoticeKey)),
        tr("It has ended, or the filter hides it."));
}

void MainWindow::restoreSettings()
{
    resize(defaultSize);
    resizeDocks({ m_detailsDock }, { 310 }, Qt::Horizontal);
    resizeDocks({ m_activityDock }, { 190 }, Qt::Vertical);
    restoreGeometry(m_settings.bytes(Setting::WindowGeometry));
    restoreState(m_settings.bytes(Setting::WindowState), settingsVersion);
    m_view->restoreLayout(m_settings.bytes(Setting::TableLayout));
    m_activityPanel->restoreLayout(m_settings.bytes(Setting::ActivityLayout));
    m_registry->action(ActionId::ShowDetails)->setChecked(!m_detailsDock->isHidden());
    m_registry->action(ActionId::ShowActivity)->setChecked(!m_activityDock->isHidden());
    m_registry->action(ActionId::ShowGroups)->setChecked(!m_groupsDock->isHidden());
    m_registry->action(ActionId::ShowHoldings)->setChecked(!m_holdingsDock->isHidden());
}

void MainWindow::saveSettings()
{
    m_settings.setValue(Setting::WindowGeometry, saveGeometry());
    m_settings.setValue(Setting::WindowState, saveState(settingsVersion));
    m_settings.setValue(Setting::TableLayout, m_view->saveLayout());
    m_settings.setValue(Setting::ActivityLayout, m_activityPanel->saveLayout());
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        m_registry->action(ActionId::FullScreen)->setChecked(isFullScreen());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_heldLocks->heldCount() > 0 && !m_mayClose) {
        event->ignore();
        afterHeldLocks([this] {
            m_mayClose = true;
            close();
        });
        return;
    }
    saveSettings();
    QMainWindow::closeEvent(event);
}

} // namespace lockscope
