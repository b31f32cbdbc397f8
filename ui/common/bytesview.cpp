// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/bytesview.h"

#include "base/bytetext.h"

#include <QApplication>
#include <QFontDatabase>
#include <QTextBlock>
#include <QtMath>

namespace lockscope {

QFont fixedFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(QApplication::font().pointSizeF());
    return font;
}

BytesView::BytesView(QWidget* parent)
    : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setFont(fixedFont());
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFrameShape(QFrame::StyledPanel);
    document()->setDocumentMargin(3);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    fitHeight();
}

void BytesView::setBytes(QByteArrayView bytes)
{
    const QString text = displayText(bytes);
    if (text == toPlainText())
        return;
    setPlainText(text);
    fitHeight();
}

void BytesView::setMaximumLines(int lines)
{
    m_maximumLines = lines;
    fitHeight();
}

QSize BytesView::sizeHint() const { return { fontMetrics().averageCharWidth() * 32, maximumHeight() }; }

QSize BytesView::minimumSizeHint() const { return { fontMetrics().averageCharWidth() * 12, maximumHeight() }; }

void BytesView::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void BytesView::fitHeight()
{
    // The layout knows its lines only once it is laid out; a key or token is one block (line breaks are escaped).
    int lines = 1;
    qreal lineHeight = fontMetrics().lineSpacing();
    if (const QTextLayout* layout = document()->firstBlock().layout(); layout && layout->lineCount() > 0) {
        lines = layout->lineCount();
        lineHeight = layout->lineAt(0).height();
    }
    const int shown = qBound(1, lines, m_maximumLines);
    setVerticalScrollBarPolicy(lines > m_maximumLines ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    // Cut off where a whole line ends: half a line looks like a fault.
    const int margin = int(document()->documentMargin());
    const int height = qCeil(shown * lineHeight) + (lines > shown ? margin : 2 * margin + 1) + 2 * frameWidth();
    if (height != maximumHeight()) {
        setFixedHeight(height);
        updateGeometry();
    }
}

} // namespace lockscope
