// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/heldlocks.h"

#include <QDialog>
#include <QElapsedTimer>
#include <QPointer>

class QCheckBox;
class QGroupBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace lockscope {

class DurationEdit;
class GrantPanel;
class MessageStrip;

/// Takes locks: on one server by SET NX PX, on several independent ones as a Redlock; with or without a fencing token;
/// waiting for the holder where wanted. What it takes belongs to HeldLocks and survives the dialog.
class AcquireDialog final : public QDialog {
    Q_OBJECT
public:
    /// `locks` outlives it.
    AcquireDialog(Deployment* deployment, HeldLocks* locks, const QByteArray& key, QWidget* parent = nullptr);

    /// While it waits for a lock the wait is cancelled and the dialog hides: a grant that still comes is given back at
    /// once, and then it goes.
    void reject() override;

private:
    void build();
    void buildForm();
    void acquire();
    void stopWaiting();
    void giveBack(const Result<AcquireGrant>& grant);
    void showAnswer(const Result<AcquireGrant>& grant);
    void showProgress();
    void growToFit();
    void setBusy(bool busy);
    void updateButtons();

    QPointer<Deployment> m_deployment;
    HeldLocks* m_locks;
    bool m_busy = false;
    bool m_isAbandoned = false; // closed while waiting
    QElapsedTimer m_since; // the request was sent
    QLineEdit* m_key;
    DurationEdit* m_ttl;
    DurationEdit* m_wait;
    QCheckBox* m_fence;
    QCheckBox* m_renew;
    QWidget* m_waiting;
    QProgressBar* m_progress;
    QLabel* m_waited;
    QPushButton* m_stop;
    MessageStrip* m_message;
    QGroupBox* m_grantBox;
    GrantPanel* m_grant;
    QPushButton* m_acquire;
    QPushButton* m_close;
    QTimer* m_tick;
};

} // namespace lockscope
