// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/valueviewer.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/bytesview.h"
#include "common/clipboard.h"
#include "common/messagestrip.h"
#include "common/plaintip.h"
#include "lockdetails/hextext.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int cellCharacters = 400;
constexpr int tipCharacters = 2000;

enum Page : quint8 { Nothing, String, Elements };

QString bytesText(qint64 bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat); }

QPlainTextEdit* makeEdit(const QString& name)
{
    auto* edit = new QPlainTextEdit;
    edit->setReadOnly(true);
    edit->setFont(fixedFont());
    edit->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    edit->setTabChangesFocus(true);
    edit->setAccessibleName(name);
    return edit;
}

// Its line ends are lines; everything else that could mislead is escaped.
QString escapedText(const QByteArray& bytes)
{
    QStringList lines;
    for (const QByteArray& line : bytes.split('\n'))
        lines += displayText(line);
    return lines.join(QLatin1Char('\n'));
}

QTableWidgetItem* makeCell(const QByteArray& bytes)
{
    auto* cell = new QTableWidgetItem(displayText(bytes, cellCharacters));
    cell->setData(Qt::UserRole, bytes);
    cell->setToolTip(plainTip(displayText(bytes, tipCharacters)));
    return cell;
}

QTableWidgetItem* makeNumber(const QString& text)
{
    auto* cell = new QTableWidgetItem(text);
    cell->setData(Qt::UserRole, text.toLatin1());
    cell->setTextAlignment(Qt::AlignTrailing | Qt::AlignVCenter);
    return cell;
}

} // namespace

ValueViewer::ValueViewer(
    Deployment* deployment, const QByteArray& key, QWidget* parent, int database, const QString& node)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_key(key)
    , m_database(database)
    , m_node(node)
    , m_name(new BytesView(this))
    , m_facts(new QLabel(this))
    , m_message(new MessageStrip(this))
    , m_pages(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("valueViewer"));
    setWindowTitle(tr("Value of %1").arg(displayText(key, 60)));
    m_name->setAccessibleName(tr("Key"));
    m_name->setMaximumLines(3);
    m_name->setBytes(key);
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    m_facts->setAccessibleName(tr("Type and size"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_name);
    layout->addWidget(m_facts);
    layout->addWidget(m_message);
    buildPages(layout);
    layout->addWidget(buildButtons());
    resize(760, 520);
    reload();
}

void ValueViewer::buildPages(QVBoxLayout* layout)
{
    m_nothing = new QLabel(m_pages);
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setMargin(24);
    m_text = makeEdit(tr("Value as text"));
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    m_hex = makeEdit(tr("Value in hexadecimal digits"));
    m_hex->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_string = new QTabWidget(m_pages);
    m_string->addTab(m_text, tr("&Text"));
    m_string->addTab(m_hex, tr("&Hexadecimal"));
    m_elements = new QTableWidget(m_pages);
    m_elements->setAccessibleName(tr("Elements"));
    m_elements->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_elements->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_elements->setTabKeyNavigation(false);
    m_elements->setAlternatingRowColors(true);
    m_elements->setShowGrid(false);
    m_elements->setWordWrap(false);
    m_elements->verticalHeader()->hide();
    m_elements->verticalHeader()->setDefaultSectionSize(m_elements->fontMetrics().height() + 8);
    m_elements->horizontalHeader()->setHighlightSections(false);
    m_elements->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_elements->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    for (QWidget* widget : std::initializer_list<QWidget*> { m_nothing, m_string, m_elements })
        m_pages->addWidget(widget);
    layout->addWidget(m_pages, 1);
    connect(m_elements, &QTableWidget::itemSelectionChanged, this, &ValueViewer::updateButtons);
}

QWidget* ValueViewer::buildButtons()
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    m_place = new QLabel(row);
    m_place->setAccessibleName(tr("Shown part"));
    m_fetch = new QPushButton(tr("&Fetch the first part"), row);
    m_back = new QPushButton(tr("&Back"), row);
    m_forward = new QPushButton(tr("&More"), row);
    m_copy = new QPushButton(tr("&Copy"), row);
    auto* again = new QPushButton(tr("&Read again"), row);
    auto* close = new QPushButton(tr("Close"), row);
    m_back->setToolTip(tr("The part before this one"));
    m_forward->setToolTip(tr("The part after this one"));
    m_copy->setToolTip(tr("Copy the shown part, or the selected elements"));
    layout->addWidget(m_place, 1);
    for (QPushButton* button : { m_fetch, m_back, m_forward, m_copy, again, close }) {
        button->setAutoDefault(false);
        layout->addWidget(button);
    }
    connect(m_fetch, &QPushButton::clicked, this, &ValueViewer::fetch);
    connect(m_back, &QPushButton::clicked, this, [this] { turn(false); });
    connect(m_forward, &QPushButton::clicked, this, [this] { turn(true); });
    connect(m_copy, &QPushButton::clicked, this, &ValueViewer::copyShown);
    connect(again, &QPushButton::clicked, this, &ValueViewer::reload);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    return row;
}

void ValueViewer::reload()
{
    m_page.reset();
    m_cursors.clear();
    m_message->clear();
    m_facts->setText(tr("Asking for its size…"));
    showNothing({});
    ValueRequest first;
    first.key = m_key;
    first.database = m_database;
    first.node = m_node;
    request(first);
}

void ValueViewer::request(const ValueRequest& wanted)
{
    if (!m_deployment)
        return;
    m_request = wanted;
    m_waiting = true;
    updateButtons();
    onFinished(
        m_deployment->readValue(wanted), this, [this, generation = ++m_generation](const Result<ValuePage>& answer) {
            if (generation == m_generation)
                take(answer);
        });
}

void ValueViewer::take(const Result<ValuePage>& answer)
{
    m_waiting = false;
    if (!answer) {
        m_message->showError(answer.error());
        if (!m_page)
            m_facts->clear();
        updateButtons();
        return;
    }
    m_message->clear();
    m_page = *answer;
    m_facts->setText(sizeText());
    if (!m_page->exists() || !m_page->isReadable()) {
        showNothing(m_page->exists() ? tr("Values of this type cannot be shown here.") : tr("There is no such key."));
    } else if (m_request.sizeOnly && m_page->knownBytes() >= 0 && m_page->knownBytes() <= unaskedBytes) {
        fetch();
        return;
    } else if (m_request.sizeOnly) {
        showNothing(m_page->knownBytes() < 0
                ? tr("The server does not tell how large it is. Nothing was fetched.")
                : tr("This is large: %1. Nothing was fetched.").arg(bytesText(m_page->knownBytes())));
    } else {
        showPage();
    }
    updateButtons();
}

void ValueViewer::fetch()
{
    ValueRequest wanted;
    wanted.key = m_key;
    wanted.database = m_database;
    wanted.node = m_node;
    wanted.sizeOnly = false;
    m_cursors.clear();
    request(wanted);
}

void ValueViewer::turn(bool forward)
{
    ValueRequest wanted = m_request;
    const bool byCursor = m_page->type == "hash" || m_page->type == "set";
    if (byCursor && forward) {
        m_cursors.append(m_request.cursor);
        wanted.cursor = m_page->nextCursor;
    } else if (byCursor) {
        wanted.cursor = m_cursors.takeLast();
    } else if (m_page->isString()) {
        wanted.from += forward ? ValueRequest::pageBytes : -ValueRequest::pageBytes;
    } else if (forward) {
        m_cursors.append(QByteArray::number(wanted.from));
        wanted.from += qint64(m_page->elements.size());
    } else {
        wanted.from = m_cursors.takeLast().toLongLong();
    }
    wanted.from = qMax<qint64>(0, wanted.from);
    request(wanted);
}

void ValueViewer::showPage()
{
    if (m_page->isString())
        showString();
    else
        showElements();
}

void ValueViewer::showString()
{
    m_text->setPlainText(escapedText(m_page->bytes));
    m_hex->setPlainText(hexText(m_page->bytes, m_page->from));
    m_pages->setCurrentIndex(String);
}

void ValueViewer::showElements()
{
    QStringList titles;
    const bool isHash = m_page->type == "hash";
    const bool isSorted = m_page->type == "zset";
    const bool isList = m_page->type == "list";
    if (isList)
        titles += tr("Index");
    titles += isHash ? tr("Field") : isList ? tr("Element") : tr("Member");
    if (isHash)
        titles += tr("Value");
    if (isSorted)
        titles += tr("Score");
    m_elements->clear();
    m_elements->setColumnCount(int(titles.size()));
    m_elements->setHorizontalHeaderLabels(titles);
    m_elements->setRowCount(int(m_page->elements.size()));
    for (int row = 0; row < m_elements->rowCount(); ++row) {
        const KeyElement& element = m_page->elements[size_t(row)];
        int column = 0;
        if (isList)
            m_elements->setItem(row, column++, makeNumber(QString::number(m_page->from + row)));
        m_elements->setItem(row, column++, makeCell(element.name));
        if (isHash)
            m_elements->setItem(row, column++, makeCell(element.value));
        if (isSorted)
            m_elements->setItem(row, column++, makeNumber(QString::number(element.score, 'g', 17)));
    }
    m_elements->resizeColumnsToContents();
    for (int column = 0; column < m_elements->columnCount(); ++column)
        m_elements->setColumnWidth(column, qMin(m_elements->columnWidth(column), 420));
    m_elements->horizontalHeader()->setStretchLastSection(!isSorted);
    if (m_page->elementsCut)
        m_message->showMessage(Tone::Info,
            tr("Longer parts of elements than %1 are left out.").arg(bytesText(ValuePage::maximumElementBytes)));
    m_pages->setCurrentIndex(Elements);
}

void ValueViewer::showNothing(const QString& text)
{
    m_nothing->setText(text);
    m_pages->setCurrentIndex(Nothing);
}

QString ValueViewer::sizeText() const
{
    const QLocale locale;
    if (!m_page->exists())
        return {};
    const QString type = QString::fromUtf8(m_page->type);
    QString text = m_page->isString() ? tr("%1, %2 bytes").arg(type, locale.toString(m_page->size))
        : m_page->isReadable()        ? tr("%1, elements: %2").arg(type, locale.toString(m_page->size))
                                      : type;
    if (m_page->memoryBytes >= 0)
        text += QStringLiteral(", ") + tr("%1 of the server's memory").arg(bytesText(m_page->memoryBytes));
    text += QStringLiteral(", ")
        + (m_page->ttlMs < 0 ? tr("no TTL") : tr("TTL %1").arg(durationText(Milliseconds(m_page->ttlMs))));
    return text;
}

QString ValueViewer::placeText() const
{
    if (!m_page || m_pages->currentIndex() == Nothing)
        return {};
    const QLocale locale;
    if (m_page->isString()) {
        const qint64 end = m_page->from + m_page->bytes.size();
        return tr("Bytes %1 to %2 of %3")
            .arg(locale.toString(m_page->from), locale.toString(end), locale.toString(m_page->size));
    }
    return tr("%1 of %2 elements")
        .arg(locale.toString(qulonglong(m_page->elements.size())), locale.toString(m_page->size));
}

void ValueViewer::updateButtons()
{
    const bool isShown = m_page && m_pages->currentIndex() != Nothing && !m_waiting;
    const bool byCursor = m_page && (m_page->type == "hash" || m_page->type == "set");
    const qint64 reached
        = !m_page ? 0 : m_page->from + (m_page->isString() ? m_page->bytes.size() : qint64(m_page->elements.size()));
    const bool hasMore = isShown && (byCursor ? !m_page->nextCursor.isEmpty() : reached < m_page->size);
    const bool hasBefore = isShown && (m_page->isString() ? m_page->from > 0 : !m_cursors.isEmpty());
    m_fetch->setVisible(m_page && m_page->isReadable() && m_page->exists() && m_pages->currentIndex() == Nothing);
    m_fetch->setEnabled(!m_waiting);
    m_back->setVisible(hasMore || hasBefore);
    m_forward->setVisible(hasMore || hasBefore);
    m_back->setEnabled(hasBefore);
    m_forward->setEnabled(hasMore);
    m_copy->setEnabled(isShown);
    m_place->setText(placeText());
}

void ValueViewer::copyShown()
{
    if (m_page->isString()) {
        if (m_string->currentWidget() == m_hex)
            copyText(m_hex->toPlainText());
        else
            copyBytes(m_page->bytes);
        return;
    }
    const QModelIndexList selected = m_elements->selectionModel()->selectedRows();
    QStringList lines;
    for (int row = 0; row < m_elements->rowCount(); ++row) {
        if (!selected.isEmpty() && !m_elements->selectionModel()->isRowSelected(row))
            continue;
        QStringList cells;
        for (int column = 0; column < m_elements->columnCount(); ++column)
            cells += displayText(m_elements->item(row, column)->data(Qt::UserRole).toByteArray());
        lines += cells.join(QLatin1Char('\t'));
    }
    copyText(lines.join(QLatin1Char('\n')));
}

} // namespace lockscope
