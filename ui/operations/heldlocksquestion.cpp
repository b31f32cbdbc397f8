// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/heldlocksquestion.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/icons.h"
#include "common/messagestrip.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int listedLocks = 5;
constexpr int keyLimit = 60;

} // namespace

HeldLocksQuestion::HeldLocksQuestion(HeldLocks* locks, QWidget* parent)
    : QDialog(parent)
    , m_locks(locks)
    , m_release(new QPushButton(themedIcon(QStringLiteral("release")), tr("&Release and go on"), this))
    , m_keep(new QPushButton(tr("&Keep until the TTL ends"), this))
    , m_cancel(new QPushButton(tr("&Cancel"), this))
    , m_message(new MessageStrip(this))
{
    build();
    connect(m_release, &QPushButton::clicked, this, &HeldLocksQuestion::releaseAll);
    connect(m_keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_locks, &HeldLocks::allReleased, this, [this](bool isDone) {
        if (isDone)
            return accept();
        m_release->setEnabled(true);
        m_message->showMessage(Tone::Danger, tr("Not all of them could be released."),
            tr("Try again, or keep them: they end with their TTL."));
    });
}

void HeldLocksQuestion::build()
{
    setWindowTitle(tr("You still hold locks"));
    QStringList lines;
    Milliseconds longest { 0 };
    for (const HeldLock& lock : m_locks->locks()) {
        if (lock.state != HoldState::Held)
            continue;
        if (lines.size() < listedLocks)
            lines += displayText(lock.grant.key, keyLimit);
        const auto left
            = std::chrono::duration_cast<Milliseconds>(lock.grant.validUntil - SystemClock::instance().now());
        longest = std::max(longest, left);
    }
    const int count = int(m_locks->heldCount());
    if (count > lines.size())
        lines += tr("and %Ln more", nullptr, count - int(lines.size()));
    auto* title = new QLabel(tr("You still hold %Ln locks:", nullptr, count), this);
    auto* keys = new QLabel(lines.join(QLatin1Char('\n')), this);
    keys->setTextFormat(Qt::PlainText);
    keys->setIndent(12);
    auto* explanation = new QLabel(
        tr("Released, others can take them at once. Kept, nobody renews them any more: they end within %1.")
            .arg(durationText(longest)),
        this);
    explanation->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(m_release, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_keep, QDialogButtonBox::DestructiveRole);
    buttons->addButton(m_cancel, QDialogButtonBox::RejectRole);
    // Whoever just presses Enter goes nowhere.
    m_cancel->setDefault(true);
    for (QPushButton* button : { m_release, m_keep })
        button->setAutoDefault(false);
    auto* layout = new QVBoxLayout(this);
    for (QWidget* widget : std::initializer_list<QWidget*> { title, keys, explanation, m_message, buttons })
        layout->addWidget(widget);
    setMinimumWidth(460);
}

void HeldLocksQuestion::releaseAll()
{
    m_release->setEnabled(false);
    m_message->clear();
    m_locks->releaseAll();
}

} // namespace lockscope
