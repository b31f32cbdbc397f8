// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/comparepage.h"

#include "base/errortext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "stresslab/compareplot.h"
#include "stresslab/labsetupparts.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QSpinBox>
#include <QTableView>

#include <set>

namespace lockscope {

namespace {

constexpr int usualRepeats = 5;
constexpr int choiceWidth = 220;

QString violatedNames(const ComparisonReport& report)
{
    QStringList names;
    for (const ComparedStrategy& strategy : report.strategies) {
        if (strategy.violatedRuns() > 0)
            names.append(QString::fromLatin1(strategy.name));
    }
    return names.join(QStringLiteral(", "));
}

} // namespace

ComparePage::ComparePage(std::function<StressConfig()> load, QWidget* parent)
    : QWidget(parent)
    , m_load(std::move(load))
    , m_model(new CompareModel(this))
    , m_strategies(new QListWidget(this))
    , m_repeats(labparts::number(tr("Runs of each"), 1, 100, usualRepeats))
    , m_start(new QPushButton(themedIcon(QStringLiteral("resume")), tr("&Compare"), this))
    , m_stop(new QPushButton(tr("Stop comp&aring"), this))
    , m_export(new QPushButton(themedIcon(QStringLiteral("copy")), tr("Export comparison…"), this))
    , m_progress(new QProgressBar(this))
    , m_message(new MessageStrip(this))
    , m_table(new QTableView(this))
    , m_figure(new QComboBox(this))
    , m_plot(new ComparePlot(this))
{
    auto* body = new QHBoxLayout;
    body->setSpacing(18);
    body->addWidget(buildChoice());
    body->addWidget(buildResult(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_message);
    layout->addLayout(body, 1);
    wire();
    updateState();
    redraw();
}

ComparePage::~ComparePage() = default;

QWidget* ComparePage::buildChoice()
{
    m_strategies->setAccessibleName(tr("Strategies to compare"));
    for (const StressChoice& choice : stressStrategies()) {
        auto* item = new QListWidgetItem(QString::fromLatin1(choice.name), m_strategies);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(choice.name == "set-nx" || choice.name == "redlock" ? Qt::Checked : Qt::Unchecked);
        item->setToolTip(choice.summary);
    }
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(8);
    m_progress->setAccessibleName(tr("Progress of the comparison"));
    auto* box = new QWidget(this);
    box->setFixedWidth(choiceWidth);
    auto* layout = labparts::section(box, tr("Strategies"));
    layout->addWidget(m_strategies, 1);
    auto* form = new QFormLayout;
    labparts::addRow(form, tr("Runs of each:"), { m_repeats });
    layout->addLayout(form);
    QLabel* note = labparts::note();
    note->setText(
        tr("All with the load and the faults on the left; in turn, so that what changes on the machine meets all "
           "alike. A strategy for one server gets one master."));
    layout->addWidget(note);
    layout->addWidget(m_progress);
    for (QPushButton* button : { m_start, m_stop, m_export }) {
        button->setAutoDefault(false);
        layout->addWidget(button);
    }
    return box;
}

void ComparePage::buildTable()
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Strategies and runs"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents); // a few rows only
    header->setStretchLastSection(true);
}

QWidget* ComparePage::buildResult()
{
    buildTable();
    m_figure->setAccessibleName(tr("Figure of the plot"));
    for (const CompareColumn column :
        { CompareColumn::Throughput, CompareColumn::AcquireP99, CompareColumn::Attempts, CompareColumn::Fairness })
        m_figure->addItem(m_model->headerData(int(column), Qt::Horizontal, Qt::DisplayRole).toString(), int(column));
    auto* top = new QHBoxLayout;
    top->addWidget(m_figure);
    QLabel* note = labparts::note();
    note->setText(tr("Means with 95 % confidence intervals (Student's t); select rows to plot only them."));
    top->addWidget(note, 1);
    auto* box = new QWidget(this);
    auto* layout = labparts::section(box, tr("Comparison and runs of this session"));
    layout->addWidget(m_table, 2);
    layout->addSpacing(6);
    layout->addLayout(top);
    layout->addWidget(m_plot, 3);
    return box;
}

void ComparePage::wire()
{
    connect(m_start, &QPushButton::clicked, this, &ComparePage::start);
    connect(m_stop, &QPushButton::clicked, this, &ComparePage::stop);
    connect(m_export, &QPushButton::clicked, this, &ComparePage::chooseExport);
    connect(m_strategies, &QListWidget::itemChanged, this, &ComparePage::updateState);
    connect(m_repeats, &QSpinBox::valueChanged, this, &ComparePage::updateState);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &ComparePage::redraw);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ComparePage::redraw);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &ComparePage::redraw);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ComparePage::redraw);
}

void ComparePage::choose(const QList<QByteArray>& strategies, int repeats)
{
    for (int i = 0; i < m_strategies->count(); ++i) {
        QListWidgetItem* item = m_strategies->item(i);
        item->setCheckState(strategies.contains(item->text().toLatin1()) ? Qt::Checked : Qt::Unchecked);
    }
    m_repeats->setValue(repeats);
}

ComparisonPlan ComparePage::plan() const
{
    ComparisonPlan plan;
    plan.load = m_load();
    plan.repeats = m_repeats->value();
    for (int i = 0; i < m_strategies->count(); ++i) {
        if (m_strategies->item(i)->checkState() == Qt::Checked)
            plan.strategies.append(m_strategies->item(i)->text().toLatin1());
    }
    return plan;
}

void ComparePage::setBusy(bool busy)
{
    m_isBusy = busy;
    updateState();
}

void ComparePage::updateState()
{
    int chosen = 0;
    for (int i = 0; i < m_strategies->count(); ++i)
        chosen += m_strategies->item(i)->checkState() == Qt::Checked ? 1 : 0;
    m_start->setEnabled(!m_comparison && !m_isBusy && chosen >= 2);
    m_start->setToolTip(m_isBusy ? tr("Not while a run goes on, or with a load that cannot be run")
            : chosen < 2         ? tr("Choose two strategies or more")
                                 : tr("%Ln runs", nullptr, chosen * m_repeats->value()));
    m_stop->setEnabled(m_comparison != nullptr);
    m_progress->setVisible(m_comparison != nullptr);
    m_export->setEnabled(!m_comparison && m_last);
    m_strategies->setEnabled(!m_comparison);
    m_repeats->setEnabled(!m_comparison);
}

void ComparePage::start()
{
    if (m_comparison || m_isBusy)
        return;
    Result<std::unique_ptr<StressComparison>> made = StressComparison::create(plan());
    if (!made)
        return m_message->showError(made.error());
    m_comparison = std::move(*made);
    connect(m_comparison.get(), &StressComparison::progressed, this, &ComparePage::showStep);
    connect(m_comparison.get(), &StressComparison::runEnded, this, &ComparePage::onRunEnded);
    connect(m_comparison.get(), &StressComparison::finished, this, &ComparePage::onFinished);
    m_progress->setRange(0, m_comparison->runsPlanned());
    m_progress->setValue(0);
    m_model->setComparison(m_comparison->report());
    updateState();
    Q_EMIT runningChanged();
    m_comparison->start();
}

void ComparePage::stop()
{
    if (m_comparison)
        m_comparison->stop();
}

void ComparePage::showStep()
{
    m_message->showMessage(Tone::Info,
        tr("Run %1 of %2: %3")
            .arg(m_comparison->runsDone() + 1)
            .arg(m_comparison->runsPlanned())
            .arg(QString::fromLatin1(m_comparison->currentStrategy())));
}

void ComparePage::onRunEnded()
{
    m_progress->setValue(m_comparison->runsDone());
    m_model->setComparison(m_comparison->report());
}

void ComparePage::onFinished()
{
    m_last = m_comparison->report();
    const std::optional<Error> error = m_comparison->error();
    m_comparison.release()->deleteLater(); // this is its own signal
    m_model->setComparison(*m_last);
    if (error)
        m_message->showError(*error);
    else if (m_last->interrupted)
        m_message->showMessage(Tone::Neutral, tr("Stopped; the runs so far count."));
    else if (m_last->isViolated())
        m_message->showMessage(Tone::Danger, tr("Compared; violated: %1.").arg(violatedNames(*m_last)));
    else
        m_message->showMessage(Tone::Positive, tr("Compared; every strategy held."));
    updateState();
    Q_EMIT runningChanged();
}

void ComparePage::redraw()
{
    std::set<int> chosen;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        chosen.insert(index.row());
    std::vector<ComparedRow> rows;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (chosen.empty() || chosen.contains(row))
            rows.push_back(m_model->row(row));
    }
    m_plot->draw(rows, CompareColumn(m_figure->currentData().toInt()));
}

void ComparePage::chooseExport()
{
    auto* dialog = new QFileDialog(
        this, tr("Export the comparison"), QStringLiteral("stress-comparison.json"), tr("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    connect(dialog, &QFileDialog::fileSelected, this, &ComparePage::exportTo);
    dialog->open();
}

void ComparePage::exportTo(const QString& file)
{
    if (!m_last)
        return;
    const QByteArray bytes = comparisonToJson(*m_last) + '\n';
    QSaveFile out(file);
    out.setDirectWriteFallback(true);
    if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit())
        m_message->showMessage(Tone::Positive, tr("The comparison was written."), file);
    else
        m_message->showError(makeError(ErrorKind::Storage, file + QStringLiteral(": ") + out.errorString()));
}

} // namespace lockscope
