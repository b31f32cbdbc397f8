// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctorpage.h"

#include "common/clipboard.h"
#include "common/elidedlabel.h"
#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/locktext.h"
#include "common/messagestrip.h"
#include "deployment/doctorjson.h"
#include "deployment/doctorreporttext.h"
#include "doctor/capabilitycard.h"
#include "doctor/findingcard.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int verdictIconSize = 22;

QLabel* makeHeading(const QString& text)
{
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setContentsMargins(2, 8, 0, 0);
    return label;
}

} // namespace

DoctorPage::DoctorPage(QWidget* parent)
    : QWidget(parent, Qt::Window)
    , m_strip(new EnvironmentStrip(this))
    , m_message(new MessageStrip(this))
    , m_progress(new QProgressBar(this))
    , m_pages(new QStackedWidget(this))
    , m_area(new QScrollArea(this))
{
    setObjectName(QStringLiteral("doctorPage"));
    setWindowTitle(tr("Doctor"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setAccessibleName(tr("Findings"));
    m_area->setFocusPolicy(Qt::NoFocus);
    m_pages->addWidget(buildEmpty());
    m_pages->addWidget(m_area);
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(6);
    m_progress->setAccessibleName(tr("Progress of the examination"));
    m_message->setClosable(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addWidget(buildHeader());
    layout->addWidget(m_message);
    layout->addWidget(m_progress);
    layout->addWidget(m_pages, 1);
    resize(1000, 780);
    updateState();
}

QWidget* DoctorPage::buildHeader()
{
    auto* header = new QWidget(this);
    m_title = new ElidedLabel(header);
    QFont font = m_title->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    m_title->setFont(font);
    m_verdictIcon = new QLabel(header);
    m_verdict = new QLabel(header);
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setWordWrap(true);
    m_verdict->setAccessibleName(tr("Result"));
    m_again = new QPushButton(themedIcon(QStringLiteral("refresh")), tr("Examine &again"), header);
    m_copy = new QPushButton(themedIcon(QStringLiteral("copy")), tr("&Copy as text"), header);
    m_export = new QPushButton(tr("&Export\u2026"), header);
    m_again->setToolTip(tr("Examine the deployment again now (F5)"));
    connect(m_again, &QPushButton::clicked, this, [this] { m_running ? cancel() : examine(); });
    connect(m_copy, &QPushButton::clicked, this,
        [this] { copyText(doctorReportText(*m_report, m_deployment ? m_deployment->title() : QString())); });
    connect(m_export, &QPushButton::clicked, this, &DoctorPage::chooseFile);
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    for (QPushButton* button : { m_copy, m_export, m_again })
        top->addWidget(button);
    auto* verdict = new QHBoxLayout;
    verdict->setSpacing(10);
    verdict->addWidget(m_verdictIcon, 0, Qt::AlignVCenter);
    verdict->addWidget(m_verdict, 1);
    m_filters = buildFilters();
    auto* layout = new QVBoxLayout(header);
    layout->setContentsMargins(16, 12, 16, 10);
    layout->setSpacing(10);
    layout->addLayout(top);
    layout->addLayout(verdict);
    layout->addWidget(m_filters);
    return header;
}

QWidget* DoctorPage::buildFilters()
{
    auto* filters = new QWidget(this);
    auto* layout = new QHBoxLayout(filters);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (int i = severityCount - 1; i >= 0; --i) {
        auto* toggle = new QToolButton(filters);
        toggle->setCheckable(true);
        toggle->setChecked(true);
        toggle->setIcon(themedIcon(severityIcon(Severity(i))));
        toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        toggle->setToolTip(tr("Show or hide: %1").arg(severityTitle(Severity(i))));
        connect(toggle, &QToolButton::toggled, this, &DoctorPage::applyFilters);
        m_toggles[size_t(i)] = toggle;
        layout->addWidget(toggle);
    }
    layout->addStretch();
    return filters;
}

QWidget* DoctorPage::buildEmpty()
{
    m_emptyText = new QLabel;
    m_emptyText->setAlignment(Qt::AlignCenter);
    m_emptyText->setWordWrap(true);
    m_emptyText->setForegroundRole(QPalette::PlaceholderText);
    m_emptyText->setMargin(40);
    return m_emptyText;
}

void DoctorPage::setDeployment(Deployment* deployment)
{
    if (m_deployment)
        m_deployment->disconnect(this);
    m_deployment = deployment;
    m_report.reset();
    m_running = false;
    ++m_run;
    m_message->clear();
    if (deployment) {
        m_strip->setEnvironment(deployment->writeAccess().environment, deployment->title());
        connect(deployment, &Deployment::examinationProgressed, this, [this](int done, int parts) {
            m_progress->setRange(0, parts);
            m_progress->setValue(done);
        });
    } else {
        m_strip->setEnvironment(Environment::Unspecified);
    }
    showReport();
}

void DoctorPage::setStatus(const WatchStatus& status)
{
    const bool becameReady = status.link == LinkState::Ready && m_status.link != LinkState::Ready;
    m_status = status;
    if (becameReady && isVisible() && !m_report && !m_running)
        examine();
    else
        updateState();
}

void DoctorPage::examine()
{
    if (!m_deployment || m_running)
        return;
    m_running = true;
    m_message->clear();
    m_progress->setRange(0, 0);
    onFinished(m_deployment->examine({}), this, [this, run = ++m_run](const Result<DoctorReport>& report) {
        if (run == m_run)
            receive(report);
    });
    updateState();
}

void DoctorPage::cancel()
{
    if (!m_running)
        return;
    ++m_run;
    m_running = false;
    if (m_deployment)
        m_deployment->cancelExamination();
    updateState();
}

void DoctorPage::receive(const Result<DoctorReport>& report)
{
    m_running = false;
    if (report) {
        m_report = *report;
        showReport();
    } else {
        // What was found before stays, with its time.
        m_message->showError(report.error());
        updateState();
    }
}

void DoctorPage::showReport()
{
    m_cards.clear();
    m_sections.fill(nullptr);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 0, 16, 16);
    layout->setSpacing(8);
    m_area->setWidget(content);
    if (m_report) {
        for (int severity = severityCount - 1; severity >= 0; --severity)
            addSection(Severity(severity));
        addCapabilities();
    }
    layout->addStretch();
    for (int i = 0; m_report && i < severityCount; ++i) {
        m_toggles[size_t(i)]->setText(tr("%1: %2").arg(severityTitle(Severity(i))).arg(m_report->counts()[size_t(i)]));
        m_toggles[size_t(i)]->setEnabled(m_report->counts()[size_t(i)] > 0);
    }
    applyFilters();
    updateState();
}

void DoctorPage::addSection(Severity severity)
{
    auto* section = new QWidget;
    auto* layout = new QVBoxLayout(section);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(severity == Severity::Ok ? 4 : 8);
    layout->addWidget(makeHeading(severityTitle(severity)));
    bool any = false;
    for (const Finding& finding : std::as_const(m_report->findings)) {
        if (finding.severity != severity)
            continue;
        // Where there is one server only, it need not be said again and again.
        const bool isPlain = m_report->nodes.size() == 1 && finding.nodes.value(0) == m_report->nodes.first().node;
        m_cards.append(new FindingCard(finding, !isPlain, section));
        layout->addWidget(m_cards.last());
        any = true;
    }
    if (!any) {
        delete section;
        return;
    }
    m_sections[size_t(severity)] = section;
    m_area->widget()->layout()->addWidget(section);
}

void DoctorPage::addCapabilities()
{
    QLayout* layout = m_area->widget()->layout();
    layout->addWidget(makeHeading(tr("What the server allows, and what is lost where it does not")));
    for (const NodeCapabilities& node : std::as_const(m_report->nodes))
        layout->addWidget(new CapabilityCard(node));
}

void DoctorPage::setShown(Severity severity, bool shown) { m_toggles[size_t(severity)]->setChecked(shown); }

void DoctorPage::applyFilters()
{
    for (size_t i = 0; i < m_sections.size(); ++i) {
        if (m_sections[i])
            m_sections[i]->setVisible(m_toggles[i]->isChecked());
    }
}

void DoctorPage::updateState()
{
    const bool isReady = m_deployment && m_status.link == LinkState::Ready;
    m_title->setText(m_deployment ? m_deployment->title() : tr("Not connected"));
    m_again->setText(m_running ? tr("&Stop") : m_report ? tr("Examine &again") : tr("Ex&amine"));
    m_again->setEnabled(m_running || isReady);
    m_copy->setEnabled(m_report.has_value());
    m_export->setEnabled(m_report.has_value());
    m_progress->setVisible(m_running);
    m_pages->setCurrentIndex(m_report ? Findings : Empty);
    m_filters->setVisible(m_report.has_value());
    m_verdictIcon->setVisible(m_report.has_value());
    m_verdict->setVisible(m_report.has_value());
    m_emptyText->setText(m_running ? tr("Asking the server, and looking at a sample of its keys\u2026")
            : isReady              ? tr("Not examined yet. The examination only reads, and takes a few seconds.")
                                   : tr("There is no connection to examine."));
    if (!m_report)
        return;
    const Severity worst = m_report->worst();
    const Tone tone = severityTone(worst);
    m_verdictIcon->setPixmap(
        tintedPixmap(severityIcon(worst), tone == Tone::Neutral ? currentColors().muted : currentColors().tone(tone),
            verdictIconSize, devicePixelRatioF()));
    m_verdict->setText(tr("%1. Examined at %2.").arg(countsText(*m_report), wallTimeText(m_report->takenAtMs)));
}

void DoctorPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (!m_report && !m_running && m_status.link == LinkState::Ready)
        examine();
}

void DoctorPage::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_verdictIcon)
        updateState();
}

void DoctorPage::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        m_running ? cancel() : void(close());
        return;
    case Qt::Key_F5:
        examine();
        return;
    case Qt::Key_Down:
        return moveFocus(1);
    case Qt::Key_Up:
        return moveFocus(-1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void DoctorPage::moveFocus(int step)
{
    QList<FindingCard*> shown;
    for (FindingCard* card : std::as_const(m_cards)) {
        if (card->isVisibleTo(this))
            shown.append(card);
    }
    if (shown.isEmpty())
        return;
    const qsizetype now = shown.indexOf(qobject_cast<FindingCard*>(focusWidget()));
    const qsizetype next = now < 0 ? 0 : qBound(qsizetype(0), now + step, shown.size() - 1);
    shown.at(next)->setFocus(Qt::TabFocusReason);
    m_area->ensureWidgetVisible(shown.at(next));
}

Status DoctorPage::saveTo(const QString& file) const
{
    if (!m_report)
        return fail(ErrorKind::Usage);
    const bool isJson = file.endsWith(QLatin1StringView(".json"));
    const QByteArray bytes = isJson
        ? doctorToJson(*m_report) + '\n'
        : doctorReportText(*m_report, m_deployment ? m_deployment->title() : QString()).toUtf8();
    QSaveFile report(file);
    if (report.open(QIODevice::WriteOnly) && report.write(bytes) == bytes.size() && report.commit())
        return {};
    return fail(ErrorKind::Storage, file + QStringLiteral(": ") + report.errorString());
}

void DoctorPage::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Save the findings"), QString(), tr("Text (*.txt);;JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("txt"));
    dialog->selectFile(QStringLiteral("lockscope-doctor.txt"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        if (const Status saved = saveTo(file); !saved)
            m_message->showError(saved.error());
    });
    dialog->open();
}

} // namespace lockscope
