// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/discovery.h"

#include <QDialog>
#include <QPointer>

class QLabel;
class QProgressBar;
class QPushButton;
class QTreeWidget;

namespace lockscope {

class Deployment;
class MessageStrip;

/// "Find my locks": samples the key space, lists the patterns that seem to name locks, and offers to watch those that
/// are checked. Reads only.
class FindLocksDialog final : public QDialog {
    Q_OBJECT
public:
    /// Begins to look at once.
    explicit FindLocksDialog(Deployment* deployment, QWidget* parent = nullptr);

    void reject() override;

Q_SIGNALS:
    void watchRequested(const QList<QByteArray>& matches); ///< none twice

private:
    void build();
    void buildList();
    void look();
    void showReport(const Result<DiscoveryReport>& report);
    void addProposal(const PatternProposal& proposal);
    void setBusy(bool busy);
    void updateButtons();
    [[nodiscard]] QList<QByteArray> checkedMatches() const;

    QPointer<Deployment> m_deployment;
    QLabel* m_summary;
    QProgressBar* m_progress;
    MessageStrip* m_message;
    QTreeWidget* m_list;
    QPushButton* m_watch;
    QPushButton* m_again;
    QPushButton* m_close;
    bool m_busy = false;
};

} // namespace lockscope
