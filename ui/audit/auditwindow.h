// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/auditbook.h"

#include <QDialog>
#include <QPointer>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QTimer;

namespace lockscope {

class AuditDetails;
class AuditModel;
class Deployment;
class EnvironmentStrip;
class MessageStrip;
class RestoreDialog;
class Settings;

/// The audit log: what operators did, the newest first, with filters, all of one entry, the check of the chain, export,
/// and restore. Reads the file only; needs no connection but for restore.
class AuditWindow final : public QDialog {
    Q_OBJECT
public:
    /// `auditFile` empty: the standard place. `settings` outlives it.
    AuditWindow(const QString& auditFile, Settings& settings, QWidget* parent = nullptr);
    ~AuditWindow() override;

    /// May be null; must outlive its use here or be replaced before it goes.
    void setDeployment(Deployment* deployment);
    /// Reads again and selects this entry, where the filters let it through.
    void showEntry(qint64 id);
    /// The same, and asks whether it shall be put back.
    void restoreEntry(qint64 id);
    void reload();
    /// Writes what the filters let through; the dialog for the file's name ends here.
    void exportTo(const QString& file);
    [[nodiscard]] AuditModel* model() const { return m_model; }
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] MessageStrip* message() const { return m_message; }
    [[nodiscard]] RestoreDialog* restoreDialog() const;

private:
    void build();
    [[nodiscard]] QWidget* buildFilters();
    [[nodiscard]] QWidget* buildButtons();
    void buildView();
    void wire();
    void applyFilters();
    [[nodiscard]] AuditQuery queryNow() const;
    void updateState();
    void updateSelection();
    void verify();
    void showVerdict(const Result<AuditVerdict>& verdict);
    void chooseExport();
    void openRestore();
    void selectWanted();

    AuditBook m_book;
    Settings& m_settings;
    QPointer<Deployment> m_deployment;
    AuditModel* m_model;
    QTableView* m_view;
    AuditDetails* m_details;
    MessageStrip* m_message;
    EnvironmentStrip* m_strip;
    QLineEdit* m_text;
    QComboBox* m_action;
    QComboBox* m_outcome;
    QComboBox* m_since;
    QTimer* m_typing;
    QLabel* m_empty;
    QLabel* m_count;
    QPushButton* m_verify;
    QPushButton* m_export;
    QPushButton* m_restore;
    QPushButton* m_reload;
    QPushButton* m_close;
    QPointer<RestoreDialog> m_restoreDialog;
    qint64 m_wantedId = 0; // to be selected when it has come
    bool m_restoreWanted = false; // and then to be restored
};

} // namespace lockscope
