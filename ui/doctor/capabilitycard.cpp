// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/capabilitycard.h"

#include "common/badge.h"
#include "common/theme.h"
#include "deployment/doctorreporttext.h"
#include "doctor/findingcard.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int radius = 6;

QString sentence(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

void addRow(QGridLayout* grid, const Capability& capability)
{
    const int row = grid->rowCount();
    auto* state = new Badge;
    const bool isMissing = capability.state == CapabilityState::Missing;
    state->setState(isMissing && capability.isNeeded ? Tone::Warning
            : isMissing                              ? Tone::Info
                                                     : Tone::Neutral,
        isMissing ? QStringLiteral("close") : QStringLiteral("help"), capabilityStateText(capability.state));
    auto* title = new QLabel(capability.title);
    QFont font = title->font();
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(1);
    texts->addWidget(makePlainText(sentence(capability.consequence)));
    if (!capability.reason.isEmpty()) {
        QLabel* reason = makePlainText(capability.reason);
        reason->setForegroundRole(QPalette::PlaceholderText);
        texts->addWidget(reason);
    }
    grid->addWidget(state, row, 0, Qt::AlignTop | Qt::AlignLeft);
    grid->addWidget(title, row, 1, Qt::AlignTop);
    grid->addLayout(texts, row, 2);
}

} // namespace

CapabilityCard::CapabilityCard(const NodeCapabilities& node, QWidget* parent)
    : QFrame(parent)
{
    QStringList allowed;
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(10);
    grid->setColumnStretch(2, 1);
    for (const Capability& capability : node.capabilities) {
        if (capability.state == CapabilityState::Available)
            allowed.append(capability.title);
        else
            addRow(grid, capability);
    }
    auto* title = makePlainText(node.node + QStringLiteral("  \u00b7  ") + nodeText(node));
    QFont font = title->font();
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(10);
    layout->addWidget(title);
    layout->addLayout(grid);
    QLabel* rest
        = makePlainText(tr("Allowed: %1").arg(allowed.isEmpty() ? tr("nothing") : allowed.join(QStringLiteral(", "))));
    rest->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(rest);
    setAccessibleName(tr("What %1 allows").arg(node.node));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void CapabilityCard::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = currentColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors.border);
    painter.setBrush(colors.base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

} // namespace lockscope
