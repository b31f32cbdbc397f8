// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/messagestrip.h"

#include "base/errortext.h"
#include "common/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int iconSize = 18;

QLabel* makeTextLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    // Server words may be in it: they must never be taken for markup.
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString sentence(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace

QString toneIcon(Tone tone)
{
    switch (tone) {
    case Tone::Positive:
        return QStringLiteral("check");
    case Tone::Warning:
        return QStringLiteral("warning");
    case Tone::Danger:
        return QStringLiteral("danger");
    case Tone::Info:
    case Tone::Neutral:
        break;
    }
    return QStringLiteral("info");
}

MessageStrip::MessageStrip(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(makeTextLabel(this))
    , m_detail(makeTextLabel(this))
    , m_buttons(new QHBoxLayout)
    , m_close(new QToolButton(this))
{
    m_close->setIcon(themedIcon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    m_close->hide();
    connect(m_close, &QToolButton::clicked, this, [this] {
        clear();
        Q_EMIT closed();
    });

    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_text);
    texts->addWidget(m_detail);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 8);
    layout->setSpacing(10);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(m_close, 0, Qt::AlignTop);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    hide();
}

void MessageStrip::showMessage(Tone tone, const QString& text, const QString& detail)
{
    m_tone = tone;
    m_text->setText(text);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    setAccessibleName(detail.isEmpty() ? text : text + QStringLiteral(" ") + detail);
    updateIcon();
    update();
    show();
}

void MessageStrip::showError(const Error& error)
{
    showMessage(Tone::Danger, sentence(errorMessage(error)), sentence(errorHint(error)));
}

void MessageStrip::clear()
{
    m_text->clear();
    m_detail->clear();
    hide();
}

QString MessageStrip::text() const { return m_text->text(); }

QString MessageStrip::detail() const { return m_detail->text(); }

QPushButton* MessageStrip::addButton(const QString& text)
{
    auto* button = new QPushButton(text, this);
    // Enter in a dialog must not reach a strip's button by accident.
    button->setAutoDefault(false);
    m_buttons->addWidget(button);
    return button;
}

void MessageStrip::setClosable(bool closable) { m_close->setVisible(closable); }

void MessageStrip::paintEvent(QPaintEvent*)
{
    const ThemeColors& colors = currentColors();
    QPainter painter(this);
    painter.fillRect(rect(), colors.ground(m_tone));
    painter.fillRect(QRect(0, 0, 4, height()), colors.tone(m_tone));
}

void MessageStrip::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateIcon();
}

void MessageStrip::updateIcon()
{
    m_icon->setPixmap(tintedPixmap(toneIcon(m_tone), currentColors().tone(m_tone), iconSize, devicePixelRatioF()));
}

} // namespace lockscope
