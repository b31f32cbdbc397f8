// SPDX-License-Identifier: GPL-3.0-or-later
#include "families/declarationeditor.h"

#include "common/bytesview.h"
#include "common/plaintip.h"
#include "common/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

namespace lockscope {

namespace {

constexpr int marginPadding = 8;

/// Paints the numbers; what stands in it the editor knows.
class Margin final : public QWidget {
public:
    explicit Margin(DeclarationEditor* editor)
        : QWidget(editor)
        , m_editor(editor)
    {
    }

protected:
    void paintEvent(QPaintEvent* event) override { m_editor->paintMargin(event, this); }
    bool event(QEvent* event) override
    {
        if (event->type() != QEvent::ToolTip)
            return QWidget::event(event);
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), plainTip(m_editor->faultAt(help->pos().y())), this);
        return true;
    }

private:
    DeclarationEditor* m_editor;
};

} // namespace

DeclarationEditor::DeclarationEditor(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_margin(new Margin(this))
{
    setFont(fixedFont());
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    setAccessibleName(tr("Your declarations"));
    connect(this, &QPlainTextEdit::blockCountChanged, this, &DeclarationEditor::placeMargin);
    connect(this, &QPlainTextEdit::updateRequest, m_margin, [this](const QRect& area, int dy) {
        if (dy != 0)
            m_margin->scroll(0, dy);
        else
            m_margin->update(0, area.y(), m_margin->width(), area.height());
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        mark();
        m_margin->update();
    });
    placeMargin();
}

int DeclarationEditor::marginWidth() const
{
    const int digits = std::max<int>(3, int(QString::number(blockCount()).size()));
    return (digits + 2) * fontMetrics().horizontalAdvance(QLatin1Char('9')) + marginPadding;
}

void DeclarationEditor::placeMargin()
{
    setViewportMargins(marginWidth(), 0, 0, 0);
    const QRect inside = contentsRect();
    m_margin->setGeometry(inside.left(), inside.top(), marginWidth(), inside.height());
}

void DeclarationEditor::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    placeMargin();
}

void DeclarationEditor::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        placeMargin();
        mark();
        m_margin->update();
    }
}

void DeclarationEditor::paintMargin(QPaintEvent* event, QWidget* margin)
{
    const ThemeColors& colors = currentColors();
    QPainter painter(margin);
    painter.fillRect(event->rect(), colors.window);
    painter.setFont(font());
    const int signWidth = fontMetrics().horizontalAdvance(QLatin1Char('9')) + marginPadding / 2;
    QTextBlock block = firstVisibleBlock();
    QRectF area = blockBoundingGeometry(block).translated(contentOffset());
    for (; block.isValid() && area.top() <= event->rect().bottom(); block = block.next()) {
        if (!block.isVisible() || area.bottom() < event->rect().top()) {
            area.translate(0, blockBoundingRect(block).height());
            continue;
        }
        const bool faulty = !faultOfLine(block.blockNumber() + 1).isEmpty();
        const bool current = block.blockNumber() == textCursor().blockNumber();
        painter.setPen(faulty ? colors.danger : current ? colors.text : colors.muted);
        const QRectF number(0, area.top(), margin->width() - marginPadding, fontMetrics().height());
        painter.drawText(number, Qt::AlignRight | Qt::AlignVCenter, QString::number(block.blockNumber() + 1));
        if (faulty)
            painter.drawText(QRectF(marginPadding / 2.0, area.top(), signWidth, number.height()), Qt::AlignVCenter,
                QStringLiteral("!"));
        area.translate(0, blockBoundingRect(block).height());
    }
    painter.setPen(colors.border);
    painter.drawLine(margin->width() - 1, event->rect().top(), margin->width() - 1, event->rect().bottom());
}

void DeclarationEditor::setFaults(const QList<FamilyFileFault>& faults)
{
    m_faults = faults;
    mark();
    m_margin->update();
}

void DeclarationEditor::mark()
{
    const ThemeColors& colors = currentColors();
    QList<QTextEdit::ExtraSelection> marks;
    QTextEdit::ExtraSelection current;
    current.cursor = textCursor();
    current.cursor.clearSelection();
    current.format.setBackground(colors.alternate);
    current.format.setProperty(QTextFormat::FullWidthSelection, true);
    marks.append(current);
    for (const FamilyFileFault& fault : std::as_const(m_faults)) {
        const QTextBlock block = document()->findBlockByNumber(fault.line - 1);
        if (!block.isValid())
            continue;
        QTextEdit::ExtraSelection ground;
        ground.cursor = QTextCursor(block);
        ground.format.setBackground(colors.dangerGround);
        ground.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks.append(ground);
        QTextEdit::ExtraSelection line;
        line.cursor = QTextCursor(block);
        line.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        line.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        line.format.setUnderlineColor(colors.danger);
        marks.append(line);
    }
    setExtraSelections(marks);
}

QString DeclarationEditor::faultOfLine(int line) const
{
    QStringList texts;
    for (const FamilyFileFault& fault : m_faults) {
        if (fault.line == line)
            texts += fault.message;
    }
    return texts.join(QLatin1Char('\n'));
}

QString DeclarationEditor::faultAt(int y) const
{
    return faultOfLine(cursorForPosition(QPoint(0, y)).blockNumber() + 1);
}

void DeclarationEditor::goToLine(int line)
{
    const QTextBlock block = document()->findBlockByNumber(line - 1);
    if (!block.isValid())
        return;
    setTextCursor(QTextCursor(block));
    centerCursor();
    setFocus();
}

bool DeclarationEditor::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QPlainTextEdit::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString text = faultAt(help->pos().y());
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainTip(text), this);
    return true;
}

} // namespace lockscope

#include "moc_declarationeditor.cpp"
