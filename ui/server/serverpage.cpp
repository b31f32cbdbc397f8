// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/serverpage.h"

#include "base/durationtext.h"
#include "common/icons.h"
#include "common/livetext.h"
#include "common/locktext.h"
#include "common/messagestrip.h"
#include "server/rateplot.h"
#include "server/serverfactstext.h"

#include <QComboBox>
#include <QDateTime>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr std::chrono::milliseconds tickTime { 1000 };
constexpr int ticksPerReport = 2;
constexpr std::array spans { 1, 5, 15 }; // minutes
constexpr int factsWidth = 400;

QString unknown() { return QString(QChar(0x2013)); }

qint64 nowMs() { return QDateTime::currentMSecsSinceEpoch(); }

QLabel* makeHeading(const QString& text)
{
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setContentsMargins(0, 8, 0, 2);
    return label;
}

QLabel* makeValue(const QString& name)
{
    auto* label = new QLabel(unknown());
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAccessibleName(name);
    label->setMinimumWidth(1);
    return label;
}

} // namespace

ServerPage::ServerPage(RateHistory& history, QWidget* parent)
    : QWidget(parent, Qt::Window)
    , m_history(history)
    , m_message(new MessageStrip(this))
{
    setObjectName(QStringLiteral("serverPage"));
    setWindowTitle(tr("Server"));
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Facts about the server"));
    area->setWidget(buildFacts());
    area->setFixedWidth(factsWidth);
    auto* body = new QHBoxLayout;
    body->setContentsMargins(12, 0, 12, 12);
    body->setSpacing(16);
    body->addWidget(area);
    body->addWidget(buildPlots(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(buildHeader());
    layout->addWidget(m_message);
    layout->addLayout(body, 1);
    resize(1120, 720);
    connect(&m_timer, &QTimer::timeout, this, &ServerPage::tick);
    refresh();
}

QWidget* ServerPage::buildHeader()
{
    auto* header = new QWidget(this);
    m_title = new QLabel(header);
    QFont font = m_title->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    m_title->setFont(font);
    m_title->setTextFormat(Qt::PlainText);
    m_pausedNote = new QLabel(header);
    m_pausedNote->setForegroundRole(QPalette::PlaceholderText);
    m_span = new QComboBox(header);
    m_span->setAccessibleName(tr("Time that the plots show"));
    for (const int minutes : spans)
        m_span->addItem(tr("Last %n minutes", nullptr, minutes), minutes);
    m_span->setCurrentIndex(1);
    m_pause = new QToolButton(header);
    m_pause->setText(tr("Pause"));
    m_pause->setIcon(themedIcon(QStringLiteral("pause")));
    m_pause->setCheckable(true);
    m_pause->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_pause->setToolTip(tr("Hold the plots still; the rates are collected on (Space)"));
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(12, 10, 12, 2);
    layout->addWidget(m_title, 1);
    for (QWidget* widget : std::initializer_list<QWidget*> { m_pausedNote, m_span, m_pause })
        layout->addWidget(widget);
    connect(m_span, &QComboBox::currentIndexChanged, this, &ServerPage::draw);
    connect(m_pause, &QToolButton::toggled, this, &ServerPage::setPaused);
    return header;
}

QWidget* ServerPage::buildFacts()
{
    auto* facts = new QWidget;
    auto* layout = new QVBoxLayout(facts);
    layout->setContentsMargins(0, 0, 8, 0);
    layout->setSpacing(2);
    layout->addWidget(buildSection(tr("Server"), Address, Latency));
    layout->addWidget(buildSection(tr("Completeness"), Locks, ClientList));
    m_progress = new QProgressBar;
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(8);
    m_progress->setAccessibleName(tr("Progress of the pass"));
    layout->addWidget(m_progress);
    layout->addWidget(buildSection(tr("Our load"), Load, Events));
    layout->addWidget(buildLibraries());
    layout->addStretch();
    return facts;
}

QWidget* ServerPage::buildSection(const QString& title, Row first, Row last)
{
    const std::array<QString, rowCount> titles { tr("Address:"), tr("Version:"), tr("Role:"), tr("Memory policy:"),
        tr("Memory:"), tr("Clients:"), tr("Round trip:"), tr("Picture:"), tr("Pass:"), tr("Scan:"), tr("Gap:"),
        tr("Changes by:"), tr("Connections:"), tr("Causing:"), tr("Allowed:"), tr("To verify:"), tr("Events:") };
    auto* section = new QWidget;
    auto* form = new QFormLayout(section);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(4);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(makeHeading(title));
    for (int row = first; row <= last; ++row) {
        m_values[size_t(row)] = makeValue(titles[size_t(row)]);
        form->addRow(titles[size_t(row)], m_values[size_t(row)]);
    }
    return section;
}

QWidget* ServerPage::buildLibraries()
{
    m_libraries = makeValue(tr("Lock libraries that this server has served"));
    auto* section = new QWidget;
    auto* layout = new QVBoxLayout(section);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    auto* heading = makeHeading(tr("Lock libraries seen"));
    heading->setToolTip(tr("By the scripts that the server remembers since its start (SCRIPT EXISTS)"));
    layout->addWidget(heading);
    layout->addWidget(m_libraries);
    return section;
}

QWidget* ServerPage::buildPlots()
{
    const std::array<QString, rateCount> titles { tr("Lock events"), tr("Our commands"), tr("Our bytes, both ways"),
        tr("Keys to verify"), tr("Round trip") };
    const std::array<QString, rateCount> tips { tr("Notifications that concerned watched keys, per second"),
        tr("Commands that Lockscope sends, per second"), tr("Bytes that Lockscope sends and receives, per second"),
        tr("Keys that have changed and were not read again yet"),
        tr("Of a PING every two seconds, while this window is open") };
    auto* grid = new QWidget;
    auto* layout = new QGridLayout(grid);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    for (int i = 0; i < rateCount; ++i) {
        m_plots[size_t(i)] = new RatePlot(Rate(i), titles[size_t(i)], tips[size_t(i)]);
        // The events have the whole width: they are what one comes for.
        if (i == 0)
            layout->addWidget(m_plots[0], 0, 0, 1, 2);
        else
            layout->addWidget(m_plots[size_t(i)], 1 + (i - 1) / 2, (i - 1) % 2);
    }
    auto* empty = new QLabel(tr("No figures yet: they come a second after the connection stands."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    m_plotPages = new QStackedWidget;
    m_plotPages->addWidget(empty);
    m_plotPages->addWidget(grid);
    return m_plotPages;
}

void ServerPage::setDeployment(Deployment* deployment)
{
    m_deployment = deployment;
    m_report.reset();
    m_asking = false;
    m_message->clear();
    setPaused(false);
    refresh();
}

void ServerPage::setStatus(const WatchStatus& status)
{
    m_status = status;
    if (isVisible())
        refresh();
}

void ServerPage::setPaused(bool paused)
{
    if (paused == isPaused())
        return;
    m_pausedAtMs = paused ? std::optional(nowMs()) : std::nullopt;
    m_pause->setChecked(paused);
    m_pause->setText(paused ? tr("Go on") : tr("Pause"));
    m_pause->setIcon(themedIcon(paused ? QStringLiteral("resume") : QStringLiteral("pause")));
    m_pausedNote->setText(paused ? tr("paused at %1").arg(wallTimeText(*m_pausedAtMs)) : QString());
    draw();
}

void ServerPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_timer.start(tickTime);
    m_ticks = 0;
    refresh();
    askServer();
    draw();
}

void ServerPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

void ServerPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        close();
    else if (event->key() == Qt::Key_Space)
        setPaused(!isPaused());
    else
        QWidget::keyPressEvent(event);
}

void ServerPage::tick()
{
    if (++m_ticks % ticksPerReport == 0)
        askServer();
    // A server where nothing happens sends no new status: its rates are known all the same.
    m_history.note(m_status, nowMs());
    refresh();
    if (!isPaused())
        draw();
}

void ServerPage::askServer()
{
    if (!m_deployment || m_asking || m_status.link != LinkState::Ready)
        return;
    m_asking = true;
    onFinished(m_deployment->inspectServer(), this, [this, asked = m_deployment](const Result<ServerReport>& report) {
        if (asked != m_deployment)
            return;
        m_asking = false;
        if (!report) {
            m_message->showError(report.error());
            return;
        }
        m_message->clear();
        m_report = *report;
        m_history.noteRoundTrip(std::chrono::duration<double, std::milli>(report->roundTrip).count());
        refresh();
    });
}

void ServerPage::refresh()
{
    const SteadyTime now = SystemClock::instance().now();
    const QLocale locale;
    QStringList nodes;
    for (const NodeStatus& node : m_status.nodes)
        nodes.append(node.name);
    const QString address = nodes.isEmpty() ? unknown() : nodes.join(QStringLiteral(", "));
    m_title->setText(m_deployment ? m_deployment->title() : tr("Not connected"));
    set(Address, tr("%1, db %2").arg(address).arg(m_status.database));
    set(Name, serverNameText(m_status, m_report));
    set(Role, serverRoleText(m_status, m_report));
    set(Policy, m_report ? memoryPolicyText(*m_report) : unknown());
    set(Memory, m_report ? memoryText(*m_report) : unknown());
    set(Clients, m_report ? clientsText(*m_report) : unknown());
    set(Latency,
        m_report ? tr("%1 ms").arg(
            locale.toString(std::chrono::duration<double, std::milli>(m_report->roundTrip).count(), 'f', 2))
                 : unknown());
    set(Locks, pictureText(m_status, now));
    set(Pass, passText(m_status));
    set(Scan, scanSourceText(m_status));
    set(Gap, gapText(m_status));
    set(Listening, listeningText(m_status));
    set(ClientList, clientEvidenceText(m_status.clientEvidence));
    set(Load,
        tr("%1 commands/s, %2/s")
            .arg(locale.toString(m_status.commandsPerSecond, 'f', m_status.commandsPerSecond < 10 ? 1 : 0),
                locale.formattedDataSize(qint64(m_status.bytesPerSecond), 1, QLocale::DataSizeSIFormat)));
    set(Budget, budgetText(m_status));
    set(Backlog, locale.toString(qulonglong(m_status.verifyBacklog)));
    set(Events, tr("%1 since the start").arg(locale.toString(qulonglong(m_status.eventsTotal))));
    const Completeness& whole = m_status.completeness;
    m_progress->setVisible(whole.passRunning && whole.keysExpected > 0);
    m_progress->setRange(0, 1000);
    if (whole.keysExpected > 0)
        m_progress->setValue(int(qMin(1.0, double(whole.keysScanned) / double(whole.keysExpected)) * 1000));
    const QStringList libraries = fingerprintLines(m_status);
    setLiveText(m_libraries,
        m_status.fingerprintsRefused ? tr("The server does not permit SCRIPT EXISTS.")
            : libraries.isEmpty()    ? tr("None that leaves scripts which Lockscope knows.")
                                     : libraries.join(QLatin1Char('\n')));
}

qint64 ServerPage::spanMs() const { return m_span->currentData().toLongLong() * 60'000; }

void ServerPage::draw()
{
    m_plotPages->setCurrentIndex(m_history.samples().size() < 2 ? 0 : 1);
    if (!isVisible() || m_plotPages->currentIndex() == 0)
        return;
    ++m_draws;
    const qint64 end = m_pausedAtMs.value_or(nowMs());
    for (RatePlot* plot : m_plots)
        plot->draw(m_history, spanMs(), end);
}

void ServerPage::set(Row row, const QString& text) { setLiveText(m_values[row], text); }

} // namespace lockscope
