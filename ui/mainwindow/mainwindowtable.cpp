// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "common/motion.h"
#include "common/settings.h"
#include "connections/completenessstrip.h"
#include "locktable/filterbar.h"
#include "locktable/groupspanel.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "locktable/viewsmenu.h"
#include "mainwindow/statuspanel.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"

#include <QDockWidget>

// How the window shows and remembers what goes on in the table.

namespace lockscope {

namespace {

constexpr Milliseconds ghostTime { 3000 };

} // namespace

void MainWindow::wireMarks()
{
    QAction* ended = m_registry->action(ActionId::ShowEnded);
    connect(ended, &QAction::toggled, this, [this](bool isShown) {
        m_settings.setValue(Setting::HideEnded, !isShown);
        m_model->setGhostTime(isShown ? ghostTime : Milliseconds(0));
    });
    ended->setChecked(!m_settings.value(Setting::HideEnded).toBool());
    QAction* still = m_registry->action(ActionId::ReduceMotion);
    connect(still, &QAction::toggled, this, [this](bool isReduced) {
        m_settings.setValue(Setting::ReducedMotion, isReduced);
        setMotionReduced(isReduced);
    });
    still->setChecked(m_settings.value(Setting::ReducedMotion).toBool());
    setMotionReduced(still->isChecked());
    connect(m_forceRelease, &ForceReleaseController::finished, this, [this](const QList<ForceReleaseResult>& results) {
        for (const ForceReleaseResult& result : results) {
            if (result.outcome == ReleaseOutcome::Released)
                m_model->noteForced(result.target.key);
        }
    });
}

void MainWindow::buildViews()
{
    QAction* save = m_registry->action(ActionId::SaveView);
    m_viewsMenu = new ViewsMenu(m_savedViews, save, this);
    m_filterBar->setViewsMenu(m_viewsMenu);
    connect(m_viewsMenu, &ViewsMenu::viewChosen, this, &MainWindow::applyView);
    connect(save, &QAction::triggered, this, [this] {
        m_viewsMenu->askToSave({ {}, m_filterBar->text(), m_view->saveLayout(), false });
    });
    connect(m_registry->action(ActionId::OpenViews), &QAction::triggered, m_filterBar, &FilterBar::openViewsMenu);
}

void MainWindow::applyView(const SavedView& view)
{
    if (!view.layout.isEmpty())
        m_view->restoreLayout(view.layout);
    if (view.rankBy)
        m_view->rankBy(*view.rankBy);
    m_filterBar->setText(view.filter);
}

void MainWindow::buildGroups()
{
    m_groups = new GroupsPanel(m_model, this);
    m_groupsDock = new QDockWidget(tr("Groups"), this);
    m_groupsDock->setObjectName(QStringLiteral("groupsDock"));
    m_groupsDock->setWidget(m_groups);
    addDockWidget(Qt::LeftDockWidgetArea, m_groupsDock);
    m_groupsDock->hide();
    connect(m_groups, &GroupsPanel::groupChosen, this, &MainWindow::filterByGroup);
    connect(m_filterBar, &FilterBar::filterChanged, this, [this] {
        if (m_groupWord.isEmpty() || m_filterBar->text().split(QLatin1Char(' ')).contains(m_groupWord))
            return;
        m_groupWord.clear();
        m_groups->clearChoice();
    });
}

// The word takes the place of the one before it; what else was typed stays.
void MainWindow::filterByGroup(const QString& word)
{
    QStringList words = m_filterBar->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!m_groupWord.isEmpty())
        words.removeAll(m_groupWord);
    words.removeAll(word);
    words.append(word);
    m_groupWord = word;
    m_filterBar->setText(words.join(QLatin1Char(' ')));
}

// Ghosts are rows, but no locks.
void MainWindow::showCounts()
{
    FilterBar::Picture picture = FilterBar::Picture::Whole;
    if (!m_status.completeness.complete)
        picture = m_status.link == LinkState::Ready ? FilterBar::Picture::Scanning : FilterBar::Picture::Partial;
    m_filterBar->setCounts(m_model->liveRowCount(), m_model->totalCount(), picture);
    m_statusPanel->setCounts(m_model->liveRowCount(), m_model->totalCount());
}

void MainWindow::showPause()
{
    m_completeness->setPaused(m_view->isPaused() ? std::optional<qsizetype>(m_model->heldBackCount()) : std::nullopt);
}

} // namespace lockscope
