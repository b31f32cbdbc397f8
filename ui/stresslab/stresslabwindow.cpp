// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/stresslabwindow.h"

#include "base/errortext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "deployment/stresshtml.h"
#include "deployment/stressjson.h"
#include "stresslab/comparepage.h"
#include "stresslab/faultbuttons.h"
#include "stresslab/runview.h"

#include <QFileDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollArea>
#include <QTabWidget>

#include <algorithm>

namespace lockscope {

namespace {

constexpr QSize defaultSize { 1360, 900 };
constexpr int sideWidth = 380;
constexpr int progressSteps = 1000;

/// `hold: …` as a sentence.
QString sentence(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text.isEmpty() || text.endsWith(QLatin1Char('.')) ? text : QString(text + QLatin1Char('.'));
}

} // namespace

StressLabWindow::StressLabWindow(Settings& settings, QWidget* parent)
    : QWidget(parent, Qt::Window)
    , m_settings(settings)
    , m_setup(new LabSetup)
    , m_view(new RunView)
    , m_compare(new ComparePage([this] { return m_setup->config(); }))
    , m_tabs(new QTabWidget(this))
    , m_message(new MessageStrip(this))
    , m_start(new QPushButton(themedIcon(QStringLiteral("resume")), tr("&Start"), this))
    , m_stop(new QPushButton(tr("S&top"), this))
    , m_export(new QPushButton(themedIcon(QStringLiteral("copy")), tr("&Export"), this))
    , m_progress(new QProgressBar(this))
{
    setObjectName(QStringLiteral("stressLab"));
    setWindowTitle(tr("Stress lab"));
    resize(defaultSize);
    restoreGeometry(m_settings.bytes(Setting::LabGeometry));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->setSpacing(18);
    layout->addWidget(buildSide());
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_view, tr("&Run"));
    m_tabs->addTab(m_compare, tr("Co&mpare"));
    layout->addWidget(m_tabs, 1);
    wire();
    m_setup->restore(m_settings.bytes(Setting::StressLab));
    updateState();
}

StressLabWindow::~StressLabWindow()
{
    m_run.reset();
    m_settings.setValue(Setting::LabGeometry, saveGeometry());
    m_settings.setValue(Setting::StressLab, m_setup->saved());
}

QWidget* StressLabWindow::buildSide()
{
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("What the run is told"));
    area->setWidget(m_setup);
    auto* side = new QWidget(this);
    side->setFixedWidth(sideWidth);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(area, 1);
    layout->addWidget(m_message);
    layout->addWidget(buildControls());
    return side;
}

QWidget* StressLabWindow::buildControls()
{
    auto* box = new QWidget(this);
    m_progress->setRange(0, progressSteps);
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(8);
    QSizePolicy policy = m_progress->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(policy);
    m_progress->setAccessibleName(tr("Progress of the run"));
    m_start->setToolTip(tr("Start the run (Ctrl+Enter)"));
    m_stop->setToolTip(tr("End the load at once, undo every fault, and remove the keys (Ctrl+.)"));
    auto* menu = new QMenu(m_export);
    connect(menu->addAction(tr("Report for people (&HTML)…")), &QAction::triggered, this,
        [this] { chooseExport(QStringLiteral("html")); });
    connect(menu->addAction(tr("Everything for programs (&JSON)…")), &QAction::triggered, this,
        [this] { chooseExport(QStringLiteral("json")); });
    m_export->setMenu(menu);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : { m_start, m_stop, m_export }) {
        button->setAutoDefault(false);
        buttons->addWidget(button, 1);
    }
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_progress);
    layout->addLayout(buttons);
    return box;
}

void StressLabWindow::wire()
{
    connect(m_setup, &LabSetup::changed, this, &StressLabWindow::updateState);
    connect(m_compare, &ComparePage::runningChanged, this, &StressLabWindow::updateState);
    connect(m_start, &QPushButton::clicked, this, &StressLabWindow::start);
    connect(m_stop, &QPushButton::clicked, this, &StressLabWindow::stop);
    connect(m_view->faultButtons(), &FaultButtons::fireRequested, this, &StressLabWindow::fire);
    connect(m_view->faultButtons(), &FaultButtons::endRequested, this, [this](const QByteArray& name) {
        if (m_run)
            m_run->endFault(name);
    });
}

void StressLabWindow::setConnection(const LabConnection& connection) { m_setup->setConnection(connection); }

void StressLabWindow::updateState()
{
    const Status usable = m_setup->check();
    if (usable)
        m_message->clear();
    else if (usable.error().kind == ErrorKind::Usage)
        m_message->showMessage(Tone::Warning, sentence(usable.error().detail));
    else
        m_message->showMessage(
            Tone::Warning, sentence(errorMessage(usable.error())), sentence(errorHint(usable.error())));
    const bool isComparing = m_compare->isRunning();
    m_compare->setBusy(m_run != nullptr || !usable);
    m_start->setEnabled(!m_run && !isComparing && usable);
    m_stop->setEnabled(m_run != nullptr);
    m_progress->setVisible(m_run != nullptr);
    m_export->setEnabled(!m_run && m_report);
    m_setup->setEnabled(!m_run && !isComparing);
}

void StressLabWindow::start()
{
    if (m_run || m_compare->isRunning())
        return;
    m_config = m_setup->config();
    Result<std::unique_ptr<StressRun>> run = StressRun::create(m_config);
    if (!m_setup->check() || !run)
        return updateState();
    m_settings.setValue(Setting::StressLab, m_setup->saved());
    m_report.reset();
    m_run = std::move(*run);
    connect(m_run.get(), &StressRun::progressed, this, &StressLabWindow::pull);
    connect(m_run.get(), &StressRun::finished, this, &StressLabWindow::onFinished);
    m_tabs->setCurrentWidget(m_view);
    m_view->begin(m_config);
    m_progress->setRange(0, 0);
    updateState();
    m_run->start();
}

void StressLabWindow::stop()
{
    if (m_run)
        m_run->stop();
}

void StressLabWindow::pull()
{
    const std::shared_ptr<const StressProgress> progress = m_run ? m_run->progress() : nullptr;
    if (!progress)
        return;
    showProgress(*progress);
    m_view->show(*progress);
}

void StressLabWindow::showProgress(const StressProgress& progress)
{
    const bool isMeasured = progress.stage == StressProgress::Stage::Running && progress.elapsed > 0;
    m_progress->setRange(0, isMeasured ? progressSteps : 0);
    if (!isMeasured)
        return;
    const double bySections
        = m_config.sections > 0 ? double(progress.counters.sections) / double(m_config.sections) : 0;
    const double byTime = double(progress.elapsed) / (double(m_config.duration.count()) * 1e6);
    m_progress->setValue(int(std::min(1.0, std::max(bySections, byTime)) * progressSteps));
}

void StressLabWindow::onFinished()
{
    pull();
    const auto result = m_run->result();
    m_run.release()->deleteLater(); // this may be its own signal
    m_progress->setRange(0, progressSteps);
    m_progress->setValue(result && *result ? progressSteps : 0);
    if (result && *result) {
        m_report = **result;
        m_view->show(*m_report);
        m_compare->addRun(*m_report);
    } else {
        m_view->showError(result ? result->error() : makeError(ErrorKind::Internal));
    }
    updateState();
    Q_EMIT runEnded();
}

void StressLabWindow::fire(const FaultSpec& fault)
{
    if (!m_run)
        return;
    if (const Status fired = m_run->fireFault(fault); !fired)
        m_message->showMessage(Tone::Warning, fired.error().detail);
}

void StressLabWindow::chooseExport(const QString& suffix)
{
    auto* dialog = new QFileDialog(this, tr("Export the report"), QStringLiteral("stress-report.") + suffix,
        suffix == QLatin1StringView("html") ? tr("HTML (*.html)") : tr("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    connect(dialog, &QFileDialog::fileSelected, this, &StressLabWindow::exportTo);
    dialog->open();
}

void StressLabWindow::exportTo(const QString& file)
{
    if (!m_report)
        return;
    const QByteArray bytes = file.endsWith(QLatin1StringView(".html")) ? stressReportToHtml(*m_report)
                                                                       : stressReportToJson(*m_report, true) + '\n';
    QSaveFile out(file);
    out.setDirectWriteFallback(true);
    if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit())
        m_message->showMessage(Tone::Positive, tr("The report was written."), file);
    else
        m_message->showError(makeError(ErrorKind::Storage, file + QStringLiteral(": ") + out.errorString()));
}

void StressLabWindow::closeEvent(QCloseEvent* event)
{
    stop(); // nobody would see the load
    m_compare->stop();
    QWidget::closeEvent(event);
}

void StressLabWindow::keyPressEvent(QKeyEvent* event)
{
    const bool isControl = event->modifiers().testFlag(Qt::ControlModifier);
    if (isControl && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        if (m_tabs->currentWidget() == m_compare)
            m_compare->startButton()->click();
        else if (m_start->isEnabled())
            start();
    } else if (isControl && event->key() == Qt::Key_Period) {
        stop();
        m_compare->stop();
    } else if (event->key() == Qt::Key_Escape && !m_run && !m_compare->isRunning()) {
        close();
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace lockscope
