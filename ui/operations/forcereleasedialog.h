// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/releasereview.h"
#include "redis/environment.h"

#include <QDialog>

class QCheckBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QTimer;
class QToolButton;

namespace lockscope {

class ActChoice;
class MessageStrip;
class ReleaseList;
class ReportButtons;
class TargetCard;
class TypedConfirmation;

/// Shows what an act on locks of somebody else's would do, lets choose its strength, and asks for a reason; stays open
/// to show what came of it and who came next. Sends nothing itself: ForceReleaseController does. Nothing is confirmed
/// by Enter; the default button is Cancel.
class ForceReleaseDialog final : public QDialog {
    Q_OBJECT
public:
    struct Options {
        qsizetype selectedCount = 1; ///< how many were selected; more than the limit is said
        int maximum = 10; ///< locks an act
        Environment environment = Environment::Unspecified;
    };
    ForceReleaseDialog(const QList<LockRecord>& locks, const Options& options, QWidget* parent = nullptr);
    ~ForceReleaseDialog() override;

    void setLook(qsizetype index, const Result<LockInspection>& inspection);
    void setImpact(qsizetype index, const Result<ReleaseImpact>& impact);
    void setTakenOver(const QHash<QByteArray, TakenOver>& taken);
    /// The first results of a paced act.
    void setProgress(const QList<ForceReleaseResult>& results, qsizetype total);
    void setResults(const QList<ForceReleaseResult>& results);
    void setFailure(const Error& error);
    /// Somebody looks for that long who comes next.
    void setFollowing(Milliseconds window);
    void setNext(const QList<NextHolder>& next);
    /// What handing back came to.
    void setHandedBack(const QList<ForceReleaseResult>& results);
    /// Why nothing may be sent at this moment (connection lost, read-only), or empty.
    void setRefusal(const QString& refusal);
    [[nodiscard]] const ReleaseReview& review() const { return m_review; }

Q_SIGNALS:
    void lookRequested(qsizetype index);
    /// `perSecond`: locks a second at most; 0: no limit.
    void confirmed(const lockscope::ForceReleaseRequest& request, double perSecond);
    void stopRequested();
    void handBackRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build(const Options& options);
    QWidget* buildTarget();
    QWidget* buildCommand();
    QLayout* buildForm();
    QLayout* buildButtons();
    void wire();
    void wireCard();
    void confirm();
    void send();
    void onLooked();
    void refresh();
    void refreshCard();
    void refreshConfirmation();
    void refreshButtons();
    void showFinished();
    void tick();
    [[nodiscard]] QString missing() const;
    [[nodiscard]] bool isConfirmationTyped() const;

    ReleaseReview m_review;
    const bool m_isProduction;
    MessageStrip* m_warning;
    MessageStrip* m_anyWarning;
    ReleaseList* m_list = nullptr; // of several locks
    TargetCard* m_card;
    ActChoice* m_act;
    QToolButton* m_commandToggle;
    QPlainTextEdit* m_command;
    QCheckBox* m_anyToken;
    QLineEdit* m_reason;
    QLineEdit* m_ticket;
    TypedConfirmation* m_confirmation;
    QLabel* m_confirmationLabel;
    QDoubleSpinBox* m_pace;
    QFormLayout* m_form;
    QLabel* m_missing;
    QProgressBar* m_progress;
    ReportButtons* m_report;
    QPushButton* m_handBack;
    QPushButton* m_stop;
    QPushButton* m_release;
    QPushButton* m_cancel;
    QTimer* m_timer;
    QString m_refusal;
    QList<ForceReleaseTarget> m_frozen; // what was meant when stale looks were renewed
    bool m_rechecking = false;
    bool m_differs = false; // a renewed look found something else
    bool m_sending = false;
    SteadyTime m_followUntil {};
    Milliseconds m_followWindow { 0 };
};

} // namespace lockscope
