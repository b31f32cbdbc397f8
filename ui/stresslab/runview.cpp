// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/runview.h"

#include "base/errortext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "stresslab/faultbuttons.h"
#include "stresslab/labfigures.h"
#include "stresslab/labplot.h"
#include "stresslab/labtext.h"
#include "stresslab/lanesview.h"
#include "stresslab/violationdetails.h"
#include "stresslab/violationmodel.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace lockscope {

namespace {

constexpr double zoomStep = 1.6;
constexpr double shortestSample = 0.02; // seconds: the last one may be a remnant
constexpr double hole = std::numeric_limits<double>::quiet_NaN();

QToolButton* makeButton(const QString& text, const QString& tip)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

QLabel* makeHeading(const QString& text)
{
    auto* label = new QLabel(text);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    return label;
}

/// Both from µs, without the unit: the title has it.
QString millisecondsPair(qint64 first, qint64 second)
{
    const auto text = [](qint64 us) { return QLocale().toString(double(us) / 1000, 'f', us < 10'000 ? 2 : 0); };
    return text(first) + QStringLiteral(" / ") + text(second);
}

} // namespace

RunView::RunView(QWidget* parent)
    : QWidget(parent)
    , m_verdict(new MessageStrip(this))
    , m_figures(new LabFigures(this))
    , m_buttons(new FaultButtons(this))
    , m_throughput(new LabPlot(tr("Throughput"), tr("Critical sections entered a second"), LabPlot::Scale::Linear,
          { tr("sections/s") }, this))
    , m_latency(new LabPlot(tr("Acquire, ms"),
          tr("How long the attempt took that was granted: half of them were faster, and 99 of 100"),
          LabPlot::Scale::Logarithmic, { tr("p50"), tr("p99") }, this))
    , m_contention(new LabPlot(tr("Contention"),
          tr("Clients that wait for a lock, and how many attempts a second were refused because it was taken"),
          LabPlot::Scale::TwoLinear, { tr("waiting"), tr("refused/s") }, this))
    , m_lanes(new LanesView(this))
    , m_model(new ViolationModel(this))
    , m_table(new QTableView(this))
    , m_details(new ViolationDetails(this))
    , m_noViolations(new QLabel(m_table->viewport()))
    , m_follow(makeButton(tr("Live"), tr("Go with the end of the run (Home)")))
    , m_zoomIn(makeButton(QStringLiteral("+"), tr("Show a shorter time (+)")))
    , m_zoomOut(makeButton(QStringLiteral("−"), tr("Show a longer time (−)")))
    , m_previous(makeButton(QStringLiteral("◂"), tr("Previous violation (P)")))
    , m_next(makeButton(QStringLiteral("▸"), tr("Next violation (N)")))
    , m_pages(new QStackedWidget(this))
{
    auto* below = new QSplitter(Qt::Vertical, this);
    below->setChildrenCollapsible(false);
    below->addWidget(buildLanes());
    below->addWidget(buildViolations());
    below->setStretchFactor(0, 3);
    below->setStretchFactor(1, 2);
    auto* body = new QWidget(this);
    auto* bodyLayout = new QVBoxLayout(body);
    bodyLayout->setContentsMargins(0, 0, 0, 0);
    bodyLayout->setSpacing(10);
    bodyLayout->addWidget(m_figures);
    bodyLayout->addWidget(m_buttons);
    bodyLayout->addWidget(buildPlots());
    bodyLayout->addWidget(below, 1);
    auto* empty = new QLabel(
        tr("Choose a strategy and a load, and start.\n\nThe lab puts virtual clients on the lock, does the "
           "harm that you ask for, and watches every critical section: did the lock hold, and how "
           "fast was it?"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    m_pages->addWidget(empty);
    m_pages->addWidget(body);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_verdict);
    layout->addWidget(m_pages, 1);
    wire();
}

QWidget* RunView::buildPlots()
{
    auto* box = new QWidget;
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(14);
    for (LabPlot* plot : { m_throughput, m_latency, m_contention })
        layout->addWidget(plot, 1);
    box->setFixedHeight(m_throughput->sizeHint().height());
    return box;
}

QWidget* RunView::buildLanes()
{
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    auto* top = new QHBoxLayout;
    top->setSpacing(4);
    top->addWidget(makeHeading(tr("Clients")));
    top->addStretch();
    for (QToolButton* button : { m_previous, m_next, m_zoomOut, m_zoomIn, m_follow })
        top->addWidget(button);
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_lanes, 1);
    m_lanes->setMinimumHeight(130);
    return box;
}

QWidget* RunView::buildViolations()
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Violations"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 7);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int character = m_table->fontMetrics().averageCharWidth();
    for (const auto& [column, characters] :
        { std::pair(ViolationColumn::Time, 11), std::pair(ViolationColumn::Kind, 24),
            std::pair(ViolationColumn::Cause, 18), std::pair(ViolationColumn::Clients, 10) })
        header->resizeSection(int(column), character * characters);
    header->setStretchLastSection(true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_noViolations->setAlignment(Qt::AlignCenter);
    m_noViolations->setWordWrap(true);
    m_noViolations->setForegroundRole(QPalette::PlaceholderText);
    auto* overlay = new QVBoxLayout(m_table->viewport());
    overlay->addWidget(m_noViolations);
    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 4, 0, 0);
    leftLayout->setSpacing(4);
    leftLayout->addWidget(makeHeading(tr("Violations")));
    leftLayout->addWidget(m_table, 1);
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(left);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({ 540, 380 });
    splitter->setMinimumHeight(190);
    return splitter;
}

void RunView::wire()
{
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& now) { showCurrent(now.row()); });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) { openViolation(index.row()); });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) { showCurrent(index.row()); });
    connect(m_model, &QAbstractItemModel::dataChanged, this,
        [this] { m_details->show(m_model->at(m_table->currentIndex().row())); });
    connect(m_follow, &QToolButton::clicked, this, [this] {
        m_lanes->follow();
        m_follow->setChecked(true);
    });
    connect(m_lanes, &LanesView::followingChanged, m_follow, &QToolButton::setChecked);
    connect(m_zoomIn, &QToolButton::clicked, this, [this] { m_lanes->zoom(1 / zoomStep); });
    connect(m_zoomOut, &QToolButton::clicked, this, [this] { m_lanes->zoom(zoomStep); });
    // Only where no text is typed.
    for (QWidget* place : std::initializer_list<QWidget*> { m_lanes, m_table }) {
        for (const auto& [key, by] : { std::pair(Qt::Key_P, -1), std::pair(Qt::Key_N, 1) }) {
            auto* shortcut = new QShortcut(key, place);
            shortcut->setContext(Qt::WidgetShortcut);
            connect(shortcut, &QShortcut::activated, this, [this, by = by] { stepViolation(by); });
        }
    }
    connect(m_previous, &QToolButton::clicked, this, [this] { stepViolation(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { stepViolation(1); });
}

void RunView::begin(const StressConfig& config)
{
    m_isOver = false;
    m_pages->setCurrentIndex(1);
    m_figures->clear();
    m_lanes->clear();
    setViolations({}, {});
    m_buttons->setRun(config, true);
    for (LabPlot* plot : { m_throughput, m_latency, m_contention })
        plot->clear();
    m_verdict->showMessage(Tone::Info, tr("Getting ready: servers, connections, clients…"));
}

void RunView::drawPlots(const std::vector<StressSample>& samples, const std::vector<FaultMark>& faults, qint64 elapsed)
{
    LabPlot::Curve throughput;
    LabPlot::Curve p50;
    LabPlot::Curve p99;
    LabPlot::Curve waiting;
    LabPlot::Curve refused;
    qint64 before = 0;
    for (const StressSample& sample : samples) {
        const double seconds = double(sample.at - std::exchange(before, sample.at)) / 1e9;
        if (seconds < shortestSample)
            continue;
        const double at = double(sample.at) / 1e9;
        const auto add = [at](LabPlot::Curve& curve, double value) {
            curve.times.append(at);
            curve.values.append(value);
        };
        add(throughput, double(sample.sections) / seconds);
        add(p50, sample.sections > 0 ? double(sample.acquireP50) / 1000 : hole);
        add(p99, sample.sections > 0 ? double(sample.acquireP99) / 1000 : hole);
        add(waiting, sample.waiting);
        add(refused, double(sample.refused) / seconds);
    }
    const double end = double(elapsed) / 1e9;
    const bool any = !throughput.values.isEmpty();
    const QString dash(QChar(0x2013));
    m_throughput->draw({ throughput }, faults, end, any ? tr("%1/s").arg(countText(throughput.values.last())) : dash);
    m_latency->draw({ p50, p99 }, faults, end,
        any && !samples.empty() && samples.back().sections > 0
            ? millisecondsPair(samples.back().acquireP50, samples.back().acquireP99)
            : dash);
    m_contention->draw(
        { waiting, refused }, faults, end, any ? tr("%1 waiting").arg(countText(waiting.values.last())) : dash);
}

void RunView::setViolations(const std::vector<Violation>& violations, const std::vector<LaneScene>& scenes)
{
    m_model->setViolations(violations, scenes);
    const bool isEmpty = violations.empty();
    m_noViolations->setVisible(isEmpty);
    m_noViolations->setText(m_isOver ? tr("None was seen.") : tr("None so far."));
    for (QToolButton* button : { m_previous, m_next })
        button->setEnabled(!isEmpty);
    if (isEmpty)
        m_details->show(nullptr);
}

void RunView::show(const StressProgress& progress)
{
    if (m_isOver)
        return;
    showVerdict(progress);
    if (progress.stage == StressProgress::Stage::Preparing)
        return;
    m_figures->show(progress);
    drawPlots(progress.samples, progress.faults, progress.elapsed);
    m_lanes->addProgress(progress);
    setViolations(progress.violations, progress.scenes);
    m_buttons->setMarks(progress.faults);
}

void RunView::show(const StressReport& report)
{
    m_isOver = true;
    m_pages->setCurrentIndex(1);
    m_figures->show(report);
    drawPlots(report.samples, report.faults, report.elapsed);
    setViolations(report.violations, report.scenes);
    m_buttons->setRun(report.config, false);
    showVerdict(report);
}

void RunView::showError(const Error& error)
{
    m_isOver = true;
    m_buttons->setRun({}, false);
    if (error.kind == ErrorKind::Cancelled)
        m_verdict->showMessage(Tone::Neutral, tr("Stopped before the load began."));
    else
        m_verdict->showError(error);
}

void RunView::showVerdict(const StressProgress& progress)
{
    if (progress.stage == StressProgress::Stage::Preparing)
        return;
    const QString sections = tr("%1 sections").arg(countText(double(progress.counters.sections)));
    const QString stage = progress.stage == StressProgress::Stage::Checking
        ? tr("Checking the order of the operations…")
        : tr("%1 of %2 clients wait, %3 hold a lock.")
              .arg(countText(progress.waiting), countText(progress.clients), countText(progress.holding));
    if (progress.oracle.violations() == 0)
        m_verdict->showMessage(Tone::Info, tr("Holds so far: no violation in %1.").arg(sections), stage);
    else
        m_verdict->showMessage(
            Tone::Danger, tr("Violated: %1 in %2.").arg(oracleText(progress.oracle), sections), stage);
}

void RunView::showVerdict(const StressReport& report)
{
    const QString sections = tr("%1 sections").arg(countText(double(report.counters.sections)));
    QStringList details;
    const bool isDisordered = report.linearizability.kind == LinearizabilityVerdict::Kind::Violated;
    if (isDisordered)
        details.append(tr("No order of the operations explains the answers of the lock service: %1.")
                           .arg(report.linearizability.counterExample.join(QStringLiteral("; "))));
    if (report.oracle.staleWritesBlocked > 0)
        details.append(tr("Fencing blocked %1 stale writes.").arg(countText(double(report.oracle.staleWritesBlocked))));
    if (report.interrupted)
        details.append(tr("The run was stopped before its time."));
    if (report.keysLeft == 0)
        details.append(tr("No keys were left behind."));
    details.append(report.notes);
    details.append(tr("Seed %1.").arg(report.config.seed));
    if (report.violationCount() == 0) {
        details.prepend(tr("That is no proof: this load, with these faults and this seed, did not break it."));
        return m_verdict->showMessage(Tone::Positive,
            tr("%1 held: no violation in %2.").arg(QString::fromLatin1(report.config.strategy), sections),
            details.join(QLatin1Char(' ')));
    }
    const QString what = report.oracle.violations() > 0 ? oracleText(report.oracle) : tr("the order of the operations");
    m_verdict->showMessage(Tone::Danger,
        tr("%1 was violated: %2 in %3.").arg(QString::fromLatin1(report.config.strategy), what, sections),
        details.join(QLatin1Char(' ')));
}

void RunView::showCurrent(int row)
{
    const Violation* violation = m_model->at(row);
    m_details->show(violation);
    if (violation)
        m_lanes->showViolation(*violation, m_model->scene(row));
}

void RunView::openViolation(int row)
{
    if (!m_model->at(row))
        return;
    m_table->selectRow(row);
    showCurrent(row);
    m_lanes->setFocus();
}

void RunView::stepViolation(int by)
{
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int now = m_table->currentIndex().isValid() ? m_table->currentIndex().row() : (by > 0 ? -1 : count);
    m_table->selectRow(std::clamp(now + by, 0, count - 1));
}

} // namespace lockscope
