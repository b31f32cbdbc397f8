// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/faulteditor.h"

#include "base/errortext.h"
#include "common/icons.h"
#include "common/plaintip.h"
#include "common/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QStandardItemModel>
#include <QToolButton>

namespace lockscope {

namespace {

constexpr int shownRows = 3;

QLineEdit* makeTime(const QString& name, const QString& placeholder)
{
    auto* edit = new QLineEdit;
    edit->setAccessibleName(name);
    edit->setPlaceholderText(placeholder);
    edit->setMaximumWidth(84);
    return edit;
}

} // namespace

FaultEditor::FaultEditor(QWidget* parent)
    : QWidget(parent)
    , m_choices(stressFaults())
    , m_list(new QListWidget(this))
    , m_name(new QComboBox(this))
    , m_at(makeTime(tr("Begins at"), tr("at 1s")))
    , m_length(makeTime(tr("Lasts for"), tr("as usual")))
    , m_every(makeTime(tr("Again every"), tr("once")))
    , m_more(new QLineEdit(this))
    , m_none(new QLabel(tr("None: the run is left in peace."), m_list->viewport()))
    , m_hint(new QLabel(this))
    , m_error(new QLabel(this))
    , m_add(new QToolButton(this))
    , m_remove(new QToolButton(this))
{
    build();
    connect(m_add, &QToolButton::clicked, this, &FaultEditor::add);
    connect(m_remove, &QToolButton::clicked, this, &FaultEditor::removeCurrent);
    connect(m_name, &QComboBox::currentIndexChanged, this, &FaultEditor::showChoice);
    connect(m_list, &QListWidget::currentRowChanged, this, &FaultEditor::updateButtons);
    for (QLineEdit* edit : { m_at, m_length, m_every, m_more }) {
        connect(edit, &QLineEdit::returnPressed, this, &FaultEditor::add);
        connect(edit, &QLineEdit::textEdited, m_error, &QWidget::hide);
    }
    m_list->installEventFilter(this);
    showChoice();
    updateButtons();
}

void FaultEditor::build()
{
    m_list->setAccessibleName(tr("Faults of the run"));
    m_list->setMaximumHeight(m_list->fontMetrics().height() * shownRows + shownRows * 6 + 6);
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setForegroundRole(QPalette::PlaceholderText);
    auto* overlay = new QVBoxLayout(m_list->viewport());
    overlay->addWidget(m_none);
    m_name->setAccessibleName(tr("Fault"));
    for (const StressChoice& choice : m_choices) {
        m_name->addItem(QString::fromLatin1(choice.name));
        m_name->setItemData(m_name->count() - 1, plainTip(choice.summary), Qt::ToolTipRole);
    }
    m_more->setAccessibleName(tr("Further parameters"));
    for (QLabel* label : { m_hint, m_error }) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        QFont small = label->font();
        small.setPointSizeF(small.pointSizeF() * 0.9);
        label->setFont(small);
    }
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_error->setObjectName(QStringLiteral("faultError"));
    m_error->hide();
    m_add->setText(tr("Add"));
    m_add->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_add->setToolTip(tr("Put this fault on the list (Enter)"));
    m_remove->setText(tr("Remove"));
    m_remove->setToolTip(tr("Take the chosen fault off the list (Del)"));
    auto* times = new QHBoxLayout;
    times->setSpacing(6);
    for (const auto& [title, edit] :
        { std::pair(tr("at"), m_at), std::pair(tr("for"), m_length), std::pair(tr("every"), m_every) }) {
        times->addWidget(new QLabel(title));
        times->addWidget(edit, 1);
    }
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(m_more, 1);
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_list);
    layout->addWidget(m_name);
    layout->addWidget(m_hint);
    layout->addLayout(times);
    layout->addLayout(buttons);
    layout->addWidget(m_error);
}

QList<FaultSpec> FaultEditor::faults() const
{
    QList<FaultSpec> faults;
    for (int i = 0; i < m_list->count(); ++i) {
        if (const Result<FaultSpec> fault = parseFault(m_list->item(i)->data(Qt::UserRole).toByteArray()))
            faults.append(*fault);
    }
    return faults;
}

void FaultEditor::setFaults(const QList<FaultSpec>& faults)
{
    m_list->clear();
    for (const FaultSpec& fault : faults)
        append(fault);
    updateButtons();
    Q_EMIT changed();
}

void FaultEditor::append(const FaultSpec& fault)
{
    auto* item = new QListWidgetItem(QString::fromUtf8(fault.text()), m_list);
    item->setData(Qt::UserRole, fault.text());
    item->setToolTip(item->text());
}

Result<FaultSpec> FaultEditor::written() const
{
    QByteArrayList parts;
    const auto add = [&parts](const char* name, const QLineEdit* edit) {
        if (const QString text = edit->text().trimmed(); !text.isEmpty())
            parts.append(QByteArray(name) + '=' + text.toUtf8());
    };
    add("at", m_at);
    add("for", m_length);
    add("every", m_every);
    if (const QString more = m_more->text().trimmed(); !more.isEmpty())
        parts.append(more.toUtf8());
    return parseFault(m_name->currentText().toLatin1() + (parts.isEmpty() ? QByteArray() : ':' + parts.join(',')));
}

void FaultEditor::add()
{
    const Result<FaultSpec> fault = written();
    m_error->setVisible(!fault);
    if (!fault) {
        QPalette palette = m_error->palette();
        palette.setColor(QPalette::WindowText, currentColors().danger);
        m_error->setPalette(palette);
        return m_error->setText(fault.error().detail);
    }
    append(*fault);
    m_list->setCurrentRow(m_list->count() - 1);
    updateButtons();
    Q_EMIT changed();
}

void FaultEditor::removeCurrent()
{
    delete m_list->takeItem(m_list->currentRow());
    updateButtons();
    Q_EMIT changed();
}

bool FaultEditor::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        if (m_remove->isEnabled())
            removeCurrent();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void FaultEditor::showChoice()
{
    const StressChoice& choice = m_choices.at(std::max(0, m_name->currentIndex()));
    m_hint->setText(choice.summary);
    m_length->setEnabled(!choice.isInstant);
    QByteArrayList parameters = choice.parameters;
    m_more->setEnabled(!parameters.isEmpty());
    m_more->setPlaceholderText(parameters.isEmpty()
            ? tr("no further parameters")
            : QString::fromLatin1(parameters.join("=…, ")) + QStringLiteral("=…"));
    m_error->hide();
}

void FaultEditor::setSandbox(bool isSandbox)
{
    auto* model = qobject_cast<QStandardItemModel*>(m_name->model());
    for (int i = 0; i < m_choices.size(); ++i) {
        const bool allowed = isSandbox || !m_choices[i].needsSandbox;
        model->item(i)->setEnabled(allowed);
        model->item(i)->setToolTip(
            plainTip(allowed ? m_choices[i].summary : tr("It touches the server: only for a sandbox")));
    }
    if (!model->item(std::max(0, m_name->currentIndex()))->isEnabled())
        m_name->setCurrentIndex(0);
}

void FaultEditor::updateButtons()
{
    m_remove->setEnabled(m_list->currentRow() >= 0);
    m_none->setVisible(m_list->count() == 0);
}

} // namespace lockscope
