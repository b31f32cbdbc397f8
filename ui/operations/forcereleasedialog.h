// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/releasereview.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QTimer;
class QToolButton;

namespace lockscope {

class MessageStrip;
class TargetCard;

/// Shows what a force-release would end and asks for a reason. Sends nothing itself: ForceReleaseController does.
/// Nothing is confirmed by Enter; the default button is Cancel.
class ForceReleaseDialog final : public QDialog {
    Q_OBJECT
public:
    /// `selectedCount`: how many were selected; more than the cap is said.
    ForceReleaseDialog(const QList<LockRecord>& locks, qsizetype selectedCount, QWidget* parent = nullptr);
    ~ForceReleaseDialog() override;

    void setLook(qsizetype index, const Result<LockInspection>& inspection);
    void setResults(const QList<ForceReleaseResult>& results);
    void setFailure(const Error& error);
    /// Why nothing may be sent at this moment (connection lost, read-only), or empty.
    void setRefusal(const QString& refusal);
    [[nodiscard]] const ReleaseReview& review() const { return m_review; }

Q_SIGNALS:
    void lookRequested(qsizetype index);
    void confirmed(const lockscope::ForceReleaseRequest& request);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build(qsizetype selectedCount);
    QWidget* buildTargets();
    QWidget* buildCommand();
    void wire();
    void confirm();
    void refresh();
    void showFinished();

    ReleaseReview m_review;
    QList<TargetCard*> m_cards;
    MessageStrip* m_warning;
    MessageStrip* m_anyWarning;
    QLabel* m_explanation;
    QToolButton* m_commandToggle;
    QPlainTextEdit* m_command;
    QCheckBox* m_anyToken;
    QLineEdit* m_reason;
    QLabel* m_missing;
    QProgressBar* m_progress;
    QPushButton* m_release;
    QPushButton* m_cancel;
    QTimer* m_timer;
    QString m_refusal;
    bool m_sending = false;
};

} // namespace lockscope
