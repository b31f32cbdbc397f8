// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/findingcard.h"

#include "common/clipboard.h"
#include "common/icons.h"
#include "deployment/doctorreporttext.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int iconSize = 18;
constexpr int band = 4;
constexpr int radius = 6;

} // namespace

QLabel* makePlainText(const QString& text)
{
    auto* label = new QLabel(text);
    // Server words may be in it: they must never be taken for markup.
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

Tone severityTone(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return Tone::Positive;
    case Severity::Info:
        return Tone::Info;
    case Severity::Warning:
        return Tone::Warning;
    case Severity::Serious:
        return Tone::Danger;
    case Severity::Unknown:
        break;
    }
    return Tone::Neutral;
}

QString severityIcon(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return QStringLiteral("check");
    case Severity::Info:
        return QStringLiteral("info");
    case Severity::Warning:
        return QStringLiteral("warning");
    case Severity::Serious:
        return QStringLiteral("danger");
    case Severity::Unknown:
        break;
    }
    return QStringLiteral("help");
}

FindingCard::FindingCard(const Finding& finding, bool showNodes, QWidget* parent)
    : QFrame(parent)
    , m_finding(finding)
    , m_icon(new QLabel(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(severityTitle(finding.severity) + QStringLiteral(": ") + finding.title);
    setAccessibleDescription(
        QStringList { finding.evidence, finding.why, finding.mend, finding.commands.join(QLatin1Char('\n')) }.join(
            QLatin1Char('\n')));
    auto* texts = new QVBoxLayout;
    texts->setSpacing(isCompact() ? 1 : 6);
    texts->addWidget(buildTitle(showNodes));
    if (isCompact()) {
        QLabel* evidence = makePlainText(finding.evidence);
        evidence->setForegroundRole(QPalette::PlaceholderText);
        texts->addWidget(evidence);
    } else {
        texts->addWidget(makePlainText(finding.evidence));
        addText(texts, tr("Why it matters"), finding.why);
        addText(texts, tr("How to mend it"), finding.mend);
        if (!finding.commands.isEmpty())
            texts->addWidget(buildCommands());
        addText(texts, tr("Read on"), finding.source);
    }
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(band + 12, isCompact() ? 7 : 12, 12, isCompact() ? 7 : 12);
    layout->setSpacing(12);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    updateIcon();
}

QWidget* FindingCard::buildTitle(bool showNodes)
{
    auto* row = new QWidget(this);
    QLabel* title = makePlainText(m_finding.title);
    QFont font = title->font();
    font.setWeight(isCompact() ? QFont::Normal : QFont::DemiBold);
    if (!isCompact())
        font.setPointSizeF(font.pointSizeF() * 1.08);
    title->setFont(font);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(title, 3);
    if (showNodes && !m_finding.nodes.isEmpty()) {
        QLabel* nodes = makePlainText(m_finding.nodes.join(QStringLiteral(", ")));
        nodes->setForegroundRole(QPalette::PlaceholderText);
        nodes->setAlignment(Qt::AlignRight | Qt::AlignTop);
        layout->addWidget(nodes, 2);
    }
    return row;
}

void FindingCard::addText(QVBoxLayout* layout, const QString& heading, const QString& text)
{
    if (text.isEmpty())
        return;
    auto* row = new QWidget(this);
    auto* columns = new QHBoxLayout(row);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(10);
    auto* label = new QLabel(heading);
    label->setForegroundRole(QPalette::PlaceholderText);
    const QStringList headings { tr("Why it matters"), tr("How to mend it"), tr("Read on") };
    int width = 0;
    for (const QString& each : headings)
        width = qMax(width, label->fontMetrics().horizontalAdvance(each));
    label->setFixedWidth(width + 4);
    columns->addWidget(label, 0, Qt::AlignTop);
    columns->addWidget(makePlainText(text), 1);
    layout->addWidget(row);
}

QWidget* FindingCard::buildCommands()
{
    auto* box = new QFrame(this);
    box->setAutoFillBackground(true);
    box->setBackgroundRole(QPalette::AlternateBase);
    box->setObjectName(QStringLiteral("commands"));
    QLabel* text = makePlainText(m_finding.commands.join(QLatin1Char('\n')));
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setAccessibleName(tr("Commands that mend it"));
    auto* copy = new QToolButton(box);
    copy->setIcon(themedIcon(QStringLiteral("copy")));
    copy->setText(tr("Copy"));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setToolTip(tr("Copy the commands, to be pasted into redis-cli"));
    copy->setAccessibleName(tr("Copy the commands: %1").arg(m_finding.title));
    connect(copy, &QToolButton::clicked, this, &FindingCard::copyCommands);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->addWidget(text, 1);
    layout->addWidget(copy, 0, Qt::AlignTop);
    return box;
}

void FindingCard::copyCommands() const
{
    const QString commands = m_finding.commands.join(QLatin1Char('\n'));
    copyText(commands.isEmpty() ? m_finding.title + QStringLiteral(": ") + m_finding.evidence : commands);
}

void FindingCard::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = currentColors();
    const Tone tone = severityTone(m_finding.severity);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(hasFocus() ? colors.accent : colors.border, hasFocus() ? 2 : 1));
    painter.setBrush(colors.base);
    painter.drawRoundedRect(frame, radius, radius);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tone == Tone::Neutral ? colors.muted : colors.tone(tone));
    painter.drawRoundedRect(QRectF(frame.left() + 3, frame.top() + 5, band, frame.height() - 10), 2, 2);
}

void FindingCard::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateIcon();
}

void FindingCard::focusInEvent(QFocusEvent* event)
{
    QFrame::focusInEvent(event);
    update();
}

void FindingCard::focusOutEvent(QFocusEvent* event)
{
    QFrame::focusOutEvent(event);
    update();
}

void FindingCard::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        copyCommands();
    else
        QFrame::keyPressEvent(event);
}

void FindingCard::updateIcon()
{
    const Tone tone = severityTone(m_finding.severity);
    const ThemeColors& colors = currentColors();
    m_icon->setPixmap(tintedPixmap(severityIcon(m_finding.severity),
        tone == Tone::Neutral ? colors.muted : colors.tone(tone), iconSize, devicePixelRatioF()));
}

} // namespace lockscope
