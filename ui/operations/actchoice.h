// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/releasereview.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;

namespace lockscope {

class DurationEdit;

/// What is to be done to the locks of a review, from the gentlest on, with what each act needs. Acts that can be done
/// to none of them are grey and say why.
class ActChoice final : public QWidget {
    Q_OBJECT
public:
    explicit ActChoice(QWidget* parent = nullptr);
    /// New looks, rights or exclusions: what is possible may have changed.
    void update(const ReleaseReview& review);
    [[nodiscard]] ReleaseAct act() const;
    void select(LockAct act);

Q_SIGNALS:
    void changed();

private:
    void build();
    void showDetails(const ReleaseReview& review);

    QComboBox* m_acts;
    DurationEdit* m_ttl;
    QComboBox* m_clients;
    QCheckBox* m_partly;
    QLabel* m_explanation;
    QFormLayout* m_form;
    QList<ClientSeen> m_seen;
};

} // namespace lockscope
