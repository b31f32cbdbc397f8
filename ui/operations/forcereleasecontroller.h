// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"
#include "operations/releasereview.h"

#include <QPointer>

class QWidget;

namespace lockscope {

class ForceReleaseDialog;
class PacedRelease;

/// The one path of a force-release in the window: toolbar, context menu and keyboard all end in open(). Re-reads the
/// targets, asks through the dialog, sends once. Outlives the dialog, so that no result is lost.
class ForceReleaseController final : public QObject {
    Q_OBJECT
public:
    /// `window`: parent of the dialogs.
    explicit ForceReleaseController(QWidget* window);

    /// The deployment may be null; it must outlive its use here or be replaced before it goes.
    void setDeployment(Deployment* deployment);
    void setStatus(const WatchStatus& status);
    /// How long somebody looks who comes next; the default is a usual renewal period.
    void setFollowWindow(Milliseconds window) { m_followWindow = window; }
    /// Why nothing can be released at this moment, for people; empty when it can.
    [[nodiscard]] QString refusal() const;
    /// The locks as on screen, tokens included. Does nothing for an empty list or when there is a refusal.
    void open(const QList<LockRecord>& locks);
    [[nodiscard]] ForceReleaseDialog* dialog() const { return m_dialog; }

Q_SIGNALS:
    void refusalChanged(const QString& refusal);
    /// A release was answered, whoever looks at it.
    void finished(const QList<lockscope::ForceReleaseResult>& results);
    /// A release ended after its dialog was closed.
    void finishedUnattended(const QList<lockscope::ForceReleaseResult>& results);
    /// `locks`: their keys, for people.
    void failedUnattended(const lockscope::Error& error, const QString& locks);

private:
    void look(qsizetype index);
    void send(const ForceReleaseRequest& request, double perSecond);
    void onFinishedRelease(PacedRelease* release, const QPointer<ForceReleaseDialog>& dialog);
    void rememberTakenOver(const QList<ForceReleaseResult>& results);
    void follow(const QList<ForceReleaseResult>& results, const QPointer<ForceReleaseDialog>& dialog);
    void handBack();
    void updateRefusal();

    QWidget* m_window;
    QPointer<Deployment> m_deployment;
    QPointer<ForceReleaseDialog> m_dialog;
    QPointer<PacedRelease> m_release; // under way
    ForceReleaseRequest m_lastRequest;
    QHash<QByteArray, TakenOver> m_taken; // by key, in this connection
    Milliseconds m_followWindow { 10000 };
    LinkState m_link = LinkState::Closed;
    QString m_refusal;
};

} // namespace lockscope
