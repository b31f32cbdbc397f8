// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QDialog>
#include <QPointer>

class QGroupBox;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace lockscope {

class DurationEdit;
class GrantPanel;
class MessageStrip;

/// Takes a lock (SET NX PX with a random token) and keeps it at hand: validity, extend, release. Closing it while the
/// lock is held asks inline what is to become of it.
class AcquireDialog final : public QDialog {
    Q_OBJECT
public:
    AcquireDialog(Deployment* deployment, const QByteArray& key, QWidget* parent = nullptr);

    [[nodiscard]] bool isHeld() const; ///< a lock was taken and is still ours

    /// Asks first where a lock is held. While it waits for one the wait is cancelled and the dialog hides: a grant that
    /// still comes is given back at once, and then it goes.
    void reject() override;

private:
    void build();
    void acquire();
    void giveBack(const Result<AcquireGrant>& grant);
    void showAnswer(const Result<AcquireGrant>& grant);
    void growToFit();
    void setBusy(bool busy);
    void updateButtons();

    QPointer<Deployment> m_deployment;
    bool m_busy = false;
    bool m_isAbandoned = false; // closed while waiting
    QLineEdit* m_key;
    DurationEdit* m_ttl;
    DurationEdit* m_wait;
    QProgressBar* m_progress;
    MessageStrip* m_message;
    MessageStrip* m_closeQuestion;
    QGroupBox* m_grantBox;
    GrantPanel* m_grant;
    QPushButton* m_acquire;
    QPushButton* m_close;
};

} // namespace lockscope
