// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/releasereview.h"

#include <QFrame>

class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;

namespace lockscope {

class Badge;
class BytesView;

/// One target of the force-release dialog: who holds it, since when, what is left, whether that is still true, and
/// later what became of it.
class TargetCard final : public QFrame {
    Q_OBJECT
public:
    explicit TargetCard(const ReleaseCandidate& candidate, QWidget* parent = nullptr);
    void show(const ReleaseCandidate& candidate, bool anyToken);
    /// Time has passed: ages and remaining times only.
    void tick();
    /// While it is being released nothing may be adopted.
    void setBusy(bool busy);

Q_SIGNALS:
    void adoptRequested();
    void lookRequested();
    /// One of several holders.
    void holderChosen(const QByteArray& token);

private:
    void build();
    void showImpact(const ReleaseCandidate& candidate);
    void showDifference(const ReleaseCandidate& candidate);
    void showHolders(const ReleaseCandidate& candidate);
    void showLook(const ReleaseCandidate& candidate, bool anyToken);
    void showResult(const ForceReleaseResult& result);

    ReleaseCandidate m_candidate;
    Badge* m_badge;
    QLabel* m_note;
    BytesView* m_key;
    BytesView* m_token;
    QLabel* m_fingerprint;
    QLabel* m_owner;
    QLabel* m_held;
    QLabel* m_remaining;
    QPushButton* m_adopt;
    QPushButton* m_lookAgain;
    QLabel* m_difference;
    QComboBox* m_holders;
    QFormLayout* m_form;
    QList<QLabel*> m_impact; ///< values of the form's last rows, one an ImpactLine; hidden where there are fewer
};

} // namespace lockscope
