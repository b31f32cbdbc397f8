// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"
#include "operations/restorerequest.h"

#include <QDialog>
#include <QPointer>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lockscope {

class Deployment;
class EnvironmentStrip;
class MessageStrip;

/// Puts back what one entry has ended: looks first whether the key is free and what would be left of the lease, says
/// so, and asks. Enter never confirms.
class RestoreDialog final : public QDialog {
    Q_OBJECT
public:
    /// Once the deployment is gone it can only be closed.
    RestoreDialog(Deployment* deployment, const AuditEntry& entry, QWidget* parent = nullptr);
    [[nodiscard]] MessageStrip* message() const { return m_message; }

Q_SIGNALS:
    void restored(); ///< something was written into the audit log

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build(const AuditEntry& entry);
    void look();
    void restore();
    void showPlan(const Result<RestoreResult>& plan);
    void showResult(const Result<RestoreResult>& result);
    void updateButtons();
    [[nodiscard]] RestoreRequest request(bool planOnly) const;

    QPointer<Deployment> m_deployment;
    const qint64 m_auditId;
    EnvironmentStrip* m_strip;
    MessageStrip* m_message;
    QLineEdit* m_reason;
    QLabel* m_missing;
    QPushButton* m_restore;
    QPushButton* m_close;
    bool m_possible = false;
    bool m_busy = false;
    bool m_finished = false;
};

} // namespace lockscope
