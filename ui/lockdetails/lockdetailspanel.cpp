// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/lockdetailspanel.h"

#include "activity/activitymodel.h"
#include "base/bytetext.h"
#include "common/badge.h"
#include "common/bytesview.h"
#include "common/icons.h"
#include "common/livetext.h"
#include "common/locktext.h"
#include "lockdetails/holdertext.h"
#include "lockdetails/lockfacts.h"
#include "lockdetails/rhythmstrip.h"
#include "locks/listentext.h"

#include <QAction>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

// Walking through the table with the arrow keys must not ask the server at every row.
constexpr std::chrono::milliseconds lookDelay { 180 };
constexpr std::chrono::milliseconds tickTime { 250 };
constexpr int historyLines = 9;

QLabel* makeText(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    // A word that does not fit may be cut, but must not widen the window.
    label->setMinimumWidth(1);
    return label;
}

QLabel* makeHeading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setContentsMargins(0, 6, 0, 0);
    return label;
}

QToolButton* makeButton(QAction* action, Qt::ToolButtonStyle style, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(style);
    return button;
}

} // namespace

LockDetailsPanel::LockDetailsPanel(const Actions& actions, QWidget* parent)
    : QWidget(parent)
    , m_history(new ActivityModel(ActivityModel::defaultCapacity, this))
    , m_pages(new QStackedWidget(this))
    , m_state(new Badge(this))
    , m_reason(makeText(this))
    , m_key(new BytesView(this))
    , m_token(new BytesView(this))
    , m_fingerprint(makeText(this))
    , m_owner(makeText(this))
    , m_holders(makeText(this))
    , m_facts(new LockFacts(this))
    , m_rhythm(new RhythmStrip(this))
    , m_rhythmWords(makeText(this))
    , m_suspicions(makeText(this))
    , m_tick(new QTimer(this))
    , m_lookDelay(new QTimer(this))
{
    m_reason->setAccessibleName(tr("Why it is in this state"));
    m_reason->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_key->setAccessibleName(tr("Key"));
    m_token->setAccessibleName(tr("Holder token"));
    m_token->setMaximumLines(4);
    m_pages->addWidget(buildEmptyPage());
    m_pages->addWidget(buildPage(actions));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    setMinimumWidth(280);
    m_lookDelay->setSingleShot(true);
    connect(m_lookDelay, &QTimer::timeout, this, &LockDetailsPanel::look);
    connect(m_tick, &QTimer::timeout, this, [this] {
        if (m_record && isVisible())
            refresh();
    });
    m_tick->start(tickTime);
}

QWidget* LockDetailsPanel::buildEmptyPage()
{
    auto* text = new QLabel(tr("Select a lock to see who holds it, since when, and what happened to it."), m_pages);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setMargin(24);
    text->setMinimumWidth(1);
    text->setForegroundRole(QPalette::PlaceholderText);
    return text;
}

QWidget* LockDetailsPanel::buildPage(const Actions& actions)
{
    auto* content = new QWidget;
    auto* top = new QHBoxLayout;
    top->addWidget(m_state);
    top->addStretch();
    auto* copy = new QToolButton(content);
    copy->setText(tr("Copy as"));
    copy->setIcon(themedIcon(QStringLiteral("copy")));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setPopupMode(QToolButton::InstantPopup);
    copy->setMenu(actions.copyMenu);
    top->addWidget(makeButton(actions.look, Qt::ToolButtonIconOnly, content));
    top->addWidget(copy);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(10, 8, 10, 8);
    column->addLayout(top);
    column->addWidget(m_key);
    column->addWidget(m_reason);
    column->addWidget(buildSuspicions());
    column->addWidget(buildHolder(actions));
    column->addWidget(makeHeading(tr("Renewal rhythm"), content));
    column->addWidget(buildRhythm());
    column->addWidget(makeHeading(tr("Lease"), content));
    column->addWidget(m_facts);
    auto* value = new QHBoxLayout;
    value->addWidget(makeButton(actions.showValue, Qt::ToolButtonTextBesideIcon, content));
    value->addStretch();
    column->addLayout(value);
    column->addWidget(makeHeading(tr("Recent events of this lock"), content));
    column->addWidget(buildHistory());
    column->addStretch();
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Details of the selected lock"));
    area->setWidget(content);

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(10, 6, 10, 8);
    buttons->addWidget(makeButton(actions.acquire, Qt::ToolButtonTextBesideIcon, this));
    buttons->addStretch();
    buttons->addWidget(makeButton(actions.forceRelease, Qt::ToolButtonTextBesideIcon, this));
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(area, 1);
    layout->addLayout(buttons);
    return page;
}

QWidget* LockDetailsPanel::buildHolder(const Actions& actions)
{
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeHeading(tr("Holder"), box));
    auto* token = new QHBoxLayout;
    token->addWidget(m_token, 1);
    token->addWidget(makeButton(actions.showHolder, Qt::ToolButtonIconOnly, box), 0, Qt::AlignTop);
    token->addWidget(makeButton(actions.copyToken, Qt::ToolButtonIconOnly, box), 0, Qt::AlignTop);
    layout->addLayout(token);
    layout->addWidget(m_fingerprint);
    layout->addWidget(m_owner);
    layout->addWidget(m_holders);
    m_holders->setAccessibleName(tr("All holders"));
    m_fingerprint->setForegroundRole(QPalette::PlaceholderText);
    return box;
}

QWidget* LockDetailsPanel::buildRhythm()
{
    m_rhythmWords->setAccessibleName(tr("Renewal rhythm in words"));
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_rhythm);
    layout->addWidget(m_rhythmWords);
    return box;
}

// Only there while something speaks against the lock.
QWidget* LockDetailsPanel::buildSuspicions()
{
    m_suspicionBox = new QWidget;
    m_suspicions->setAccessibleName(tr("Why it may be stuck"));
    auto* layout = new QVBoxLayout(m_suspicionBox);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeHeading(tr("Probably stuck?"), m_suspicionBox));
    layout->addWidget(m_suspicions);
    return m_suspicionBox;
}

QWidget* LockDetailsPanel::buildHistory()
{
    auto* view = new QTableView;
    view->setModel(m_history);
    view->setAccessibleName(tr("Recent events of this lock"));
    // Narrow: the token is in the tool tip and in the activity view.
    view->setColumnHidden(int(ActivityColumn::Key), true);
    view->setColumnHidden(int(ActivityColumn::Token), true);
    view->setSelectionMode(QAbstractItemView::NoSelection);
    view->setFocusPolicy(Qt::TabFocus);
    view->setTabKeyNavigation(false);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->horizontalHeader()->hide();
    view->verticalHeader()->hide();
    const int line = view->fontMetrics().height() + 6;
    view->verticalHeader()->setDefaultSectionSize(line);
    const int character = view->fontMetrics().averageCharWidth();
    view->horizontalHeader()->resizeSection(int(ActivityColumn::Time), character * 16);
    view->horizontalHeader()->resizeSection(int(ActivityColumn::Ttl), character * 11);
    view->horizontalHeader()->setSectionResizeMode(int(ActivityColumn::Event), QHeaderView::Stretch);
    view->setFixedHeight(line * historyLines);
    view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_noHistory = makeText(this);
    m_noHistory->setForegroundRole(QPalette::PlaceholderText);
    m_noHistory->setText(tr("None since it is being watched."));
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_noHistory);
    layout->addWidget(view);
    const auto update = [this, view] {
        const bool empty = m_history->rowCount() == 0;
        view->setHidden(empty);
        m_noHistory->setVisible(empty);
    };
    connect(m_history, &QAbstractItemModel::rowsInserted, view, update);
    connect(m_history, &QAbstractItemModel::rowsRemoved, view, update);
    connect(m_history, &QAbstractItemModel::modelReset, view, update);
    update();
    return box;
}

void LockDetailsPanel::setDeployment(Deployment* deployment)
{
    m_deployment = deployment;
    m_history->clear();
    showNothing();
}

void LockDetailsPanel::appendEvents(const std::vector<LockEvent>& events) { m_history->append(events); }

void LockDetailsPanel::showLock(const LockRecord& record, const WatchStatus& status)
{
    if (!m_record || m_record->id != record.id)
        forgetSelections();
    m_record = record;
    m_status = status;
    m_gone = false;
    m_history->setFilter(ActivityFilter { record.key, record.database, record.node });
    m_facts->showLook(std::nullopt);
    showOwner({});
    m_pages->setCurrentIndex(1);
    refresh();
    m_lookDelay->start(lookDelay);
}

void LockDetailsPanel::updateLock(const LockRecord* record, const WatchStatus& status)
{
    if (!m_record)
        return;
    m_status = status;
    const bool newHolder = record && (record->token != m_record->token || m_gone);
    // What is said is about something else now; it must not stand there as if it were still true.
    if (newHolder || m_gone != !record || (record && record->state != m_record->state))
        forgetSelections();
    m_gone = !record;
    if (record)
        m_record = *record;
    if (newHolder) {
        showOwner({});
        m_lookDelay->start(lookDelay);
    }
    refresh();
}

void LockDetailsPanel::showNothing()
{
    m_record.reset();
    m_lookDelay->stop();
    m_pages->setCurrentIndex(0);
}

void LockDetailsPanel::look()
{
    if (!m_deployment || !m_record)
        return;
    const QByteArray key = m_record->key;
    onFinished(m_deployment->inspect({ key, { m_record->database, {} } }), this,
        [this, key](const Result<LockInspection>& inspection) {
            if (m_record && m_record->key == key)
                showInspection(inspection);
        });
}

void LockDetailsPanel::showExplanation()
{
    if (!m_record)
        return;
    for (QWidget* above = m_reason->parentWidget(); above; above = above->parentWidget()) {
        if (auto* area = qobject_cast<QScrollArea*>(above))
            area->ensureWidgetVisible(m_reason);
    }
    m_reason->setFocus(Qt::OtherFocusReason);
    m_reason->setSelection(0, int(m_reason->text().size()));
}

void LockDetailsPanel::refresh()
{
    const SteadyTime now = SystemClock::instance().now();
    if (m_gone)
        m_state->setState(Tone::Neutral, QStringLiteral("state-gone"), tr("Gone"));
    else
        m_state->setState(
            lockStateTone(m_record->state), lockStateIcon(m_record->state), lockStateTitle(m_record->state));
    setLiveText(m_reason, reasonText(now));
    m_key->setBytes(m_record->key);
    m_token->setVisible(m_record->hasToken);
    m_token->setBytes(m_record->token);
    setLiveText(m_fingerprint, tokenNote());
    const QString holders = holdersText(*m_record, now);
    m_holders->setHidden(holders.isEmpty());
    setLiveText(m_holders, holders);
    m_facts->show(*m_record, m_status, now, m_gone);
    refreshHabits(now);
}

void LockDetailsPanel::refreshHabits(SteadyTime now)
{
    m_rhythm->show(*m_record, m_gone, now);
    setLiveText(m_rhythmWords, rhythmText(*m_record, now));
    const bool isSuspect = !m_gone && suspicionScore(*m_record) > 0;
    m_suspicionBox->setVisible(isSuspect);
    if (isSuspect)
        setLiveText(m_suspicions, suspicionText(*m_record, now));
}

void LockDetailsPanel::forgetSelections()
{
    for (QLabel* label : { m_reason, m_holders, m_rhythmWords, m_suspicions, m_owner, m_fingerprint })
        clearSelection(label);
    m_facts->forgetSelections();
}

QString LockDetailsPanel::tokenNote() const
{
    if (m_record->hasToken)
        return tr("fingerprint %1").arg(tokenFingerprint(m_record->token));
    return m_record->mode == LockMode::Semaphore ? tr("This semaphore counts its holders and does not name them.")
                                                 : tr("The value is too long for a token and was not read.");
}

void LockDetailsPanel::showOwner(const QList<OwnerHint>& hints)
{
    QStringList lines;
    for (const OwnerHint& hint : hints)
        lines += QStringLiteral("%1: %2  (%3)")
                     .arg(QString::fromLatin1(hint.name), displayText(hint.value.toUtf8()),
                         QCoreApplication::translate("lockscope::Rules", hint.rule));
    if (lines.isEmpty() && m_record && !m_record->extras->owner.isEmpty())
        lines += m_record->extras->owner;
    m_owner->setText(lines.isEmpty() ? tr("The token tells nothing of its owner.") : lines.join(QLatin1Char('\n')));
}

void LockDetailsPanel::showInspection(const Result<LockInspection>& inspection)
{
    if (!inspection) {
        m_facts->showLookError(inspection.error());
        return;
    }
    m_facts->showLook(*inspection);
    // Hints of another holder than the shown one would lie.
    if (inspection->exists && inspection->token == m_record->token)
        showOwner(inspection->owner);
    refresh();
}

QString LockDetailsPanel::reasonText(SteadyTime now) const
{
    if (!m_gone) {
        const QString why = lockWhyText(*m_record, m_status.link, now);
        const QString heard = listenText(m_status);
        return heard.isEmpty() ? why : why + QLatin1Char('\n') + tr("How changes are heard: %1.").arg(heard);
    }
    for (int row = 0; row < m_history->rowCount(); ++row) {
        const LockEvent* event = m_history->eventAt(row);
        if (event->kind == LockEventKind::Gap)
            continue;
        return tr("The lock is gone. Last event: %1 at %2.")
            .arg(lockEventTitle(*event).toLower(), wallTimeText(event->atMs));
    }
    return tr("The lock is gone.");
}

} // namespace lockscope
