// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/violationdetails.h"

#include "base/bytetext.h"
#include "stresslab/labtext.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>

namespace lockscope {

namespace {

constexpr int tokenCharacters = 14; // its end has client and section in it

QLabel* makeValue()
{
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

ViolationDetails::ViolationDetails(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_cause(new QLabel(this))
    , m_table(new QWidget(this))
{
    setAccessibleName(tr("The chosen violation"));
    for (QLabel* label : { m_title, m_cause }) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    QFont bold = font();
    bold.setBold(true);
    const std::array<QString, rowCount> names { tr("Client"), tr("Token"), tr("Asked"), tr("Entered"),
        tr("Lease ended"), tr("Left") };
    auto* grid = new QGridLayout(m_table);
    grid->setContentsMargins(0, 6, 0, 0);
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(3);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);
    for (int row = 0; row < rowCount; ++row) {
        m_names[size_t(row)] = new QLabel(names[size_t(row)]);
        m_names[size_t(row)]->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(m_names[size_t(row)], row, 0);
        for (size_t side = 0; side < 2; ++side) {
            QLabel* value = m_values[side][size_t(row)] = makeValue();
            value->setAccessibleName(names[size_t(row)]);
            if (row == Who)
                value->setFont(bold);
            if (row == Token)
                value->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
            grid->addWidget(value, row, int(side) + 1);
        }
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_cause);
    layout->addWidget(m_table);
    layout->addStretch();
    show(nullptr);
}

void ViolationDetails::showParty(size_t side, const ViolationParty& party)
{
    auto& values = m_values[side];
    const QString dash(QChar(0x2013));
    const bool isKnown = party.client >= 0;
    const bool hasTimes = isKnown && party.entered > 0;
    values[Who]->setText(isKnown ? tr("%1, section %2").arg(party.client).arg(party.section) : tr("nobody"));
    const QString token = displayText(party.token);
    values[Token]->setText(token.isEmpty()   ? dash
            : token.size() > tokenCharacters ? QStringLiteral("…") + token.right(tokenCharacters)
                                             : token);
    values[Token]->setToolTip(token);
    values[Asked]->setText(hasTimes ? runTimeText(party.invoked) : dash);
    values[Entered]->setText(hasTimes ? runTimeText(party.entered) : dash);
    const bool hasLease = hasTimes && party.leaseEnd < std::numeric_limits<qint64>::max();
    values[LeaseEnd]->setText(hasLease ? runTimeText(party.leaseEnd) : hasTimes ? tr("never") : dash);
    values[Left]->setText(hasTimes && party.left >= 0 ? runTimeText(party.left) : dash);
}

void ViolationDetails::show(const Violation* violation)
{
    m_table->setVisible(violation != nullptr);
    m_cause->setVisible(violation != nullptr);
    m_title->setForegroundRole(violation ? QPalette::WindowText : QPalette::PlaceholderText);
    QFont title = font();
    title.setBold(violation != nullptr);
    m_title->setFont(title);
    if (!violation)
        return m_title->setText(tr("Choose a violation to see it on the lanes."));
    m_title->setText(violationTitle(violation->kind) + QStringLiteral(": ") + violationSentence(violation->kind));
    QString cause = tr("Cause: %1").arg(causeSentence(violation->cause));
    if (violation->culprit >= 0)
        cause += QLatin1Char(' ') + tr("Client %1 had deleted it.").arg(violation->culprit);
    if (violation->until > violation->from)
        cause += QLatin1Char(' ') + tr("It lasted %1.").arg(lengthText(violation->until - violation->from));
    m_cause->setText(cause);
    showParty(0, violation->first);
    showParty(1, violation->second);
}

QString ViolationDetails::text() const
{
    QStringList lines { m_title->text(), m_cause->text() };
    for (const auto& side : m_values) {
        for (const QLabel* value : side)
            lines.append(value->text());
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace lockscope
