// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectionchoice.h"
#include "locks/lockdelta.h"
#include "locktable/savedviews.h"
#include "mainwindow/actionregistry.h"
#include "operations/lockoperation.h"
#include "server/ratehistory.h"

#include <QMainWindow>
#include <QPointer>

#include <functional>
#include <memory>

class QDialog;
class QDockWidget;
class QMenu;
class QTimer;
class QToolButton;

namespace lockscope {

class AcquireDialog;
class ActivityModel;
class ActivityPanel;
class ArmDialog;
class ArmStrip;
class AuditWindow;
class CompletenessStrip;
class ConnectionBookFile;
class ConnectionsDialog;
class ConnectionStrip;
class CredentialsStrip;
class Deployment;
class DoctorPage;
class FamiliesDialog;
class FamilyFileWatcher;
class FilterBar;
class FindLocksDialog;
class ForceReleaseController;
class GroupsPanel;
class HeldLocks;
class HeldLocksQuestion;
class HoldingsPanel;
class LockDetailsPanel;
class LockTableModel;
class LockTableView;
class MessageStrip;
class NotificationQuestion;
class ServerPage;
struct SavedConnection;
class SecretStore;
class Settings;
class StatusPanel;
class StressLabWindow;
class ViewsMenu;
class WindowFrame;

/// The main window: composes strips, table, docks and dialogs around one deployment, and pulls its deltas once a frame.
class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    struct Options {
        bool alwaysReadOnly = false; ///< the connect dialog cannot lift it
        bool rememberConnections = true;
        int verifyRate = 0; ///< the load budget in keys a second; 0: as remembered
        QString auditFile {}; ///< empty: the standard place
    };
    /// `settings` outlives the window.
    MainWindow(DeploymentFactory factory, Settings& settings, const Options& options, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// The file that declares the operator's own families: what it installs is put to use, what is wrong in it is said.
    /// Outlives the window. Without one there is no dialog for it.
    void setFamilyFile(FamilyFileWatcher& file);
    /// The saved connections and their passwords; both outlive the window. Without them there is no dialog for them.
    void setConnections(const ConnectionBookFile& book, SecretStore& secrets);
    void openConnections();
    /// Watches this from now on; says inline why that cannot be.
    void connectTo(const ConnectionChoice& choice);
    /// The same, as the operator listens else; `note` says why its password is missing, or is empty.
    void connectNoted(const ConnectionChoice& choice, const QString& note);
    /// Fetches its password first.
    void connectSaved(const SavedConnection& connection);

    [[nodiscard]] const ActionRegistry& registry() const { return *m_registry; }
    [[nodiscard]] LockTableModel* model() const { return m_model; }
    [[nodiscard]] LockTableView* view() const { return m_view; }
    [[nodiscard]] FilterBar* filterBar() const { return m_filterBar; }
    [[nodiscard]] LockDetailsPanel* details() const { return m_details; }
    [[nodiscard]] HeldLocks* heldLocks() const { return m_heldLocks; }
    [[nodiscard]] ForceReleaseController* forceRelease() const { return m_forceRelease; }
    [[nodiscard]] ServerPage* serverPage() const { return m_serverPage; } ///< null until it was opened
    [[nodiscard]] DoctorPage* doctorPage() const { return m_doctorPage; } ///< null until it was opened
    [[nodiscard]] MessageStrip* lostCapabilities() const { return m_lost; }
    [[nodiscard]] AuditWindow* auditWindow() const;
    [[nodiscard]] StressLabWindow* stressLab() const { return m_stressLab; } ///< null until it was opened
    [[nodiscard]] ArmStrip* armStrip() const { return m_armStrip; }
    [[nodiscard]] Deployment* deployment() const { return m_deployment.get(); }
    [[nodiscard]] const WatchStatus& status() const { return m_status; }

Q_SIGNALS:
    void statusShown(); ///< a delta and its status are on screen
    void connectionFailed(const lockscope::Error& error);
    /// Nothing chosen: the window shall ask. `note`: as for connectNoted().
    void newWindowRequested(const std::optional<lockscope::ConnectionChoice>& choice, const QString& note);

protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void childEvent(QChildEvent* event) override;

private:
    void buildCentre();
    void buildDocks();
    void buildMenus();
    void buildToolBar();
    void buildStrips();
    void buildLockMenu();
    void buildThemeActions();
    void wireActions();
    void wireCopyActions();
    void wireToggles();
    void wireTable();
    void wireMarks();
    void buildViews();
    void applyView(const SavedView& view);
    void buildGroups();
    void filterByGroup(const QString& word);
    void wireStrips();
    void wirePages();
    void openServer();
    void openDoctor();
    void tellDoctor();
    void setStatusOfPages();
    void buildLost(QWidget* parent);
    void probeCapabilities();
    void openStressLab();
    void tellPages();
    void openValue();
    void showAllOfHolder();
    void tellVisibleLocks();
    void buildSafety();
    void showWriteAccess();
    void openArm();
    void openAudit();
    void offerUndo(const QList<ForceReleaseResult>& results);
    void restoreSettings();
    void saveSettings();

    void adopt(std::unique_ptr<Deployment> deployment);
    void pull();
    void applyStatus(const WatchStatus& status);
    void showTrouble(const WatchStatus& status);
    void showMissingMasters(const WatchStatus& status);
    void showFailure(const Error& error);
    void showPause();
    void showCurrentLock();
    void updateSelection();
    void updateEmptyText();
    void updateTitle();
    void openAcquire();
    void openConnect();
    void wireConnections();
    void frameDialog(QDialog* dialog) const;
    void frameDialogs() const;
    [[nodiscard]] QMenu* makeWindowMenu();
    void setVerifyRate(int keysPerSecond);
    void openFindLocks();
    void openFamilies();
    void showFamilyFaults();
    void watchOnly(const QList<QByteArray>& matches);
    void buildFindButton();
    void buildHoldings();
    void showLoss(quint64 id);
    /// Goes on at once, or when the operator has said what is to become of the locks that are held, or never.
    void afterHeldLocks(std::function<void()> goOn);
    void showCounts();
    void openForceRelease();
    void selectKey(const QByteArray& key, qint32 database, quint16 node);
    void setTheme(int mode);

    DeploymentFactory m_factory;
    Settings& m_settings;
    const Options m_options;
    ConnectionChoice m_choice;
    WatchStatus m_status;

    SavedViews m_savedViews;

    ActionRegistry* m_registry;
    LockTableModel* m_model;
    LockTableView* m_view;
    FilterBar* m_filterBar;
    ConnectionStrip* m_connection = nullptr;
    CompletenessStrip* m_completeness = nullptr;
    MessageStrip* m_message; // trouble of the connection; goes when it is over
    MessageStrip* m_notice; // results and answers; stays until closed
    MessageStrip* m_undo; // offers to put back what was force-released
    MessageStrip* m_lost = nullptr; // what the server does not allow; stays until closed
    NotificationQuestion* m_question;
    CredentialsStrip* m_credentials;
    ActivityModel* m_activity;
    ActivityPanel* m_activityPanel;
    LockDetailsPanel* m_details;
    QDockWidget* m_detailsDock;
    QDockWidget* m_activityDock;
    QDockWidget* m_groupsDock;
    GroupsPanel* m_groups;
    QString m_groupWord; // that the groups have put into the filter
    ForceReleaseController* m_forceRelease;
    HeldLocks* m_heldLocks;
    HoldingsPanel* m_holdings = nullptr;
    QDockWidget* m_holdingsDock = nullptr;
    QPointer<HeldLocksQuestion> m_heldLocksQuestion;
    bool m_mayClose = false; // the question was answered
    QPointer<AcquireDialog> m_acquireDialog;
    QPointer<FindLocksDialog> m_findDialog;
    QPointer<FamiliesDialog> m_familiesDialog;
    QPointer<ConnectionsDialog> m_connectionsDialog;
    const ConnectionBookFile* m_book = nullptr;
    SecretStore* m_secrets = nullptr;
    FamilyFileWatcher* m_familyFile = nullptr;
    bool m_familyNotice = false; ///< the notice tells of the families file
    RateHistory m_rates;
    ServerPage* m_serverPage = nullptr;
    DoctorPage* m_doctorPage = nullptr;
    bool m_capabilitiesAsked = false; // of this deployment
    StressLabWindow* m_stressLab = nullptr;
    QPointer<ArmDialog> m_armDialog;
    QPointer<AuditWindow> m_auditWindow;
    ArmStrip* m_armStrip = nullptr;
    WindowFrame* m_windowFrame = nullptr;
    qint64 m_undoId = 0; // audit entry of the last force-release
    QToolButton* m_findButton = nullptr; // in the empty table
    StatusPanel* m_statusPanel;
    ViewsMenu* m_viewsMenu = nullptr;
    QMenu* m_lockMenu;
    QMenu* m_copyMenu;
    QTimer* m_frame;
    std::unique_ptr<Deployment> m_deployment; // last: goes first
};

} // namespace lockscope
