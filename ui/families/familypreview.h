// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/discovery.h"
#include "locks/families/familyregistry.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QTreeWidget;

namespace lockscope {

class Deployment;

/// Which keys of the connected server declared families match now, and why others with such names do not. Looks again
/// by itself soon after the declarations have changed. Reads only, a sample, within the load budget.
class FamilyPreview final : public QWidget {
    Q_OBJECT
public:
    explicit FamilyPreview(QWidget* parent = nullptr);

    /// Null: not connected.
    void setDeployment(Deployment* deployment);
    /// Null while the declarations have faults: what is shown then is of earlier ones, and says so.
    void setRegistry(std::shared_ptr<const FamilyRegistry> registry);

private:
    void look();
    void show(const Result<DiscoveryReport>& report, const FamilyRegistry& registry);
    void addSighting(const FamilySighting& sighting, const FamilyRegistry& registry);
    void setBusy(bool busy);
    void say(const QString& text);

    QPointer<Deployment> m_deployment;
    std::shared_ptr<const FamilyRegistry> m_registry;
    QLabel* m_summary;
    QProgressBar* m_progress;
    QPushButton* m_again;
    QTreeWidget* m_list;
    QTimer m_pause; ///< of typing
    bool m_busy = false;
    bool m_stale = false; ///< the declarations have changed since the look began
};

} // namespace lockscope
