// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/filterbar.h"

#include "common/icons.h"
#include "locks/families/familyregistry.h"
#include "locks/suspicion.h"
#include "locktable/wordcompleter.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

QStringList typedWords()
{
    QStringList words;
    for (const LockState state :
        { LockState::Held, LockState::NoTtl, LockState::Due, LockState::Stale, LockState::Quorum, LockState::Minority })
        words += QStringLiteral("state:") + lockStateName(state);
    for (const QByteArray& family : FamilyRegistry::instance().names())
        words += QStringLiteral("family:") + QString::fromLatin1(family);
    for (const LockMode mode : { LockMode::Exclusive, LockMode::Read, LockMode::Write, LockMode::Semaphore })
        words += QStringLiteral("mode:") + lockModeName(mode);
    for (const KeyType type : { KeyType::String, KeyType::Hash, KeyType::List, KeyType::Set, KeyType::SortedSet })
        words += QStringLiteral("type:") + keyTypeName(type);
    words += { QStringLiteral("key:"), QStringLiteral("holder:"), QStringLiteral("holder:="), QStringLiteral("ttl<5s"),
        QStringLiteral("ttl>1m"), QStringLiteral("held<5s"), QStringLiteral("held>1m"), QStringLiteral("renewals>10"),
        QStringLiteral("waiters>0"), QStringLiteral("missed>0"), QStringLiteral("stuck:") };
    for (int kind = 0; kind < suspicionKindCount; ++kind)
        words += QStringLiteral("stuck:") + suspicionName(SuspicionKind(kind));
    return words;
}

} // namespace

FilterBar::FilterBar(QWidget* returnFocusTo, QWidget* parent)
    : QWidget(parent)
    , m_returnFocusTo(returnFocusTo)
    , m_edit(new QLineEdit(this))
    , m_counts(new QLabel(this))
    , m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->addWidget(m_edit, 1);
    m_row->addWidget(m_counts);
    m_edit->setClearButtonEnabled(true);
    m_edit->setPlaceholderText(tr("Filter: words, orders:*, state:no_ttl, holder:worker-7, ttl<5s, held>1m"));
    m_edit->setAccessibleName(tr("Filter locks"));
    m_edit->setToolTip(tr(
        "<p>All words must hold. Plain words are sought in key, token and owner; <b>*</b> and <b>?</b> match "
        "the whole key.</p><p>state:held, no_ttl, due, stale, quorum, minority · family:plain · mode:read · type:hash "
        "· key:orders · "
        "holder:worker-7 · holder:=worker-7 (the whole of it) · ttl&lt;5s · ttl&gt;1m · held&gt;1m · renewals&gt;10 · "
        "waiters&gt;0 · missed&gt;0 · stuck: (whatever may be stuck) · stuck:no_ttl</p>"));
    m_edit->installEventFilter(this);
    m_counts->setAccessibleName(tr("Number of locks"));
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(150ms);
    connect(m_edit, &QLineEdit::textChanged, &m_debounce, qOverload<>(&QTimer::start));
    connect(m_edit, &QLineEdit::returnPressed, this, &FilterBar::publish);
    connect(&m_debounce, &QTimer::timeout, this, &FilterBar::publish);
    new WordCompleter(m_edit, typedWords);
    setFocusProxy(m_edit);
}

void FilterBar::setCounts(qsizetype shown, qsizetype total, Picture picture)
{
    // Rows that have just ended may still be shown and no longer count.
    m_shown = std::min(shown, total);
    m_total = total;
    m_picture = picture;
    showCounts();
}

void FilterBar::setArranging(bool arranging)
{
    m_isArranging = arranging;
    showCounts();
}

void FilterBar::showCounts()
{
    const bool filtered = !m_edit->text().trimmed().isEmpty();
    QString text = filtered ? tr("%1 of %Ln locks", nullptr, int(m_total)).arg(QLocale().toString(qlonglong(m_shown)))
                            : tr("%Ln locks", nullptr, int(m_total));
    if (m_picture == Picture::Scanning)
        text = tr("%1 so far, still scanning", "a number of locks").arg(text);
    else if (m_picture == Picture::Partial)
        text = tr("%1, incomplete", "a number of locks").arg(text);
    if (m_isArranging)
        text = tr("%1, sorting…", "a number of locks").arg(text);
    if (text != m_counts->text())
        m_counts->setText(text);
}

QString FilterBar::text() const { return m_edit->text(); }

void FilterBar::setText(const QString& text)
{
    m_edit->setText(text);
    publish();
}

void FilterBar::focusSearch()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

void FilterBar::setViewsMenu(QMenu* menu)
{
    m_views = new QToolButton(this);
    m_views->setIcon(themedIcon(QStringLiteral("star")));
    m_views->setText(tr("Views"));
    m_views->setAccessibleName(tr("Saved views"));
    m_views->setToolTip(tr("Saved views: filter, order and columns under a name (Ctrl+Shift+V)"));
    m_views->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_views->setPopupMode(QToolButton::InstantPopup);
    m_views->setMenu(menu);
    m_row->insertWidget(1, m_views);
}

void FilterBar::openViewsMenu()
{
    if (m_views)
        m_views->menu()->popup(m_views->mapToGlobal(QPoint(0, m_views->height())));
}

void FilterBar::publish()
{
    m_debounce.stop();
    Q_EMIT filterChanged(LockFilter::parse(m_edit->text()));
}

bool FilterBar::escape()
{
    if (!m_edit->text().isEmpty()) {
        m_edit->clear();
        publish();
        return true;
    }
    if (!m_returnFocusTo)
        return false;
    m_returnFocusTo->setFocus(Qt::OtherFocusReason);
    return true;
}

bool FilterBar::eventFilter(QObject* watched, QEvent* event)
{
    const bool isKey
        = watched == m_edit && (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride);
    if (!isKey)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape) {
        if (event->type() == QEvent::KeyPress)
            return escape();
        event->accept();
        return true;
    }
    if (key == Qt::Key_Down && event->type() == QEvent::KeyPress && m_returnFocusTo) {
        m_returnFocusTo->setFocus(Qt::OtherFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace lockscope
