// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/writeaccess.h"

#include <QDialog>
#include <QPointer>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace lockscope {

class Deployment;
class MessageStrip;

/// Asks why the writes of a production connection shall be armed and for how long, and arms them. Enter never confirms.
class ArmDialog final : public QDialog {
    Q_OBJECT
public:
    /// Once the deployment is gone it can only be closed.
    ArmDialog(Deployment* deployment, QWidget* parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void arm();
    void updateButtons();

    QPointer<Deployment> m_deployment;
    QLineEdit* m_reason;
    QComboBox* m_duration;
    MessageStrip* m_message;
    QPushButton* m_arm;
    QPushButton* m_cancel;
    bool m_busy = false;
};

} // namespace lockscope
