// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace lockscope {

class Badge;
class BytesView;
class MessageStrip;

/// A lock that the operator has just taken: its token, how long it is valid, and the buttons to prolong it or give it
/// back.
class GrantPanel final : public QWidget {
    Q_OBJECT
public:
    explicit GrantPanel(Deployment* deployment, QWidget* parent = nullptr);
    void setGrant(const AcquireGrant& grant, Milliseconds extension);
    [[nodiscard]] bool isHeld() const; ///< as far as the local clock and our own release tell
    void release();

Q_SIGNALS:
    void heldChanged(bool held);
    void releaseFinished(bool released); ///< after release(): false where the outcome is an error

private:
    void build();
    void extend();
    void tick();
    void setEnded(const QString& text);

    QPointer<Deployment> m_deployment;
    AcquireGrant m_grant;
    Milliseconds m_extension { 0 };
    bool m_held = false;
    Badge* m_badge;
    BytesView* m_token;
    QLabel* m_validity;
    QProgressBar* m_bar;
    QPushButton* m_copy;
    QPushButton* m_extend;
    QPushButton* m_release;
    MessageStrip* m_message;
    QTimer* m_timer;
};

} // namespace lockscope
